"""Who of a list of people would be held, and for want of what?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sequencer.domain.cadence import Version
from sequencer.engine.compose_mail import missing_variables
from sequencer.engine.desk import Desk
from sequencer.engine.preview_people import People, Sample

CHUNK = 100  # people between two steps of the progress


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What became of a list.

    Attributes:
        complete: how many people have everything that the cadence asks for.
        held: lines of those who lack a value, by the name of the value.
        refused: rows that are no people.
    """

    people: int
    complete: int
    held: dict[str, list[int]]
    refused: int


def judge(
    desk: Desk, version: Version, people: People, tell: Callable[[int], None] = lambda _done: None
) -> Verdicts:
    """The verdicts on everybody; `tell` is called with each number of people that are done."""
    held: dict[str, list[int]] = {}
    complete = 0
    for start in range(0, len(people.samples), CHUNK):
        chunk = people.samples[start : start + CHUNK]
        for each in chunk:
            missing = _held(desk, version, each)
            complete += not missing
            for name in missing:
                held.setdefault(name, []).append(each.line or 0)
        tell(len(chunk))
    ranked = dict(sorted(held.items(), key=lambda each: -len(each[1])))
    return Verdicts(len(people.samples), complete, ranked, people.refused)


def held_among(desk: Desk, version: Version, some: Sequence[Sample]) -> list[tuple[str, ...]]:
    """What each of these people lacks."""
    return [_held(desk, version, each) for each in some]


def _held(desk: Desk, version: Version, sample: Sample) -> tuple[str, ...]:
    """Names of the values for want of which some step would be held."""
    return missing_variables(desk, version, sample.prospect, account=sample.account)
