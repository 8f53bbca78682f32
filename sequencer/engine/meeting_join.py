"""Which of the meetings that are known is this about, whoever tells of it?"""

from collections.abc import Sequence
from dataclasses import replace

from sequencer.domain.account import account_key
from sequencer.domain.booking import BookingEvent
from sequencer.domain.meeting import CALENDARS, SAME_TIME
from sequencer.engine.meeting_credit import people_of
from sequencer.store import bookings, meetings, prospects
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
    named = {about} if about else set()
    keys = event.meeting_key, event.previous_key
    named |= set(bookings.meetings_named(connection, event.source, *keys))
    found = named | set(bookings.meetings_with_uid(connection, event.uid))
    found |= _at_same_time(connection, event, people)
    return _told_apart(connection, sorted(found), named)


def _told_apart(connection: Connection, found: Sequence[int], named: set[int]) -> list[int]:
    """Those without what the same tool knows as somebody else's: one mail may name both."""
    if len(found) < 2:
        return list(found)
    known = meetings.get_many(connection, found)
    first = next((each for each in known if each.id in named), known[0])
    return [each.id for each in known if each.id in named or not _is_another(each, first)]


def _is_another(one: Meeting, other: Meeting) -> bool:
    people = {one.prospect_id, other.prospect_id}
    is_told_apart = one.source == other.source and one.source not in CALENDARS
    return is_told_apart and one.verified and other.verified and len(people - {None}) > 1


def _at_same_time(connection: Connection, event: BookingEvent, people: Sequence[int]) -> set[int]:
    """Meetings of these people, and of colleagues who have brought one of them along."""
    if event.starts_at is None or not people:
        return set()
    own = {each.id for each in meetings.of_people(connection, people, MOST)}
    known = prospects.get_many(connection, people).values()
    accounts = sorted({account_key(each.prospect) for each in known} - {""})
    begin, end = event.starts_at - SAME_TIME, event.starts_at + SAME_TIME
    others = set(meetings.of_accounts(connection, accounts, begin, end, MOST)) - own
    return {
        number
        for number in (*own, *others)
        if _is_then(connection, event, number, () if number in own else people)
    }


def _is_then(
    connection: Connection, event: BookingEvent, number: int, people: Sequence[int]
) -> bool:
    """Whether a meeting is, or was, at that time, with one of these people if there are any."""
    told = [each for each in bookings.told(connection, number) if _is_same(each, event)]
    if not people:
        return bool(told)
    return any(set(people_of(connection, each)) & set(people) for each in told)


def _is_same(each: BookingEvent, event: BookingEvent) -> bool:
    """Whether another source has it at that time, or had before it was moved.

    Calendars have as many entries for one meeting as people have sent invitations.
    """
    if each.source == event.source and event.source not in CALENDARS:
        return False
    if each.starts_at is None or event.starts_at is None:
        return False
    return abs(each.starts_at - event.starts_at) <= SAME_TIME


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
