"""When is a calendar open: the blocks of its window in real time, less the days off."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sequencer.domain.days_off import NeverOpenError, Stretch
from sequencer.domain.timing import Timing
from sequencer.domain.wall_time import instant_of
from sequencer.domain.window import Block

SEARCH_DAYS = 400  # a window that does not open within a year is a mistake, not a plan


@dataclass(frozen=True, slots=True)
class Opening:
    """A stretch of real time in which touches may happen; UTC, the end not included."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """The first opening, and the days off without which it would have come sooner."""

    opening: Opening
    lost_to: tuple[Stretch, ...] = ()


def openings(timing: Timing, after: datetime) -> Iterator[Opening]:
    """Openings that end after `after`, in order, for a year ahead; the first is whole."""
    for block in blocks(timing, after):
        for piece in _less(block, _stretches(timing, block)):
            if piece.end > after:
                yield piece


def next_open(timing: Timing, at: datetime) -> Opening:
    """Opening that contains `at`, cut to begin there, or else the next one.

    Raises:
        NeverOpenError: the calendar does not open within a year.
    """
    return find_open(timing, at).opening


def is_open(timing: Timing, at: datetime) -> bool:
    """Whether a touch may happen at that instant."""
    block = next(blocks(timing, at), None)
    if block is None or block.start > at:
        return False
    return not any(each.start <= at < each.end for each in _stretches(timing, block))


def find_open(timing: Timing, at: datetime) -> Found:
    """The opening that `next_open` gives, with what kept it from coming sooner.

    Raises:
        NeverOpenError: the calendar does not open within a year.
    """
    lost: list[Stretch] = []
    for block in blocks(timing, at):
        rest = Opening(max(block.start, at), block.end)
        stretches = _stretches(timing, rest)
        piece = next(_less(rest, stretches), None)
        if piece is not None:
            lost.extend(each for each in stretches if each.start < piece.start)
            return Found(piece, tuple(lost))
        lost.extend(stretches)
    raise NeverOpenError("the window does not open within a year")


def blocks(timing: Timing, after: datetime) -> Iterator[Opening]:
    """The window's blocks in real time that end after `after`, in order, whatever day it is.

    A block that a change of the clocks swallows whole is left out.
    """
    # A block that passes midnight has begun the day before; none is longer than a day.
    first = after.astimezone(timing.tz).date() - timedelta(days=1)
    for ahead in range(SEARCH_DAYS):
        day = first + timedelta(days=ahead)
        for block in timing.window.blocks_on(day):
            start, end = _ends(block, day, timing)
            if start < end and end > after:
                yield Opening(start, end)


def _ends(block: Block, day: date, timing: Timing) -> tuple[datetime, datetime]:
    """Begin and end of a block in real time."""
    start = instant_of(day, block.start, timing.tz)
    if timing.window.timed:
        return start, start + timedelta(minutes=block.end - block.start)
    return start, instant_of(day, block.end, timing.tz)


def _stretches(timing: Timing, opening: Opening) -> list[Stretch]:
    return [each for off in timing.off for each in off.within(opening.start, opening.end)]


def _less(opening: Opening, stretches: Iterable[Stretch]) -> Iterator[Opening]:
    """What the stretches leave of an opening, in order."""
    start = opening.start
    for each in sorted(stretches, key=lambda stretch: stretch.start):
        if start < each.start:
            yield Opening(start, each.start)
        start = max(start, each.end)
    if start < opening.end:
        yield Opening(start, opening.end)
