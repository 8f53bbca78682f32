"""Carry out what a change of a meeting means: stops and pauses, rules, tasks, its handover."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sequencer.domain.account import account_key
from sequencer.domain.booking import BY_HAND, ON, BookingEvent, BookingKind
from sequencer.domain.enrollment import FinishReason
from sequencer.domain.event import Stopped
from sequencer.domain.ledger import Entry, Kind
from sequencer.engine.desk import Desk
from sequencer.engine.handover import follow_meeting
from sequencer.engine.hold_back import hold_back
from sequencer.engine.meeting_asks import ask_how_no_more, ask_whose
from sequencer.engine.meeting_certain import settle_certainty
from sequencer.engine.meeting_change import MeetingChange
from sequencer.engine.meeting_grace import Moved, find_moved
from sequencer.engine.meeting_matter import follow_up
from sequencer.engine.react import react, stop_person
from sequencer.store import enrollments, ledger, prospects
from sequencer.store.database import Connection
from sequencer.store.meetings import Meeting

_WAITING = frozenset({BookingKind.REQUESTED, BookingKind.REJECTED})
_STOP = Stopped(FinishReason.MEETING_BOOKED)


def follow(
    connection: Connection,
    desk: Desk,
    change: MeetingChange,
    stopped: Collection[int],
    now: datetime,
) -> Meeting:
    """The meeting, once everything has followed.

    Args:
        connection: the database.
        desk: policy and cadences.
        change: what has become of the meeting.
        stopped: those of its people whom it has stopped before, and does not stop again.
        now: this instant.
    """
    detail = detail_of(change.event)
    for person in change.people:
        ledger.write(connection, Entry(now, Kind.MEETING, detail, prospect_id=person))
    if change.event.kind in ON:
        to_stop = [person for person in change.people if person not in stopped]
        _stop(connection, desk, to_stop, change.people, detail, now)
    if change.event.kind in _WAITING:
        hold_back(connection, desk, change.people, detail, now)
    return tell_all(connection, desk, change, detail, now)


def tell_all(
    connection: Connection, desk: Desk, change: MeetingChange, detail: str, now: datetime
) -> Meeting:
    """Tell those who have to do with the meeting what has become of it, and of others with it."""
    whose = change.meeting.prospect_id
    moved = find_moved(connection, whose) if whose else []
    for each in with_links(change, moved):
        follow_up(connection, desk, each, detail, now)
        follow_meeting(connection, desk, each, now)
    ask_how_no_more(connection, change, detail, now)
    settle_certainty(connection, change, detail, now)
    ask_whose(connection, change, now)
    return next((each.old for each in moved if each.old.id == change.meeting.id), change.meeting)


def with_links(change: MeetingChange, moved: Sequence[Moved]) -> list[MeetingChange]:
    """The change, and what it makes of meetings that were cancelled and go on as others."""
    own = change.meeting
    before = [each.old for each in moved if each.new is not None and each.new.id == own.id]
    now = next((each.old for each in moved if each.old.id == own.id), own)
    changes = [replace(change, meeting=now, instead_of=before[0] if before else None)]
    for each in moved:
        if each.new is None and each.old.id != own.id:  # cancelled, and in no other's place
            changes.append(MeetingChange(each.old, None, change.event, (), each.old))
        elif each.new is not None and each.old not in before[:1]:
            new = each.new
            changes.append(MeetingChange(new, new.state, change.event, (), new, each.old))
    return changes


def _stop(
    connection: Connection,
    desk: Desk,
    people: Sequence[int],
    but: Sequence[int],
    cause: str,
    now: datetime,
) -> None:
    """End what runs for these people, and for others of their accounts where a cadence says so."""
    for person in people:
        stop_person(connection, desk, person, _STOP, cause, now)
    known = prospects.get_many(connection, people).values() if people else ()
    keys = sorted({account_key(each.prospect) for each in known} - {""})
    if not keys:
        return
    for stored in enrollments.live_of_accounts(connection, keys, sorted(but)):
        if desk.case(connection, stored).version.cadence.meeting_ends_account:
            why = f"a colleague of the same account: {cause}"
            react(connection, desk, stored, _STOP, why, now)


def detail_of(event: BookingEvent) -> str:
    """What was told, as the timeline has it."""
    what = event.kind.replace("_", " ")
    starts = f" for {event.starts_at:%Y-%m-%d %H:%M} UTC" if event.starts_at else ""
    by = f" by the {event.cancelled_by}" if event.cancelled_by else ""
    place = f" at {event.place}" if event.place else ""
    note = f" ({event.note})" if event.note else ""
    through = "by hand" if event.source == BY_HAND else f"through {event.source}"
    return f"{what}{by} {through}{starts}{place}{note}"
