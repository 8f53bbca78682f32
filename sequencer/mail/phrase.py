"""Which of many phrases occur in a text, and at which words?

A phrase is written as the words it consists of, with six signs: `^` for the beginning of a clause,
`a|b` for one word or another, `a?` for a word that may be missing, `a*` for any word that begins
so, `~` for up to four words of any kind within the clause, and `$name` for any word of a class. One
of several may be a run of words, written `a_b`. Phrases are looked up by the beginning of their
first word, so many of them cost no more than one; how far one may look ahead is bounded by its own
length.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sequencer.mail.words import STOP, Words, tokens_of

GAP = 4  # words that `~` stands for at most
KEY = 3  # letters of the first word by which phrases are looked up
CLASS = "$"
Classes = Mapping[str, Sequence[str]]


class PhraseError(ValueError):
    """A phrase that cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Step:
    """One word of a phrase, or a run of them; without any it is a gap."""

    words: frozenset[str] = frozenset()
    beginnings: tuple[str, ...] = ()
    optional: bool = False
    runs: tuple[tuple[str, ...], ...] = ()

    @property
    def is_gap(self) -> bool:
        """Whether any words may stand here."""
        return not self.words and not self.beginnings and not self.runs

    def fits(self, token: str) -> bool:
        """Whether the word of a text is this one."""
        return token in self.words or (bool(self.beginnings) and token.startswith(self.beginnings))

    def has(self, token: str) -> bool:
        """Whether the word of a text is this one or a part of it."""
        return self.fits(token) or any(token in run for run in self.runs)

    def ends(self, tokens: Sequence[str], at: int) -> Iterator[int]:
        """Numbers of the words behind this one where it stands at `at`."""
        if at < len(tokens) and self.fits(tokens[at]):
            yield at + 1
        for run in self.runs:
            if tuple(tokens[at : at + len(run)]) == run:
                yield at + len(run)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase, the language that it belongs to, and its steps."""

    language: str
    text: str
    steps: tuple[Step, ...]
    begins: bool = False  # whether it stands at the beginning of a clause

    def end_at(self, tokens: Sequence[str], at: int) -> int:
        """Number of the word behind the phrase if it stands at `at`, otherwise -1."""
        if self.begins and at and tokens[at - 1] != STOP:
            return -1
        return _end(self.steps, 0, tokens, at)


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase that was found, with the numbers of its first and last word."""

    phrase: Phrase
    first: int
    last: int


class Finder:
    """Many phrases, to be looked for at once."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self._by_key: dict[str, list[Phrase]] = {}
        for phrase in phrases:
            for key in _keys(phrase.steps[0]):
                self._by_key.setdefault(key, []).append(phrase)

    def find(self, words: Words, start: int = 0, end: int | None = None) -> Iterator[Hit]:
        """Phrases among the words from `start` up to `end`, by the place of their first word."""
        tokens = words.tokens if end is None else words.tokens[:end]
        for at in range(start, len(tokens)):
            for phrase in self._by_key.get(tokens[at][:KEY], ()):
                behind = phrase.end_at(tokens, at)
                if behind >= 0:
                    yield Hit(phrase, at, behind - 1)

    def first(self, words: Words) -> Hit | None:
        """The first of them."""
        return next(self.find(words), None)


def read_phrase(language: str, text: str, classes: Classes | None = None) -> Phrase:
    """The phrase that a text writes.

    Raises:
        PhraseError: it cannot be read, or begins or ends with something that may be missing.
    """
    pieces = [_spelt(piece, classes or {}) for piece in text.split()]
    begins = pieces[:1] == ["^"]
    steps = tuple(step for piece in pieces[begins:] for step in _steps(piece))
    if not steps:
        raise PhraseError("a phrase without a word")
    for step in (steps[0], steps[-1]):
        if step.is_gap or step.optional:
            raise PhraseError("a phrase begins and ends with a word that has to be there")
    if any(len(beginning) < KEY for beginning in steps[0].beginnings):
        raise PhraseError(f"a first word with `*` has at least {KEY} letters")
    return Phrase(language, text, steps, begins)


def _spelt(piece: str, classes: Classes) -> str:
    """A piece with the words of a class in the place of its name."""
    if CLASS not in piece:
        return piece
    words: list[str] = []
    for choice in piece.removesuffix("?").split("|"):
        if not choice.startswith(CLASS):
            words.append(choice)
        elif choice[1:] in classes:
            words += classes[choice[1:]]
        else:
            raise PhraseError(f"there is no class `{choice[1:]}`")
    return "|".join(words) + "?" * piece.endswith("?")


def _steps(piece: str) -> Iterator[Step]:
    if piece == "~":
        yield Step()
        return
    optional = piece.endswith("?")
    choices = piece.removesuffix("?").split("|")
    if len(choices) == 1 and not piece.endswith("*"):
        for token in tokens_of(choices[0]):
            yield Step(frozenset({token}), optional=optional)
        return
    runs = tuple(map(_run, (each for each in choices if not each.endswith("*"))))
    words = frozenset(run[0] for run in runs if len(run) == 1)
    beginnings = tuple(_word(each[:-1]) for each in choices if each.endswith("*"))
    yield Step(words, beginnings, optional, tuple(run for run in runs if len(run) > 1))


@lru_cache(maxsize=16_384)
def _run(text: str) -> tuple[str, ...]:
    tokens = tokens_of(text.replace("_", " "))
    if not tokens or STOP in tokens:
        raise PhraseError(f"`{text}` is no word")
    return tokens


@lru_cache(maxsize=16_384)
def _word(text: str) -> str:
    tokens = tokens_of(text)
    if len(tokens) != 1 or tokens[0] == STOP:
        raise PhraseError(f"`{text}` is not one word")
    return tokens[0]


def _keys(step: Step) -> set[str]:
    return {word[:KEY] for word in (*step.words, *step.beginnings, *(run[0] for run in step.runs))}


def _end(steps: Sequence[Step], number: int, tokens: Sequence[str], at: int) -> int:
    if number == len(steps):
        return at
    step = steps[number]
    if step.is_gap:
        return _end_of_gap(steps, number, tokens, at)
    for following in step.ends(tokens, at):
        behind = _end(steps, number + 1, tokens, following)
        if behind >= 0:
            return behind
    return _end(steps, number + 1, tokens, at) if step.optional else -1


def _end_of_gap(steps: Sequence[Step], number: int, tokens: Sequence[str], at: int) -> int:
    for behind in range(at, min(at + GAP, len(tokens) - 1) + 1):
        found = _end(steps, number + 1, tokens, behind)
        if found >= 0:
            return found
        if tokens[behind] == STOP:
            return -1
    return -1
