"""What a person has said of a meeting last, taken back with what it had brought about."""

from dataclasses import dataclass, replace
from datetime import datetime

from sequencer.domain.account import account_key
from sequencer.domain.booking import BY_HAND, ON, BookingEvent, BookingKind
from sequencer.domain.enrollment import FinishReason
from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.meeting import MeetingState
from sequencer.engine.desk import Desk
from sequencer.engine.meeting_by_hand import MeetingError, find
from sequencer.engine.meeting_change import MeetingChange
from sequencer.engine.meeting_follow import tell_all
from sequencer.engine.meeting_row import make_anew
from sequencer.engine.reopen_enrollment import NotReopenedError, Request, go_on
from sequencer.engine.survey import lock_gate
from sequencer.store import bookings, enrollments, ledger, meetings, prospects
from sequencer.store.database import Connection
from sequencer.store.ended_with import ended_with
from sequencer.store.enrollments import StoredEnrollment
from sequencer.store.meetings import Meeting
from sequencer.store.prospects import StoredProspect

NEVER_WAS = "it was noted by mistake"
COMING = "another meeting is coming"
_STANDS = frozenset({MeetingState.BOOKED, MeetingState.HELD})


@dataclass(frozen=True, slots=True)
class Undone:
    """What came of it.

    Attributes:
        meeting: as it is without what was said; left out where nobody else has told of it.
        said: what was taken back.
        goes_on: cadences that the meeting had ended, and that go on.
        stays: cadences that do not, each with the reason.
    """

    meeting: Meeting
    said: BookingKind
    goes_on: tuple[str, ...] = ()
    stays: tuple[str, ...] = ()


def undo(connection: Connection, desk: Desk, number: int, by: str, now: datetime) -> Undone:
    """Take back what a person has said of the meeting last.

    Raises:
        MeetingError: there is none, or nobody has said anything of it.
    """
    bookings.lock(connection)
    meeting = find(connection, number)
    person = prospects.get(connection, meeting.prospect_id) if meeting.prospect_id else None
    if person is not None:
        # Before the enrollments, as everybody does who lets somebody in.
        lock_gate(connection, [person])
    taken = bookings.take_back(connection, number)
    if taken is None:
        raise MeetingError(f"Nobody has said anything of meeting {number} by hand.")
    event, came_at = taken
    made = _without(connection, meeting, now)
    detail = f"{event.kind.replace('_', ' ')} taken back by {by}"
    if person is not None:
        ledger.write(connection, Entry(now, Kind.TAKEN_BACK, f"meeting: {detail}", person.id))
    told = BookingEvent(
        BookingKind.OTHER, BY_HAND, detail, occurred_at=now, verified=True, note=f"by {by}"
    )
    change = MeetingChange(made, meeting.state, told, (), meeting)
    made = tell_all(connection, desk, change, detail, now)
    if person is None or event.kind not in ON or made.state in _STANDS:
        return Undone(made, event.kind)
    request = Request(person.prospect.email, by, f"meeting {number} was {NEVER_WAS[4:]}")
    return _let_go_on(connection, desk, Undone(made, event.kind), (person, came_at, request), now)


def _without(connection: Connection, meeting: Meeting, now: datetime) -> Meeting:
    if bookings.told(connection, meeting.id):
        return make_anew(connection, meeting, now)
    # Its key is free again for whoever books with the same one.
    key = f"never was {meeting.id}"
    never = replace(
        meeting, state=MeetingState.CANCELLED, left_out=NEVER_WAS, meeting_key=key, uid=""
    )
    meetings.save(connection, never, now)
    return never


def _let_go_on(
    connection: Connection,
    desk: Desk,
    undone: Undone,
    ended: tuple[StoredProspect, datetime, Request],
    now: datetime,
) -> Undone:
    """Let everything go on that the meeting had ended, as far as nothing else is against it."""
    person, at, request = ended
    accounts = [key] if (key := account_key(person.prospect)) else []
    numbers = ended_with(connection, at, FinishReason.MEETING_BOOKED, [person.id], accounts)
    goes_on, stays = [], []
    for number in numbers:
        stored = enrollments.get(connection, number, lock=True)
        people = {person.id, stored.prospect_id}
        is_beside = any(
            meetings.is_coming(connection, each, undone.meeting.id, now) for each in people
        )
        refusal = COMING if is_beside else _refusal(connection, desk, stored, request, now)
        if refusal:
            stays.append(f"{stored.slug}: {refusal}")
        else:
            goes_on.append(stored.slug)
    return replace(undone, goes_on=tuple(goes_on), stays=tuple(stays))


def _refusal(
    connection: Connection, desk: Desk, stored: StoredEnrollment, request: Request, now: datetime
) -> str:
    """Why the enrollment does not go on; empty where it does now."""
    try:
        with connection.begin_nested():
            go_on(connection, desk, stored, request, now)
    except NotReopenedError as error:
        return str(error)
    return ""
