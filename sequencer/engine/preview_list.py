"""Who of a list of people would be held, and why?"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from sequencer.engine.preview import StepPreview
from sequencer.engine.preview_people import People, Sample

CHUNK = 100  # people between two steps of the progress

Seen = Callable[[Sample], Sequence[StepPreview]]
"""The steps as one person would get them."""


@dataclass(frozen=True, slots=True)
class Lack:
    """Why somebody would be held; empty for whoever would get everything.

    Attributes:
        values: names of the values for want of which some step would be held.
        others: what else keeps a step from being written.
    """

    values: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.values or self.others)


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What became of a list.

    Attributes:
        complete: how many people would get everything.
        held: lines of those who lack a value, by the name of the value.
        refused: rows that are no people.
        unwritable: lines of those to whom something cannot be written, by the reason.
    """

    people: int
    complete: int
    held: dict[str, list[int]]
    refused: int
    unwritable: dict[str, list[int]] = field(default_factory=dict)


def judge(seen: Seen, people: People, tell: Callable[[int], None] = lambda _done: None) -> Verdicts:
    """The verdicts on everybody; `tell` is called with each number of people that are done."""
    held: dict[str, list[int]] = {}
    unwritable: dict[str, list[int]] = {}
    complete = 0
    for start in range(0, len(people.samples), CHUNK):
        chunk = people.samples[start : start + CHUNK]
        for each in chunk:
            lack = lack_of(seen, each)
            complete += not lack
            for found, reasons in ((held, lack.values), (unwritable, lack.others)):
                for reason in reasons:
                    found.setdefault(reason, []).append(each.line or 0)
        tell(len(chunk))
    ranked, others = _ranked(held), _ranked(unwritable)
    return Verdicts(len(people.samples), complete, ranked, people.refused, others)


def lack_of(seen: Seen, sample: Sample) -> Lack:
    """Why somebody would be held."""
    steps = [each for each in seen(sample) if each.is_held and not each.left_out]
    values = dict.fromkeys(name for each in steps for name in each.missing)
    return Lack(tuple(values), tuple(dict.fromkeys(_others(steps))))


def _others(steps: Sequence[StepPreview]) -> Iterator[str]:
    for each in steps:
        if not each.missing:
            yield from (problem.message for problem in each.problems)


def _ranked(found: dict[str, list[int]]) -> dict[str, list[int]]:
    """The most frequent first."""
    return dict(sorted(found.items(), key=lambda each: -len(each[1])))
