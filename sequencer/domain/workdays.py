"""Which days count as business days: the dates of a zone without its weekend and its days off."""

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sequencer.domain.days_off import DaysOff, NeverOpenError

SATURDAY_AND_SUNDAY = frozenset({5, 6})  # as date.weekday() counts
LOOK_AHEAD_DAYS = 400


@dataclass(frozen=True, slots=True)
class Workdays:
    """The working days of somebody's calendar, on the dates of `tz`."""

    tz: ZoneInfo
    weekend: frozenset[int] = SATURDAY_AND_SUNDAY
    off: tuple[DaysOff, ...] = ()

    def includes(self, day: date) -> bool:
        """Whether people work on that day."""
        if day.weekday() in self.weekend:
            return False
        return all(each.days.get(day) is None for each in self.off)

    def first_from(self, day: date) -> date:
        """The day itself if it is a working day, else the next one.

        Raises:
            NeverOpenError: there is none for more than a year.
        """
        for ahead in range(LOOK_AHEAD_DAYS):
            candidate = day + timedelta(days=ahead)
            if self.includes(candidate):
                return candidate
        raise NeverOpenError(f"the calendar has no working day within {LOOK_AHEAD_DAYS} days")
