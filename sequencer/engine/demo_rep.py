"""The rep of a demonstration: makes calls, and tells how they ended, and how meetings went."""

import hashlib
from datetime import datetime, timedelta

from sequencer.domain.meeting import MeetingState
from sequencer.domain.task import TaskKind
from sequencer.engine.desk import Desk
from sequencer.engine.meeting_by_hand import confirm, held
from sequencer.engine.tasks import Ending, done
from sequencer.store import enrollments, meeting_list, meetings, tasks
from sequencer.store.database import Connection
from sequencer.store.tasks import StoredTask

# How calls end, in shares of a hundred; dispositions that a workspace does not have are left out.
_ENDS = (
    (40, "voicemail", ""),
    (60, "no-answer", ""),
    (72, "busy", ""),
    (86, "interested", "would like to see figures first"),
    (93, "meeting-booked", "wants to see it with a colleague"),
    (100, "not-interested", "has just bought something else"),
)
_REP = "the rep"
_TELLS_AFTER = timedelta(minutes=30)  # by then it is known who did not come
_MOST = 1_000  # meetings of a demonstration


def do_tasks(connection: Connection, desk: Desk, now: datetime) -> int:
    """How many calls were made: all that are due."""
    due = [task for task in tasks.listed(connection, due_by=now) if task.kind is TaskKind.CALL]
    for task in due:
        name, note = _end_of(connection, desk, task)
        done(connection, desk, task.id, Ending(task.assignee or _REP, name, note), now)
    return len(due)


def tell_of_meetings(connection: Connection, desk: Desk, now: datetime) -> None:
    """Say of each meeting that took place that it did, and that one known from mail alone is on."""
    booked = meeting_list.Wanted(MeetingState.BOOKED)
    numbers = meeting_list.numbers_after(connection, booked, 0, _MOST)
    for meeting in meetings.get_many(connection, numbers):
        if not meeting.verified:
            confirm(connection, desk, meeting.id, _REP, now)
        elif meeting.ends_at is not None and meeting.ends_at + _TELLS_AFTER <= now:
            held(connection, desk, meeting.id, _REP, now)


def _end_of(connection: Connection, desk: Desk, task: StoredTask) -> tuple[str, str]:
    """How a call ends: the same for the same seed."""
    key = ""
    if task.enrollment_id is not None:
        key = enrollments.get(connection, task.enrollment_id).enrollment.key
    share = int(hashlib.sha256(f"{key} {task.step_id}".encode()).hexdigest(), 16) % 100
    ends = [
        (name, note)
        for limit, name, note in _ENDS
        if share < limit and name in desk.policy.dispositions
    ]
    return ends[0] if ends else (next(iter(desk.policy.dispositions), ""), "")
