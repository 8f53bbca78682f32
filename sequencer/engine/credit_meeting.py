"""A person says whose meeting it is: it is credited, and the address is known from then on."""

from dataclasses import replace
from datetime import datetime

from sequencer.domain.address import key_of
from sequencer.domain.booking import ON, BookingEvent, BookingKind
from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.meeting import MeetingState, meeting_now
from sequencer.engine.desk import Desk
from sequencer.engine.meeting_asks import ask_whose_no_more
from sequencer.engine.meeting_by_hand import MeetingError, find
from sequencer.engine.meeting_change import MeetingChange
from sequencer.engine.meeting_credit import CreditedBy, enrollment_of
from sequencer.engine.meeting_follow import follow
from sequencer.engine.meeting_join import make_one, same_meetings
from sequencer.engine.meeting_row import make_anew
from sequencer.engine.why import known
from sequencer.store import aliases, bookings, ledger, meetings, prospects
from sequencer.store.database import Connection
from sequencer.store.meetings import Meeting
from sequencer.store.prospects import StoredProspect

_TELLS = {
    MeetingState.BOOKED: ON,
    MeetingState.HELD: ON,
    MeetingState.REQUESTED: frozenset({BookingKind.REQUESTED}),
}


def credit(
    connection: Connection, desk: Desk, number: int, address: str, by: str, now: datetime
) -> Meeting:
    """The meeting, now that prospect's, with everything as if they had booked it themselves.

    Whatever else was booked with the same address is theirs as well.

    Raises:
        UnknownProspectError: nobody has that address.
        MeetingError: there is no such meeting, or it is credited to them already.
    """
    bookings.lock(connection)
    meeting, person = find(connection, number), known(connection, address)
    if not bookings.told(connection, number):
        raise MeetingError(f"Meeting {number} is none: {meeting.left_out}.")
    is_new = _remember(connection, meeting.email, person, by, now)
    if meeting.prospect_id == person.id and not is_new:
        raise MeetingError(f"Meeting {number} is that of {person.prospect.email} already.")
    why = f"meeting {number} credited to {person.prospect.email} by {by}"
    ask_whose_no_more(connection, meeting, why, now)
    ledger.write(connection, Entry(now, Kind.MEETING, why, prospect_id=person.id))
    row = replace(
        meeting,
        prospect_id=person.id,
        enrollment_id=enrollment_of(connection, person.id),
        credited_by=CreditedBy.PERSON,
    )
    credited = _follow(connection, desk, meeting, row, now)
    for other in meetings.of_nobody(connection, meeting.email) if is_new else ():
        _follow(connection, desk, other, other, now)
    return credited


def _remember(
    connection: Connection, email: str, person: StoredProspect, by: str, now: datetime
) -> bool:
    """Whether the address is news: one that some prospect has as their own is not taken away."""
    key = key_of(email)
    if not key or prospects.find(connection, email) is not None:
        return False
    if aliases.find_many(connection, [key]).get(key) == person.id:
        return False
    return aliases.add(connection, email, person.id, by, now)


def _follow(
    connection: Connection, desk: Desk, before: Meeting, row: Meeting, now: datetime
) -> Meeting:
    """Make the meeting anew, perhaps one with another of theirs, and let everything follow."""
    whose = row.prospect_id
    told = bookings.told(connection, row.id)
    same = {row.id}
    for each in told if whose else ():
        same |= set(same_meetings(connection, each, [whose] if whose else []))
    others = [each for each in meetings.get_many(connection, sorted(same)) if each.id != row.id]
    one = make_one(connection, [row, *others])
    meeting = make_anew(connection, one, now)
    if meeting.prospect_id is None or meeting.left_out:
        return meeting
    change = MeetingChange(
        meeting=meeting,
        before=before.state if before.prospect_id == meeting.prospect_id else None,
        event=_tells(connection, meeting),
        people=(meeting.prospect_id,),
        was=before,
    )
    return follow(connection, desk, change, (), now)


def _tells(connection: Connection, meeting: Meeting) -> BookingEvent:
    """What was told last of where it stands."""
    whole = meeting_now(bookings.told(connection, meeting.id))
    if whole is None:
        raise AssertionError  # it was just made of what was told
    kinds = _TELLS.get(meeting.state, frozenset())
    return next((each for each in reversed(whole.told) if each.kind in kinds), whole.told[-1])
