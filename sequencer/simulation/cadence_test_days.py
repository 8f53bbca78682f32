"""Which date is day 4 of a test, and which instant is noon on it? On the clock of the prospect."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sequencer.domain.absence import Absence
from sequencer.domain.cadence_test import Day, Phrase
from sequencer.domain.delay import add_delay
from sequencer.domain.wall_time import MINUTES_PER_DAY, instant_of
from sequencer.domain.workdays import Workdays

NOON = 12 * 60
SOON = timedelta(minutes=1)
LONGEST = timedelta(days=400)  # that a test lives through


@dataclass(frozen=True, slots=True)
class Days:
    """The calendar of a test; `first` is the day of the enrolment."""

    tz: ZoneInfo
    workdays: Workdays
    first: date

    def date_of(self, day: Day) -> date:
        """The date that a day means."""
        if day.on is not None:
            return day.on
        if not day.is_business:
            return self.first + timedelta(days=day.number - 1)
        found = self.workdays.first_from(self.first)
        for _ in range(day.number - 1):
            found = self.workdays.first_from(found + timedelta(days=1))
        return found

    def at(self, day: Day, minute: int | None) -> datetime:
        """The instant (UTC) of a time on that day, noon where none is said."""
        return instant_of(self.date_of(day), NOON if minute is None else minute, self.tz)

    def end_of(self, day: Day) -> datetime:
        """The instant at which that day is over."""
        return instant_of(self.date_of(day), MINUTES_PER_DAY, self.tz)

    def absence_of(self, phrase: Phrase) -> Absence | None:
        """The absence that a phrase gives both ends of, None for any other.

        Raises:
            ValueError: it ends before it begins, or is longer than a year.
        """
        if phrase.day is None or phrase.until is None:
            return None
        return Absence(self.date_of(phrase.day), self.date_of(phrase.until))

    def after(self, anchor: datetime, phrase: Phrase) -> datetime:
        """The instant that a phrase names which counts from another one."""
        if phrase.delay is None:
            return anchor + SOON
        found = add_delay(anchor, phrase.delay, self.workdays)
        if phrase.minute is None:
            return found
        return instant_of(found.astimezone(self.tz).date(), phrase.minute, self.tz)

    def local(self, at: datetime) -> datetime:
        """The instant on the clock of the prospect."""
        return at.astimezone(self.tz)

    def spoken(self, at: datetime) -> str:
        """`Thu 23 Apr 08:41`."""
        local = self.local(at)
        return f"{local:%a} {local.day} {local:%b %H:%M}"

    def next_business(self, at: datetime, number: int) -> date:
        """The date so many business days after an instant."""
        day = self.local(at).date()
        for _ in range(number):
            day = self.workdays.first_from(day + timedelta(days=1))
        return day
