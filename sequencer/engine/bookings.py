"""What follows from something that was told about a meeting: its row, stops, pauses, tasks.

A meeting is made anew from everything that was told of it each time, so that the order in which it
was told, and how often, does not count.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from sequencer.domain.booking import ON, BookingEvent, BookingKind
from sequencer.domain.enrollment import FinishReason
from sequencer.domain.event import Stopped
from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.meeting import MeetingNow, MeetingState, meeting_now
from sequencer.domain.meeting_filter import EVERY_MEETING, MeetingFilter
from sequencer.engine.desk import Desk
from sequencer.engine.handover import follow_meeting
from sequencer.engine.hold_back import hold_back
from sequencer.engine.meeting_change import MeetingChange
from sequencer.engine.meeting_matter import follow_up
from sequencer.engine.react import stop_person
from sequencer.store import bookings, enrollments, ledger, meetings, prospects
from sequencer.store.database import Connection
from sequencer.store.meetings import Meeting

log = structlog.get_logger()

_NO_MEETING = frozenset({BookingKind.OTHER, BookingKind.RESCHEDULED_AWAY})
_STANDS = frozenset({MeetingState.BOOKED, MeetingState.HELD})
_WAITING = frozenset({BookingKind.REQUESTED, BookingKind.REJECTED})


def take_in(
    connection: Connection,
    desk: Desk,
    event: BookingEvent,
    now: datetime,
    counts: MeetingFilter = EVERY_MEETING,
) -> Meeting | None:
    """The meeting as it is now; None where nothing was told that was not known.

    Args:
        connection: the database.
        desk: policy and cadences.
        event: what was told; its `delivery_key` is the same when it is told again.
        now: this instant.
        counts: which meetings of that source do.
    """
    if event.kind in _NO_MEETING:
        return None
    bookings.lock(connection, event.source)
    if bookings.is_known(connection, event):
        return None
    before, told, meeting = _kept(connection, event, counts, now)
    if meeting.left_out:
        log.info("meeting_left_out", source=event.source, why=meeting.left_out)
        return meeting
    people = _people(connection, event) or [meeting.prospect_id or 0]
    named = [person for person in people if person]
    detail = _detail(event)
    stopped = _stopped_before(connection, meeting, told) if event.kind in ON else set(named)
    for person in named:
        ledger.write(connection, Entry(now, Kind.MEETING, detail, prospect_id=person))
        if person not in stopped:
            stop = Stopped(FinishReason.MEETING_BOOKED)
            stop_person(connection, desk, person, stop, detail, now)
    if event.kind in _WAITING:
        hold_back(connection, desk, named, detail, now)
    change = MeetingChange(meeting, before, event, tuple(named))
    follow_up(connection, desk, change, detail, now)
    follow_meeting(connection, desk, change, now)
    return meeting


def _stopped_before(
    connection: Connection, meeting: Meeting, told: Sequence[BookingEvent]
) -> set[int]:
    """Whom a meeting that stands no more has stopped: somebody may have let them go on since."""
    if meeting.state in _STANDS:
        return set()
    return {person for each in told if each.kind in ON for person in _people(connection, each)}


def _kept(
    connection: Connection, event: BookingEvent, counts: MeetingFilter, now: datetime
) -> tuple[MeetingState | None, list[BookingEvent], Meeting]:
    """Where the meeting stood, None where it was none or two; what was told of it; what it is."""
    source = event.source
    numbers = bookings.meetings_named(connection, source, event.meeting_key, event.previous_key)
    known = [found for each in numbers if (found := meetings.get(connection, each)) is not None]
    before = {each.state for each in known if not each.left_out}
    if known:
        number, others = known[0].id, [each.id for each in known[1:]]
        bookings.join(connection, number, others)
        meetings.drop(connection, others)
    else:
        number = meetings.add(connection, _first(event), now)
    told = bookings.told(connection, number)
    bookings.add(connection, number, event, now)
    whole = meeting_now([*told, event])
    if whole is None:
        raise AssertionError  # it has at least the event that was just added
    meeting = replace(_meeting(connection, whole), id=number, left_out=counts.left_out(whole))
    meetings.save(connection, meeting, now)
    return (before.pop() if len(before) == 1 else None), told, meeting


def _first(event: BookingEvent) -> Meeting:
    """A row to begin with."""
    state, none = MeetingState.REQUESTED, None
    return Meeting(event.source, event.meeting_key, "", state, event.email, none, none)


def _meeting(connection: Connection, told: MeetingNow) -> Meeting:
    hosts = told.addresses("hosts")
    return Meeting(
        source=told.latest.source,
        meeting_key=told.latest.meeting_key,
        previous_key=told.text("previous_key"),
        state=told.state,
        email=_invitee(told),
        prospect_id=_with_whom(connection, told.told),
        starts_at=told.at("starts_at"),
        ends_at=told.at("ends_at"),
        tz=told.text("tz"),
        title=told.text("title"),
        event_type=told.text("event_type"),
        link=told.text("link"),
        place=told.text("place"),
        host=hosts[0] if hosts else "",
        cancelled_by=told.text("cancelled_by") if told.state is MeetingState.CANCELLED else "",
        cancel_reason=told.text("cancel_reason"),
        verified=any(each.verified for each in told.told),
    )


def _invitee(told: MeetingNow) -> str:
    """Who booked it: a guest who did not come is not meant."""
    named = [each.email for each in told.told if each.email]
    booked = [each.email for each in told.told if each.email and each.kind in ON]
    return (booked or named or [""])[0]


def _with_whom(connection: Connection, told: Sequence[BookingEvent]) -> int | None:
    """Whose meeting it is: first by our token, then by who booked, then by anybody else."""
    ordered = sorted(told, key=lambda each: (not each.token, each.kind not in ON))
    found = (person for each in ordered for person in _people(connection, each))
    return next(found, None)


def _people(connection: Connection, event: BookingEvent) -> list[int]:
    """Numbers of those whose meeting it is: by the token that our link carries, and by address.

    They are several where somebody passed the link on to a colleague, or brings one along.
    """
    stored = enrollments.by_key(connection, event.token) if event.token else None
    found = [stored.prospect_id] if stored is not None else []
    for address in (event.email, *event.guests):
        person = prospects.find(connection, address)
        if person is not None:
            found.append(person.id)
    return list(dict.fromkeys(found))


def _detail(event: BookingEvent) -> str:
    what = event.kind.replace("_", " ")
    starts = f" for {event.starts_at:%Y-%m-%d %H:%M} UTC" if event.starts_at else ""
    by = f" by the {event.cancelled_by}" if event.cancelled_by else ""
    return f"{what}{by} through {event.source}{starts}"
