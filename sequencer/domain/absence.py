"""When is a rep away: stretches of local dates, and what they close."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sequencer.domain.days_off import DaysOff
from sequencer.domain.reason import Reason
from sequencer.domain.wall_time import instant_of

LONGEST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Absence:
    """Dates on which a rep is away, the first and the last included."""

    from_on: date
    until_on: date

    def __post_init__(self) -> None:
        if not 0 <= (self.until_on - self.from_on).days < LONGEST_DAYS:
            raise ValueError("an absence ends on the day it begins or later, within a year")


@lru_cache
def days_away(absences: tuple[Absence, ...], who: str, tz: ZoneInfo) -> DaysOff:
    """The dates of the absences as days off: `Ana is away until 14 May`."""
    days = {
        absence.from_on + timedelta(days=ahead): f"{who} is away until {_spoken(absence.until_on)}"
        for absence in sorted(absences, key=lambda each: each.until_on)
        for ahead in range((absence.until_on - absence.from_on).days + 1)
    }
    return DaysOff(tz, days, Reason.REP_AWAY)


def back_at(absences: Sequence[Absence], tz: ZoneInfo, now: datetime) -> datetime | None:
    """When somebody who is away at `now` is back (UTC), None for somebody who is not away.

    One absence right after another is one to everybody else.
    """
    day = today = now.astimezone(tz).date()
    for absence in sorted(absences, key=lambda each: each.from_on):
        if absence.from_on <= day <= absence.until_on:
            day = absence.until_on + timedelta(days=1)
    return instant_of(day, 0, tz) if day > today else None


def next_begin(absences: Sequence[Absence], tz: ZoneInfo, now: datetime) -> datetime | None:
    """When somebody goes away next (UTC), None where no absence lies ahead."""
    begins = (instant_of(absence.from_on, 0, tz) for absence in absences)
    return min((at for at in begins if at > now), default=None)


def _spoken(day: date) -> str:
    return f"{day.day} {day:%B}"
