"""Is a window open on working days everywhere, and never in an hour that a clock change takes?"""

from collections.abc import Iterator
from typing import NamedTuple

from sequencer.domain.cadence import Step, ZoneFrom
from sequencer.domain.window import Block, Window
from sequencer.files.inspected import InspectedCadence
from sequencer.files.problem import Problem
from sequencer.files.window_text import DAYS

# Weekdays on which people rest, Monday being 0; the places are examples of many.
WEEKENDS = (
    (frozenset({4, 5}), "Friday and Saturday are the weekend in Saudi Arabia, Egypt and others"),
    (frozenset({5, 6}), "Saturday and Sunday are the weekend in most countries"),
)
CHANGES = frozenset({3, 4, 5, 6})  # weekdays on which clocks are put forward somewhere
HOUR = 60
LATEST_GAP = 3 * HOUR  # no clock skips an hour after that


class Place(NamedTuple):
    """A window of a cadence, and where it is written."""

    path: tuple[str | int, ...]
    window: Window


def windows_of(cadence: InspectedCadence) -> Iterator[Place]:
    """Every window of a cadence."""
    schedule = cadence.cadence.schedule
    yield Place(("schedule", "window"), schedule.window)
    if schedule.first_window is not None:
        yield Place(("schedule", "first_window"), schedule.first_window)
    for index, step in enumerate(cadence.cadence.steps):
        if step.window is not None:
            yield Place(("steps", index, _key(step)), step.window)


def _key(step: Step) -> str:
    return "at" if step.window is not None and step.window.timed else "window"


def window_findings(cadence: InspectedCadence) -> Iterator[Problem]:
    """Windows that are open on the weekend alone, or within an hour that may not exist."""
    for place in windows_of(cadence):
        yield from _weekend(cadence, place)
        yield from _gap(cadence, place)


def open_days(window: Window) -> frozenset[int]:
    """The weekdays on which it is open."""
    return frozenset(day for day, blocks in enumerate(window.days) if blocks)


def day_names(days: frozenset[int]) -> str:
    """`fri and sat`."""
    return " and ".join(DAYS[day] for day in sorted(days))


def _weekend(cadence: InspectedCadence, place: Place) -> Iterator[Problem]:
    if cadence.cadence.schedule.zone_from is not ZoneFrom.PROSPECT:
        return
    days = open_days(place.window)
    for weekend, words in WEEKENDS:
        if days <= weekend:
            message = f"the window is open on {day_names(days)} alone: {words}"
            hint = "open it on days on which people work where your prospects are"
            yield cadence.source.problem(place.path, message, hint).of_rule("weekend-window")
            return


def _gap(cadence: InspectedCadence, place: Place) -> Iterator[Problem]:
    for day, blocks in enumerate(place.window.days):
        for block in blocks if day in CHANGES and not place.window.timed else ():
            if _may_vanish(block):
                message = f"on the night of a clock change these hours of {DAYS[day]} do not exist"
                hint = "let the window begin after three in the morning"
                yield cadence.source.problem(place.path, message, hint).of_rule("clock-change")
                return


def _may_vanish(block: Block) -> bool:
    """Whether the block lies within one hour that clocks skip somewhere."""
    return block.end <= LATEST_GAP and block.start // HOUR == (block.end - 1) // HOUR
