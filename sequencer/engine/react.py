"""Carry an event out: decide, store the new state, apply the commands, write the ledger.

Everything happens in the caller's transaction, so a stop signal and what it stops are one commit.
"""

from datetime import datetime

from sequencer.domain.decide import Decision, decide
from sequencer.domain.enrollment import Enrollment, EnrollmentState
from sequencer.domain.event import Event
from sequencer.domain.ledger import Kind
from sequencer.domain.send import OPEN_STATES
from sequencer.domain.task import TaskState
from sequencer.engine.carry_out import carry_out, restart_overdue
from sequencer.engine.course import course_of
from sequencer.engine.desk import Case, Desk
from sequencer.engine.entry import entry_of
from sequencer.store import enrollments, ledger, sends, tasks
from sequencer.store.database import Connection
from sequencer.store.enrollments import StoredEnrollment

__all__ = ["entry_of", "open_due_at", "react", "stop_person"]


def react(
    connection: Connection,
    desk: Desk,
    stored: StoredEnrollment,
    event: Event,
    cause: str,
    now: datetime,
) -> bool:
    """Whether the event changed anything; `cause` is the sentence that the ledger keeps.

    The enrollment must have been loaded in this transaction, with its lock.
    """
    case = desk.case(connection, stored)
    decision = decide(stored.enrollment, event, course_of(connection, case), now)
    if not decision.changes(stored.enrollment):
        return False
    if not enrollments.save(connection, stored, decision.enrollment, now):
        return False
    kind = _kind(stored.enrollment, decision.enrollment)
    if kind is not None:
        detail = f"{_reason(decision.enrollment)}{cause}"
        ledger.write(connection, entry_of(case, kind, detail, now))
    _follow(connection, case, decision, now)
    if kind is Kind.RESUMED and not decision.commands:
        restart_overdue(connection, case, now)
    return True


def _follow(connection: Connection, case: Case, decision: Decision, now: datetime) -> None:
    for command in decision.commands:
        carry_out(connection, case, command, now)


def stop_person(
    connection: Connection, desk: Desk, prospect_id: int, event: Event, cause: str, now: datetime
) -> int:
    """How many live enrollments of a person the event changed, whatever cadence they are in."""
    live = enrollments.live_of(connection, [prospect_id])
    return sum(react(connection, desk, stored, event, cause, now) for stored in live)


def open_due_at(connection: Connection, enrollment_id: int) -> datetime | None:
    """When the open send or task of an enrollment is due, None where there is none."""
    for send in sends.of_enrollment(connection, enrollment_id):
        if send.state in OPEN_STATES:
            return send.due_at
    for task in tasks.of_enrollment(connection, enrollment_id):
        if task.state is TaskState.OPEN:
            return task.due_at
    return None


def _kind(before: Enrollment, after: Enrollment) -> Kind | None:
    """What the ledger calls a change of state, None where it was none."""
    if _how(before) == _how(after):
        return None
    match (before.state, after.state):
        case (_, EnrollmentState.PAUSED):
            return Kind.PAUSED
        case (_, EnrollmentState.FINISHED):
            return Kind.FINISHED
        case (EnrollmentState.PAUSED, EnrollmentState.ACTIVE | EnrollmentState.PENDING):
            return Kind.RESUMED
        case (EnrollmentState.FINISHED, EnrollmentState.ACTIVE | EnrollmentState.PENDING):
            return Kind.REOPENED
        case _:
            return None


def _how(enrollment: Enrollment) -> tuple[object, ...]:
    return enrollment.state, enrollment.resume_at, enrollment.pause_reason


def _reason(enrollment: Enrollment) -> str:
    reason = enrollment.finish_reason or enrollment.pause_reason
    until = f" until {enrollment.resume_at:%Y-%m-%d %H:%M} UTC" if enrollment.resume_at else ""
    return f"{reason}{until}: " if reason else ""
