"""Is it certain what has become of a meeting, or does only a mail say so, which anybody can write?

Stopping is cheap, and any mail may stop. What lets mails leave again wants somebody of whom it is
known who they are: a booking tool, the calendar of a rep, a person of ours.
"""

from datetime import timedelta
from typing import Final

from sequencer.domain.booking import ON, BookingKind
from sequencer.domain.meeting import meeting_now
from sequencer.domain.meeting_rule import MeetingCase
from sequencer.store import bookings
from sequencer.store.database import Connection

NOT_PROVEN: Final = "only a mail says so, and anybody can write one"
SLOWEST: Final = timedelta(hours=1)  # in which those who can prove it tell what a mail has told

# What mails tell of; who came and who did not is told by others alone.
_SAID_BY = {
    MeetingCase.BOOKED: ON,
    MeetingCase.CANCELLED: frozenset({BookingKind.CANCELLED}),
    MeetingCase.CANCELLED_BY_HOST: frozenset({BookingKind.CANCELLED}),
    MeetingCase.ASKED_AGAIN: frozenset({BookingKind.ASKED_AGAIN}),
    MeetingCase.REJECTED: frozenset({BookingKind.REJECTED}),
}


def is_proven(connection: Connection, meeting_id: int, case: MeetingCase) -> bool:
    """Whether somebody who is verified says that of the meeting, since it was last on."""
    said_by = _SAID_BY.get(case)
    if said_by is None:
        return True
    whole = meeting_now(bookings.told(connection, meeting_id))
    for each in reversed(whole.told if whole is not None else ()):
        if each.kind in said_by and each.verified:
            return True
        if each.kind in ON and case is not MeetingCase.BOOKED:
            return False
    return False
