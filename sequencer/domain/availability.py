"""Can a rep take a meeting at that time, beside all that they have to do?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sequencer.domain.days_off import DaysOff
from sequencer.domain.rep import Rep

WEEK = timedelta(days=7)
USUAL = timedelta(minutes=30)  # what a meeting takes that does not say when it ends
LONGEST = timedelta(days=7)  # what it takes at most, whatever it says
FARTHEST = timedelta(days=3_660)  # a meeting further away is a mistake of whoever told of it


@dataclass(frozen=True, slots=True)
class Slot:
    """From when to when; the end is not included."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Load:
    """What a rep has to do already.

    Attributes:
        handed: meetings handed over to them lately, without those that fell through.
        last_at: when one was offered to them last; None for never.
        meetings: times of the meetings that they have.
        busy: when they have no time, by their calendar.
        off: holidays and absences, on the dates of their zone.
    """

    handed: int = 0
    last_at: datetime | None = None
    meetings: tuple[datetime, ...] = ()
    busy: tuple[Slot, ...] = ()
    off: tuple[DaysOff, ...] = ()


NO_LOAD = Load()


def slot_of(at: datetime | None, until: datetime | None, now: datetime) -> Slot | None:
    """The time that a meeting takes; None where it has none, or one that cannot be meant."""
    if at is None or abs(at - now) > FARTHEST:
        return None
    end = min(until, at + LONGEST) if until is not None and until > at else at + USUAL
    return Slot(at, end)


def why_not(rep: Rep, load: Load, slot: Slot | None, now: datetime, *, is_host: bool) -> str:
    """What keeps a rep from a meeting, empty where nothing does.

    Where it has no time yet, the present counts for absences and for the week. The calendar of a
    host holds the meeting itself, and that is not in its way.
    """
    at = slot or Slot(now, now + USUAL)
    for stretch in (each for days in load.off for each in days.within(at.start, at.end)):
        return stretch.words
    if rep.most_per_week is not None and fullest_week(load.meetings, at.start) > rep.most_per_week:
        count = "a meeting" if rep.most_per_week == 1 else f"{rep.most_per_week} meetings"
        return f"has {count} within seven days, and takes no more"
    for busy in load.busy if slot is not None else ():
        if busy.start < at.end and at.start < busy.end and not (is_host and busy == at):
            local = busy.start.astimezone(rep.tz)
            end = busy.end.astimezone(rep.tz)
            return f"busy from {local:%Y-%m-%d %H:%M} to {end:%H:%M} ({rep.tz.key})"
    return ""


def fullest_week(meetings: Sequence[datetime], at: datetime) -> int:
    """Most meetings in any seven days that hold one more at that time."""
    near = sorted([*(each for each in meetings if abs(each - at) < WEEK), at])
    begins = (first for first in near if first <= at)
    return max(sum(first <= each < first + WEEK for each in near) for first in begins)
