"""Book a meeting once, however often a program asks for it by the same key."""

import hashlib
from dataclasses import replace
from datetime import datetime

from sequencer.domain.booking import BY_HAND
from sequencer.engine import meeting_by_hand as by_hand
from sequencer.engine.desk import Desk
from sequencer.engine.meeting_by_hand import Appointment, MeetingError
from sequencer.store import bookings, meetings, prospects
from sequencer.store.database import Connection
from sequencer.store.meetings import Meeting


def book_once(
    connection: Connection, desk: Desk, address: str, wanted: Appointment, by: str, now: datetime
) -> tuple[Meeting, bool]:
    """The meeting, and whether it is new; one without a key is always new.

    Raises:
        UnknownProspectError: nobody has that address.
        MeetingError: it cannot be booked, or the key stands for a meeting of somebody else.
    """
    if not wanted.key:
        return by_hand.book(connection, desk, address, wanted, by, now), True
    bookings.lock(connection)
    key = f"once {hashlib.sha256(wanted.key.encode()).hexdigest()}"
    known = meetings.find(connection, BY_HAND, key)
    if known is None:
        once = replace(wanted, key=key)
        return by_hand.book(connection, desk, address, once, by, now), True
    person = prospects.find(connection, address)
    if person is None or person.id != known.prospect_id:
        raise MeetingError("That key stands for a meeting of somebody else.")
    return known, False
