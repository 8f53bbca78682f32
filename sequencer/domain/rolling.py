"""When does a rolling limit leave room for one more? Counted from the instants of what left."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

HOUR = timedelta(hours=1)
DAY = timedelta(hours=24)
WEEK = 7 * DAY


@dataclass(frozen=True, slots=True)
class Ramp:
    """A new mailbox begins with few mails in 24 hours and may send more with each day of mails.

    Attributes:
        begin: how many at first.
        step: how many more after each date (UTC) on which a mail left. A mailbox that is silent
            stays where it is: nobody gets used to mails that do not come.
    """

    begin: int
    step: int

    def __post_init__(self) -> None:
        if self.begin < 1 or self.step < 0:
            raise ValueError("a ramp begins with a mail at least, and never falls")

    def days_to(self, top: int) -> int:
        """On how many dates mails have to leave until the ramp allows so many; 0 if it cannot."""
        return max(-((self.begin - top) // self.step), 0) if self.step else 0


@dataclass(frozen=True, slots=True)
class Level:
    """How many mails a limit allows, which a ramp raises from day to day.

    Attributes:
        top: what it allows in the end.
        ramp: None where it allows that from the beginning.
        mail_days: dates (UTC) on which mails left, in order; the first are enough, as many as the
            ramp has steps.
        parts: into how many parts the level of a day is split.
    """

    top: int
    ramp: Ramp | None = None
    mail_days: Sequence[date] = ()
    parts: int = 1

    @property
    def most(self) -> int:
        """What it allows in the end, of one part."""
        return -(-self.top // self.parts)

    def at(self, instant: datetime) -> int:
        """What it allows at that instant."""
        return -(-self._whole(instant) // self.parts)

    def rises_at(self, instant: datetime) -> datetime | None:
        """Next instant after that one at which the ramp allows more; None if it never does."""
        if self.ramp is None or not self.ramp.step or self._whole(instant) >= self.top:
            return None
        ahead = self.mail_days[self._days(instant) :]
        return _midnight(ahead[0]) + DAY if ahead else None

    def _whole(self, instant: datetime) -> int:
        if self.ramp is None:
            return self.top
        return min(self.top, self.ramp.begin + self.ramp.step * self._days(instant))

    def _days(self, instant: datetime) -> int:
        """On how many dates before that of the instant mails left."""
        return bisect_left(self.mail_days, mail_day(instant))


def mail_day(instant: datetime) -> date:
    """The date that a mail of that instant counts for, the same for all mailboxes."""
    return instant.astimezone(UTC).date()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def counted(instants: Sequence[datetime], period: timedelta, now: datetime) -> int:
    """How many of these instants, which are in order, lie within the period that ends at `now`.

    What lies exactly one period back does not count any more; what lies ahead does, for the clock
    may have been set back.
    """
    return len(instants) - bisect_right(instants, now - period)


def room_at(
    instants: Sequence[datetime], period: timedelta, level: Level, now: datetime
) -> datetime | None:
    """First instant, `now` at the earliest, at which fewer are counted than the level allows.

    None if that never comes, whatever grows old. Nothing else is assumed to leave meanwhile.

    Args:
        instants: what left, in order; the newest are enough, as many as `level.most`.
        period: how long each of them counts.
        level: the limit.
        now: the instant in question.
    """
    at = now
    while counted(instants, period, at) >= (most := level.at(at)):
        later = [] if most == 0 else [instants[-most] + period]
        rises_at = level.rises_at(at)
        if rises_at is not None:
            later.append(rises_at)
        if not later:
            return None
        at = min(later)
    return at
