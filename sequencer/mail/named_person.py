"""Does a text name somebody else to write to? Addresses and names beside the words that say so.

Only a proposal follows, so it is enough that a word nearby speaks of contact or of who is in
charge; and an address alone, as in a signature, is not one.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sequencer.mail.folded_text import folded
from sequencer.mail.phrase import Hit
from sequencer.mail.rules import Group, Rules, Vocabulary
from sequencer.mail.words import STOP, Words, tokens_of, words_in

LOOKED_AT = 10_000  # characters; who names somebody does it before that
BEFORE, AFTER = 120, 60  # characters around an address in which the word stands
MAX_ADDRESSES = 20  # more are a list
NAME_WORDS = 4
NAME_NEAR = 10  # words between a name and its address
NAME_AFTER = 5  # words between `contact` and the name

_ADDRESS = re.compile(
    r"(?<![\w.!#$%&'*+/=?^`{|}~@-])[\w.+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}(?![\w@-])",
    re.IGNORECASE,
)
_MACHINE = re.compile(
    r"no-?reply|do-?not-?reply|mailer-daemon|postmaster|abuse|bounces?", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"[.!?]\s|\n\s{0,100}\n")
_TURNS = (",", ";", "\u3001")  # behind which a sentence may say something else
_PARAGRAPH = re.compile(r"\n\s{0,100}\n")
_JAPANESE = re.compile(
    "([\u4e00-\u9fff\u3005]{1,4}|[\u30a1-\u30fc]{2,10})[ \u3000]?(?:\u3055\u3093|\u69d8|\u6c0f)"
)
_APOSTROPHES = frozenset("'\N{RIGHT SINGLE QUOTATION MARK}")
_PARTICLES = frozenset("de da do dos del della di van von der den ter la le el y e".split())


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """Somebody who is named; either part may be empty."""

    name: str
    address: str


def named_people(
    text: str, rules: Rules, known: Collection[str] = (), copied: Sequence[NamedPerson] = ()
) -> tuple[NamedPerson, ...]:
    """Whom the text names to write to, in order; those with an address, if any has one.

    Args:
        text: what was written.
        rules: by which words it is read.
        known: addresses that name nobody: the writer's own, whoever was written to.
        copied: colleagues of the writer who got the mail too; one who is called by name is meant.
    """
    said = text[:LOOKED_AT]
    words = words_in(said)
    own = {each.casefold() for each in known}
    found: dict[str, NamedPerson] = {}
    for match in _addresses(said, words, rules):
        address = match[0].rstrip(".-")
        if address.casefold() not in own:
            person = NamedPerson(_name_beside(words, match, rules), address)
            found.setdefault(address.casefold(), person)
    if found:
        return tuple(found.values())
    called = tuple(each for each in copied if _is_called(words, each))
    if called:
        return called
    name = _name_alone(words, rules)
    return (NamedPerson(name, ""),) if name else ()


def _is_called(words: Words, person: NamedPerson) -> bool:
    """Whether a part of somebody's name stands in the text."""
    return any(len(part) > 1 and part in words.tokens for part in tokens_of(person.name)) or any(
        part in words.text for part in person.name.split() if not part.isascii() and len(part) > 1
    )


def _addresses(text: str, words: Words, rules: Rules) -> Iterator[re.Match[str]]:
    """Addresses beside a word that says to write there."""
    cues = [*rules.finder(Group.CONTACT).find(words), *rules.finder(Group.REFERRAL).find(words)]
    against = list(rules.finder(Group.CONTACT_AGAINST).find(words))
    breaks = [0, *(found.end() for found in _PARAGRAPH.finditer(text)), len(text)]
    for match in islice(_ADDRESS.finditer(text), MAX_ADDRESSES):
        start = max(each for each in breaks if each <= match.start())
        end = min(each for each in breaks if each >= match.end())
        low, high = max(start, match.start() - BEFORE), min(end, match.end() + AFTER)
        near = any(_within(words, cue, low, high) for cue in cues)
        begin = [words.starts[cue.first] for cue in cues]
        refused = _is_refused(words, against, begin, match)
        if near and not refused and not _MACHINE.match(match[0]):
            yield match


