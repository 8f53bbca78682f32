"""Who cancels a meeting and books another has moved it: find the one in place of which it is.

It does not count which of the two was told first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sequencer.domain.booking import ON, BookingKind, By
from sequencer.domain.meeting import MeetingState, meeting_now
from sequencer.store import bookings, meetings
from sequencer.store.database import Connection
from sequencer.store.meetings import Meeting

GRACE = timedelta(days=1)  # between the cancel and the booking, whichever comes first
MOST = 30  # meetings of a person that are looked at

_FELL = {
    MeetingState.CANCELLED: BookingKind.CANCELLED,
    MeetingState.ASKED_AGAIN: BookingKind.ASKED_AGAIN,
}
_BEGINS = ON | {BookingKind.REQUESTED}


@dataclass(frozen=True, slots=True)
class Moved:
    """A meeting that was cancelled, and the one in its place; None where there is none any more."""

    old: Meeting
    new: Meeting | None


@dataclass(frozen=True, slots=True)
class _Life:
    """A meeting with the instants at which it was booked and fell through."""

    meeting: Meeting
    booked_at: datetime | None
    fell_at: datetime | None


def find_moved(connection: Connection, prospect_id: int) -> list[Moved]:
    """Store which meetings of a person were moved to which; those that are news."""
    known = meetings.of_person(connection, prospect_id, MOST)
    if len(known) < 2 and all(each.moved_to is None for each in known):
        return []
    lives = [_life(connection, each) for each in known]
    found = []
    for each in lives:
        new, old = _in_place_of(each, lives), each.meeting
        moved_to = new.id if new is not None else None
        if moved_to != old.moved_to:
            meetings.link(connection, old.id, moved_to)
            found.append(Moved(replace(old, moved_to=moved_to), new))
    return found


def _life(connection: Connection, meeting: Meeting) -> _Life:
    came = bookings.told_when(connection, meeting.id)
    whole = meeting_now(event for event, _ in came)
    at = {event: event.occurred_at or stored_at for event, stored_at in came}
    told = whole.told if whole is not None else ()
    is_on = any(each.kind in ON for each in told)
    begins = [at[each] for each in told if each.kind in _BEGINS]
    falls = [at[each] for each in told if each.kind is _FELL.get(meeting.state)]
    by_us = meeting.cancelled_by == By.HOST
    booked_at = min(begins) if begins and is_on else None
    return _Life(meeting, booked_at, falls[-1] if falls and not by_us else None)


def _in_place_of(old: _Life, lives: Sequence[_Life]) -> Meeting | None:
    """What was booked later than it, and near to its end; the nearest of several."""
    if old.fell_at is None or old.booked_at is None:
        return None
    near = [
        (abs(each.booked_at - old.fell_at), each.meeting.source, each.meeting.meeting_key, each)
        for each in lives
        if each.booked_at is not None
        and each.booked_at > old.booked_at
        and abs(each.booked_at - old.fell_at) <= GRACE
    ]
    return min(near, key=lambda each: each[:3])[3].meeting if near else None
