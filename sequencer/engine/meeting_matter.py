"""What follows from what has become of a meeting is planned; what holds no more is taken back."""

from collections.abc import Iterator
from datetime import datetime

from sequencer.domain.follow_up import FollowUpState
from sequencer.domain.meeting import MeetingState, meeting_now
from sequencer.domain.meeting_rule import FALLEN, MeetingCase, case_of
from sequencer.engine.desk import Desk
from sequencer.engine.follow_up_deed import do_now
from sequencer.engine.follow_up_rules import due_at, rules_for
from sequencer.engine.follow_up_undo import drop, settle, undo
from sequencer.engine.follow_up_words import tell, whose
from sequencer.engine.meeting_change import MeetingChange
from sequencer.engine.meeting_proof import SLOWEST, is_proven
from sequencer.store import bookings, follow_ups, meetings, prospects, wake
from sequencer.store.database import Connection
from sequencer.store.follow_ups import NewFollowUp, StoredFollowUp
from sequencer.store.meetings import Meeting

_IS_ON = frozenset({MeetingState.REQUESTED, MeetingState.BOOKED, MeetingState.HELD})
# That a meeting was booked stays true when it is over.
_AFTER_BOOKED = frozenset({MeetingCase.BOOKED, MeetingCase.HELD, MeetingCase.NO_SHOW})


def follow_up(
    connection: Connection, desk: Desk, change: MeetingChange, detail: str, now: datetime
) -> None:
    """Plan what follows from a meeting as it is now; take back what had followed otherwise.

    Args:
        connection: the database.
        desk: policy and cadences.
        change: what has become of the meeting: what was told may be old news.
        detail: what was told, in words.
        now: this instant.
    """
    meeting = change.meeting
    is_none = meeting.moved_to is not None or meeting.left_out != ""
    case = None if is_none else case_of(meeting.state, meeting.cancelled_by)
    concerned = _concerned(connection, meeting, case)
    for row in list(_in_force(connection, meeting)):
        if not _stands(row, case, concerned):
            undo(connection, desk, row, detail, now)
    if change.instead_of is not None:
        for row in list(_in_force(connection, change.instead_of)):
            undo(connection, desk, row, "the meeting was moved", now)
    if meeting.state in _IS_ON and not meeting.moved_to and _is_new(change):
        _settle_others(connection, {*change.people, *concerned}, meeting, detail, now)
    if case is not None:
        for person in concerned:
            _plan(connection, desk, change, person, case, now)


def _concerned(connection: Connection, meeting: Meeting, case: MeetingCase | None) -> list[int]:
    """Numbers of those whom it is about: who did not come, as far as they are named, or whose."""
    whose_meeting = [meeting.prospect_id] if meeting.prospect_id else []
    if case is not MeetingCase.NO_SHOW:
        return whose_meeting
    told = meeting_now(bookings.told(connection, meeting.id))
    addresses = sorted(told.missed) if told else []
    found = [person.id for each in addresses if (person := prospects.find(connection, each))]
    return list(dict.fromkeys(found)) or whose_meeting


def _in_force(connection: Connection, meeting: Meeting) -> Iterator[StoredFollowUp]:
    for person in follow_ups.people_of(connection, meeting.id):
        for row in follow_ups.in_force(connection, person):
            if row.meeting_id == meeting.id:
                yield row


def _stands(row: StoredFollowUp, case: MeetingCase | None, concerned: list[int]) -> bool:
    """Whether what follows by that row is still what should."""
    if row.rule.case is not case:
        is_done = row.state is FollowUpState.DONE
        return is_done and row.rule.case is MeetingCase.BOOKED and case in _AFTER_BOOKED
    return case is not MeetingCase.NO_SHOW or row.prospect_id in concerned


def _is_new(change: MeetingChange) -> bool:
    is_other_host = (
        change.was is not None and change.was.cancelled_by != change.meeting.cancelled_by
    )
    return (
        change.meeting.state is not change.before or change.instead_of is not None or is_other_host
    )


def _settle_others(
    connection: Connection, people: set[int], meeting: Meeting, why: str, now: datetime
) -> None:
    """Who has another meeting is not asked about those that fell through before."""
    for person in sorted(people):
        for row in follow_ups.in_force(connection, person):
            if row.meeting_id != meeting.id and row.rule.case in FALLEN:
                settle(connection, row, why, now)


def _plan(
    connection: Connection,
    desk: Desk,
    change: MeetingChange,
    person: int,
    case: MeetingCase,
    now: datetime,
) -> None:
    """Store what follows for a person, once; what follows by default is done at once."""
    meeting = change.meeting
    if case is not MeetingCase.BOOKED and meetings.is_coming(connection, person, meeting.id, now):
        return
    found = rules_for(connection, desk, meeting, person, case)
    number = found.stored.id if found.stored else None
    if _is_planned(connection, change, person, case, number, now):
        return
    for rule in found.rules:
        at = due_at(connection, desk, found, rule, person, now)
        if (rule.enroll or rule.reopen) and not is_proven(connection, meeting.id, case):
            at = max(at, now + SLOWEST)
        new = NewFollowUp(meeting.id, person, number, rule, at)
        row = follow_ups.get(connection, follow_ups.add(connection, new, now))
        if number is None:
            do_now(connection, desk, row, meeting, now)
            continue
        words = f"{rule} on {at:%Y-%m-%d %H:%M} UTC, by {whose(connection, number)} for {case}"
        tell(connection, person, number, words, now)
        wake.call(connection, [wake.CHORES])


def _is_planned(
    connection: Connection,
    change: MeetingChange,
    person: int,
    case: MeetingCase,
    enrollment_id: int | None,
    now: datetime,
) -> bool:
    """Whether what follows was stored before, by the same cadence; what waits by another goes."""
    every = [
        row
        for row in follow_ups.of_meeting(connection, change.meeting.id)
        if row.prospect_id == person and row.rule.case is case
    ]
    if not any(row.state in {FollowUpState.WAITING, FollowUpState.DONE} for row in every):
        return bool(every) and not _is_new(change)
    waiting = [row for row in every if row.state is FollowUpState.WAITING]
    others = [row for row in waiting if row.enrollment_id != enrollment_id]
    for row in others:
        drop(connection, row, "the meeting is another cadence's", now)
    return len(others) < len([row for row in every if row.state in _FORCE])


_FORCE = frozenset({FollowUpState.WAITING, FollowUpState.DONE})
