"""Which of the meetings that are known is this about, whoever tells of it?"""

from collections.abc import Sequence
from dataclasses import replace

from sequencer.domain.booking import BookingEvent
from sequencer.domain.meeting import CALENDARS, SAME_TIME
from sequencer.store import bookings, meetings
from sequencer.store.database import Connection
from sequencer.store.meetings import Meeting

MOST = 50  # meetings of these people that are looked at, the newest


def same_meetings(
    connection: Connection, event: BookingEvent, people: Sequence[int], about: int = 0
) -> list[int]:
    """Numbers of the meetings that this makes one of, the oldest first.

    They have one of its keys, are the same to calendars, or bring the same person to the same time
    at another source: nobody is at two meetings at once.
    """
    found = {about} if about else set()
    keys = event.meeting_key, event.previous_key
    found |= set(bookings.meetings_named(connection, event.source, *keys))
    found |= set(bookings.meetings_with_uid(connection, event.uid))
    if event.starts_at is not None and people:
        near = meetings.of_people(connection, people, MOST)
        found |= {each.id for each in near if _is_at_same_time(connection, each.id, event)}
    return sorted(found)


def _is_at_same_time(connection: Connection, number: int, event: BookingEvent) -> bool:
    """Whether another source had it at that time, before it was moved perhaps.

    Calendars have as many entries for one meeting as people have sent invitations.
    """
    return any(
        (each.source != event.source or event.source in CALENDARS)
        and each.starts_at is not None
        and event.starts_at is not None
        and abs(each.starts_at - event.starts_at) <= SAME_TIME
        for each in bookings.told(connection, number)
    )


def make_one(connection: Connection, known: Sequence[Meeting]) -> Meeting:
    """The row that is left of several, with everything that was told of any; to be made anew."""
    row, others = known[0], [each.id for each in known[1:]]
    bookings.join(connection, row.id, others)
    meetings.drop(connection, others, row.id)
    return replace(
        row,
        left_out=next((each.left_out for each in known if each.left_out), ""),
        moved_to=None if row.moved_to in others else row.moved_to,
    )
