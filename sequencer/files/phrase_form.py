"""Is a line of words one of the phrases that are known? Else: where does it go wrong, and how?

The form of a phrase is written as it is explained: small words stand for themselves, `a|b` is one
of them, `[...]` may be left out, and a word in capitals is a place for something (a date, a step).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

MOST_WORDS = 80  # of a phrase; none that makes sense has half of them

_WORD = re.compile(r'"[^"]*"|\u201c[^\u201d]*\u201d|[^\s,;"\u201c]+|["\u201c]')
_PART = re.compile(r"\[|\]|[^\s\[\]]+")

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a phrase, and where it begins in it."""

    text: str
    start: int

    @property
    def folded(self) -> str:
        """As it is compared."""
        return self.text.casefold()


def words_of(phrase: str) -> list[Word]:
    """The words; text in quotes is one, and commas are only for the eye."""
    return [Word(found[0], found.start()) for found in _WORD.finditer(phrase)]


@dataclass
class Trace:
    """How far the best reading of a phrase has come, and what was expected there."""

    at: int = -1
    expected: list[str] = field(default_factory=list)
    hint: str = ""

    def miss(self, at: int, expected: str, hint: str = "") -> None:
        """Note that at this word something else was expected."""
        if at > self.at:
            self.at, self.expected, self.hint = at, [], ""
        if at == self.at:
            if expected not in self.expected:
                self.expected.append(expected)
            self.hint = self.hint or hint


Read = Callable[[Sequence[Word], int, Trace], Iterator[tuple[Values, int]]]
Slots = Mapping[str, Read]


@dataclass(frozen=True, slots=True)
class _Literal:
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Slot:
    name: str


@dataclass(frozen=True, slots=True)
class _Optional:
    parts: "tuple[_Part, ...]"


_Part = _Literal | _Slot | _Optional


def match(
    form: str, words: Sequence[Word], at: int, slots: Slots, trace: Trace
) -> Iterator[tuple[Values, int]]:
    """Every way in which the words from there on can be read as the form."""
    yield from _match(_parts(form), words, at, slots, trace)


def read_whole(form: str, words: Sequence[Word], slots: Slots, trace: Trace) -> Values | None:
    """What the places of the form hold, where all the words can be read as it."""
    for values, end in match(form, words, 0, slots, trace):
        if end == len(words):
            return values
        trace.miss(end, "nothing more")
    return None


@cache
def _parts(form: str) -> tuple[_Part, ...]:
    stack: list[list[_Part]] = [[]]
    for found in _PART.finditer(form):
        if found[0] == "[":
            stack.append([])
        elif found[0] == "]":
            inner = stack.pop()
            stack[-1].append(_Optional(tuple(inner)))
        elif found[0].isupper():
            stack[-1].append(_Slot(found[0]))
        else:
            stack[-1].append(_Literal(tuple(found[0].split("|"))))
    return tuple(stack[0])


def _match(
    parts: Sequence[_Part], words: Sequence[Word], at: int, slots: Slots, trace: Trace
) -> Iterator[tuple[Values, int]]:
    if not parts:
        yield {}, at
        return
    first, rest = parts[0], parts[1:]
    for values, end in _match_one(first, words, at, slots, trace):
        for more, last in _match(rest, words, end, slots, trace):
            yield {**values, **more}, last


def _match_one(
    part: _Part, words: Sequence[Word], at: int, slots: Slots, trace: Trace
) -> Iterator[tuple[Values, int]]:
    match part:
        case _Literal(known):
            if at < len(words) and words[at].folded in known:
                yield {}, at + 1
            else:
                trace.miss(at, f"`{known[0]}`")
        case _Slot(name):
            yield from slots[name](words, at, trace)
        case _Optional(parts):
            yield from _match(parts, words, at, slots, trace)
            yield {}, at