def _within(words: Words, hit: Hit, low: int, high: int) -> bool:
    return low <= words.starts[hit.first] and words.ends[hit.last] <= high


def _is_refused(
    words: Words, against: Sequence[Hit], cues: Sequence[int], address: re.Match[str]
) -> bool:
    """Whether the sentence says not to write there; `do not call them, write to her` does not."""
    for hit in against:
        if address.start() - BEFORE <= words.starts[hit.first] < address.start():
            behind = words.ends[hit.last]
            between = words.text[behind : address.start()]
            turn = behind + max(between.rfind(mark) for mark in _TURNS)
            turned = turn >= behind and any(turn < cue < address.start() for cue in cues)
            if not turned and not _SENTENCE_END.search(between):
                return True
    return False


def _name_beside(words: Words, address: re.Match[str], rules: Rules) -> str:
    """The name in front of an address; one that the address is made of may be further away."""
    behind = next(
        (at for at, start in enumerate(words.starts) if start >= address.start()),
        len(words.tokens),
    )
    runs = list(_runs(words, max(behind - NAME_NEAR, 0), behind, rules))
    local = folded(address[0].partition("@")[0])
    for run in reversed(runs):
        if any(len(words.tokens[at]) > 2 and words.tokens[at] in local for at in run):
            return _shown(words, run)
    close = [run for run in runs if len(run) > 1 and behind - run[-1] <= NAME_AFTER]
    return _shown(words, close[-1]) if close else ""


def _name_alone(words: Words, rules: Rules) -> str:
    """The name behind words such as `please contact`, or in front of `is in charge`."""
    for hit in rules.finder(Group.REFERRAL).find(words):
        start, end = hit.last + 1, min(hit.last + 1 + NAME_AFTER + NAME_WORDS, len(words.tokens))
        for run in _runs(words, start, end, rules):
            return _shown(words, run)
        before = list(_runs(words, max(hit.first - NAME_AFTER, 0), hit.first, rules))
        if before and len(before[-1]) > 1:
            return _shown(words, before[-1])
        low, high = max(words.starts[hit.first] - AFTER, 0), words.ends[hit.last] + AFTER
        japanese = _JAPANESE.search(words.text, low, high)
        if japanese is not None:
            return japanese[1]
    return ""


def _runs(words: Words, start: int, end: int, rules: Rules) -> Iterator[list[int]]:
    """Runs of words that are written like names, within a clause."""
    no_name = rules.words(Vocabulary.TITLE) | rules.words(Vocabulary.GREETING)
    run: list[int] = []
    for at in range(start, end):
        written = words.text[words.starts[at] : words.ends[at]]
        is_name = (
            written[:1].isupper()
            and not written.isupper()
            and not _APOSTROPHES.intersection(written)
            and words.tokens[at] not in no_name
        )
        joined = not run or words.text[words.ends[at - 1] : words.starts[at]] in {
            " ",
            "-",
            "\n",
            "'",
        }
        if (is_name and joined and len(run) < NAME_WORDS) or (
            run and written in _PARTICLES and joined
        ):
            run.append(at)
        else:
            yield from _name(words, run)
            run = [at] if is_name else []
    yield from _name(words, run)


def _name(words: Words, run: list[int]) -> Iterator[list[int]]:
    """The run, without particles at its end, unless it only begins a sentence."""
    while run and not words.text[words.starts[run[-1]]].isupper():
        run = run[:-1]
    if not run:
        return
    begins = run[0] == 0 or words.tokens[run[0] - 1] == STOP
    if not (begins and len(run) == 1):
        yield run


def _shown(words: Words, run: Sequence[int]) -> str:
    return words.written(run[0], run[-1])
