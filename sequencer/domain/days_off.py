"""Dates on which nothing happens, in whose zone, and why: holidays, skipped dates, absences.

A date means other hours in each zone. So each set of dates keeps the zone it is meant in, and what
it takes from a window are stretches of real time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from sequencer.domain.reason import Reason
from sequencer.domain.wall_time import MINUTES_PER_DAY, instant_of


class NeverOpenError(ValueError):
    """Nothing is open within the time that is looked ahead: a mistake, not a plan."""


class Dates(Protocol):
    """Dates with what each is, in words; a dictionary is one, and so is a book of holidays."""

    def get(self, day: date, /) -> str | None:
        """What the day is ("Labour Day, ES"), None for a day like others."""
        ...


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time (UTC, the end not included) that a day off takes, with its code and its words."""

    start: datetime
    end: datetime
    reason: Reason
    words: str


@dataclass(frozen=True, slots=True)
class DaysOff:
    """Local dates of one zone on which nothing happens; `reason` is the code that refuses them."""

    tz: ZoneInfo
    days: Dates
    reason: Reason = Reason.HOLIDAY

    def within(self, start: datetime, end: datetime) -> Iterator[Stretch]:
        """The days off that begin before `end` and end after `start`, in order, whole."""
        day, last = start.astimezone(self.tz).date(), end.astimezone(self.tz).date()
        while day <= last:
            words = self.days.get(day)
            if words is not None:
                begin = instant_of(day, 0, self.tz)
                over = instant_of(day, MINUTES_PER_DAY, self.tz)
                if max(begin, start) < min(over, end):
                    yield Stretch(begin, over, self.reason, words)
            day += timedelta(days=1)
