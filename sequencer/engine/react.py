"""Carry an event out: decide, store the new state, apply the commands, write the ledger.

Everything happens in the caller's transaction, so a stop signal and what it stops are one commit.
"""

from datetime import datetime

from sequencer.domain.decide import (
    CancelSends,
    Command,
    Decision,
    QueueStep,
    Reschedule,
    decide,
)
from sequencer.domain.due import Due, due_after, due_from
from sequencer.domain.enrollment import Enrollment, EnrollmentState
from sequencer.domain.event import Event
from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.send import OPEN_STATES
from sequencer.domain.window import is_open
from sequencer.engine.desk import Case, Desk
from sequencer.store import enrollments, ledger, sends
from sequencer.store.database import Connection
from sequencer.store.enrollments import StoredEnrollment


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
    decision = decide(stored.enrollment, event, case.version.cadence, now)
    if not decision.changes(stored.enrollment):
        return False
    if not enrollments.save(connection, stored, decision.enrollment):
        return False
    _tell(connection, case, decision, cause, now)
    for command in decision.commands:
        _carry_out(connection, case, command, now)
    return True


def stop_person(
    connection: Connection, desk: Desk, prospect_id: int, event: Event, cause: str, now: datetime
) -> int:
    """How many live enrollments of a person the event changed, whatever cadence they are in."""
    live = enrollments.live_of(connection, [prospect_id])
    return sum(react(connection, desk, stored, event, cause, now) for stored in live)


def open_due_at(connection: Connection, enrollment_id: int) -> datetime | None:
    """When the open send of an enrollment is due, None where there is none."""
    for send in sends.of_enrollment(connection, enrollment_id):
        if send.state in OPEN_STATES:
            return send.due_at
    return None


_TOLD = {
    EnrollmentState.PAUSED: Kind.PAUSED,
    EnrollmentState.FINISHED: Kind.FINISHED,
}


def _tell(
    connection: Connection, case: Case, decision: Decision, cause: str, now: datetime
) -> None:
    before, after = case.stored.enrollment, decision.enrollment
    kind = _TOLD.get(after.state)
    if before.state is EnrollmentState.PAUSED and after.state is EnrollmentState.ACTIVE:
        kind = Kind.RESUMED
    if kind is None or (before.state, before.resume_at) == (after.state, after.resume_at):
        return
    detail = f"{_reason(after)}{cause}"
    ledger.write(connection, entry_of(case, kind, detail, now))


def _reason(enrollment: Enrollment) -> str:
    reason = enrollment.finish_reason or enrollment.pause_reason
    until = f" until {enrollment.resume_at:%Y-%m-%d %H:%M} UTC" if enrollment.resume_at else ""
    return f"{reason}{until}: " if reason else ""


def entry_of(
    case: Case, kind: Kind, detail: str, now: datetime, step_id: str | None = None
) -> Entry:
    """A ledger entry about an enrollment."""
    return Entry(
        at=now,
        kind=kind,
        detail=detail,
        prospect_id=case.person.id,
        enrollment_id=case.stored.id,
        mailbox=case.stored.enrollment.mailbox,
        step_id=step_id,
    )


def _carry_out(connection: Connection, case: Case, command: Command, now: datetime) -> None:
    match command:
        case QueueStep():
            _queue(connection, case, command, now)
        case CancelSends():
            why = f"the enrollment ended: {command.reason}"
            for step_id in sends.cancel_open(connection, case.stored.id, why):
                ledger.write(connection, entry_of(case, Kind.CANCELLED, why, now, step_id))
        case Reschedule():
            _reschedule(connection, case, command, now)


def _queue(connection: Connection, case: Case, command: QueueStep, now: datetime) -> None:
    enrollment = case.stored.enrollment
    due = due_after(now, command.wait, case.timing, f"{enrollment.key}:{command.step_id}")
    first = case.version.cadence.steps[0].id
    sends.queue(
        connection,
        sends.Queued(
            enrollment_id=case.stored.id,
            step_id=command.step_id,
            mailbox=enrollment.mailbox or "",
            follow_up=command.step_id != first,
            due_at=due.at,
            why=due.reason or "",
        ),
    )
    detail = f"due {_local(due, case)}" + (f" ({due.reason})" if due.reason else "")
    ledger.write(connection, entry_of(case, Kind.QUEUED, detail, now, command.step_id))


def _reschedule(connection: Connection, case: Case, command: Reschedule, now: datetime) -> None:
    for send in sends.of_enrollment(connection, case.stored.id):
        if send.state in OPEN_STATES:
            key = f"{case.stored.enrollment.key}:{send.step_id}"
            earliest, timing = now + command.remaining, case.timing
            # What is left of a wait has its jitter in it: with each pause one more would add up.
            inside = is_open(timing.window, timing.tz, earliest)
            due = Due(earliest, None) if inside else due_from(earliest, timing, key)
            sends.postpone(connection, send.id, due.at, due.reason or "resumed")
            detail = f"due {_local(due, case)} after the pause"
            ledger.write(connection, entry_of(case, Kind.POSTPONED, detail, now, send.step_id))


def _local(due: Due, case: Case) -> str:
    return f"{due.at.astimezone(case.timing.tz):%a %d %b %Y %H:%M} {case.timing.tz.key} time"
