"""The hours in which a touch may happen: blocks of minutes for each day of the week."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from sequencer.domain.wall_time import instant_of

SEARCH_DAYS = 400  # a window that does not open within a year is a mistake, not a plan


@dataclass(frozen=True, slots=True)
class Block:
    """Minutes since local midnight, the end not included; 0 <= start < end <= 1,440."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= 1_440:
            raise ValueError("a block begins before it ends, within one day")


@dataclass(frozen=True, slots=True)
class Window:
    """Blocks by weekday (Monday first), and dates on which nothing happens."""

    days: tuple[tuple[Block, ...], ...]
    closed: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if len(self.days) != 7:
            raise ValueError("a window has seven days")
        if not any(self.days):
            raise ValueError("a window is open at some time of the week")
        for blocks in self.days:
            if any(late.start < early.end for early, late in pairwise(blocks)):
                raise ValueError("the blocks of a day are in order and do not overlap")

    def blocks_on(self, day: date) -> tuple[Block, ...]:
        """Blocks open on that local date, earliest first."""
        return () if day in self.closed else self.days[day.isoweekday() - 1]


ALWAYS = Window(days=((Block(0, 1_440),),) * 7)


@dataclass(frozen=True, slots=True)
class Opening:
    """A stretch of real time in which the window is open; UTC, the end not included."""

    start: datetime
    end: datetime


def openings(window: Window, tz: ZoneInfo, after: datetime) -> Iterator[Opening]:
    """Openings that end after `after`, in order, for a year ahead.

    A block that a clock change swallows whole is left out.
    """
    first = after.astimezone(tz).date() - timedelta(days=1)
    for ahead in range(SEARCH_DAYS):
        day = first + timedelta(days=ahead)
        for block in window.blocks_on(day):
            opening = Opening(instant_of(day, block.start, tz), instant_of(day, block.end, tz))
            if opening.start < opening.end and opening.end > after:
                yield opening


def next_open(window: Window, tz: ZoneInfo, at: datetime) -> Opening:
    """Opening that contains `at`, cut to begin there, or else the next one.

    Raises:
        ValueError: the window does not open within a year (every day is a closed date).
    """
    for opening in openings(window, tz, at):
        return Opening(max(opening.start, at), opening.end)
    raise ValueError("the window does not open within a year")


def is_open(window: Window, tz: ZoneInfo, at: datetime) -> bool:
    """Whether a touch may happen at that instant."""
    return next_open(window, tz, at).start == at
