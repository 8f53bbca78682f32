"""What follows from something that was told about a meeting: its row, stops, pauses, tasks.

A meeting is made anew from everything that was told of it each time, by whatever sources, so that
the order in which it was told, and how often, does not count.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from sequencer.domain.booking import BY_HAND, ON, BookingEvent, BookingKind
from sequencer.domain.meeting import CALENDARS, MeetingState
from sequencer.domain.meeting_filter import EVERY_MEETING, MeetingFilter
from sequencer.engine.desk import Desk
from sequencer.engine.meeting_change import MeetingChange
from sequencer.engine.meeting_credit import people_of
from sequencer.engine.meeting_follow import follow
from sequencer.engine.meeting_join import make_one, same_meetings
from sequencer.engine.meeting_row import first_row, make_anew
from sequencer.store import bookings, meetings
from sequencer.store.database import Connection
from sequencer.store.meetings import Meeting

log = structlog.get_logger()

MOST_TOLD = 500  # of one meeting, by somebody who is not verified

_NO_MEETING = frozenset({BookingKind.OTHER, BookingKind.RESCHEDULED_AWAY})
_STANDS = frozenset({MeetingState.BOOKED, MeetingState.HELD})


def take_in(
    connection: Connection,
    desk: Desk,
    event: BookingEvent,
    now: datetime,
    counts: MeetingFilter = EVERY_MEETING,
    about: int = 0,
) -> Meeting | None:
    """The meeting as it is now; None where nothing was told that was not known.

    Args:
        connection: the database.
        desk: policy and cadences.
        event: what was told; its `delivery_key` is the same when it is told again.
        now: this instant.
        counts: which meetings of that source do.
        about: number of the meeting that it is about, where that is known.
    """
    if event.kind in _NO_MEETING:
        return None
    bookings.lock(connection)
    if bookings.is_known(connection, event):
        return None
    people = people_of(connection, event)
    known = meetings.get_many(connection, same_meetings(connection, event, people, about))
    if known and not event.verified and bookings.count(connection, known[0].id) >= MOST_TOLD:
        log.warning("meeting_told_too_often", meeting=known[0].id, source=event.source)
        return known[0]
    kept = _keep(connection, event, known, counts, now)
    meeting = kept.meeting
    if meeting.left_out:
        log.info("meeting_left_out", source=event.source, why=meeting.left_out)
        return meeting
    named = people or ([meeting.prospect_id] if meeting.prospect_id else [])
    before = {each.state for each in known if not each.left_out}
    change = MeetingChange(
        meeting=meeting,
        before=before.pop() if len(before) == 1 else None,
        event=event,
        people=tuple(named),
        was=next((each for each in known if not each.left_out), None),
    )
    return follow(connection, desk, change, _stopped_before(connection, change, kept.told), now)


@dataclass(frozen=True, slots=True)
class _Kept:
    """The meeting as it is now, and what was told of it before."""

    meeting: Meeting
    told: Sequence[BookingEvent]


def _keep(
    connection: Connection,
    event: BookingEvent,
    known: Sequence[Meeting],
    counts: MeetingFilter,
    now: datetime,
) -> _Kept:
    """Store what was told; the rows of what turns out to be one meeting become one."""
    if known:
        row = make_one(connection, known)
    else:
        row = first_row(event)
        row = replace(row, id=meetings.add(connection, row, now))
    told = bookings.told(connection, row.id)
    bookings.add(connection, row.id, event, now)
    knows = counts != EVERY_MEETING or event.source not in {*CALENDARS, BY_HAND}
    return _Kept(make_anew(connection, row, now, counts if knows else None), told)


def _stopped_before(
    connection: Connection, change: MeetingChange, told: Sequence[BookingEvent]
) -> set[int]:
    """Whom the meeting has stopped already, and does not once more.

    Somebody may have let them go on since it fell through, or have begun something new with them
    while it was on: that it took place is no reason to stop that.
    """
    stands = change.meeting.state in _STANDS
    if change.event.kind in ON and stands:
        stood = change.before in _STANDS
        if not (stood and change.event.kind is BookingKind.HELD):
            return set()
    elif change.event.kind not in ON:
        return set(change.people)
    return {person for each in told if each.kind in ON for person in people_of(connection, each)}
