"""Carry an event out: decide, store the new state, apply the commands, write the ledger.

Everything happens in the caller's transaction, so a stop signal and what it stops are one commit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sequencer.domain.decide import Command, Decision, decide
from sequencer.domain.enrollment import Enrollment, EnrollmentState
from sequencer.domain.event import Event
from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.send import OPEN_STATES, SendState
from sequencer.domain.task import TaskState
from sequencer.engine.carry_out import carry_out, plan_send, restart_overdue
from sequencer.engine.course import course_of
from sequencer.engine.desk import Case, Desk
from sequencer.engine.entry import entry_of
from sequencer.store import enrollments, ledger, sends, tasks
from sequencer.store.database import Connection
from sequencer.store.enrollments import StoredEnrollment
from sequencer.store.sends import Queued

__all__ = ["Change", "entry_of", "open_due_at", "react", "react_each", "stop_person"]


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


class Change(NamedTuple):
    """An event for one of many enrollments, loaded with its lock.

    Attributes:
        entry: what the ledger says of the event itself, before what follows from it.
    """

    case: Case
    event: Event
    cause: str
    now: datetime
    entry: Entry


def react_each(connection: Connection, changes: Sequence[Change]) -> None:
    """The same for many enrollments, in a few statements.

    Raises:
        LostRaceError: one of them has changed since it was loaded.
    """
    decided = [(each, _decided(connection, each)) for each in changes]
    changed = [pair for pair in decided if pair[1].changes(pair[0].case.stored.enrollment)]
    enrollments.save_each(
        connection, [(each.case.stored, after.enrollment, each.now) for each, after in changed]
    )
    steps = sends.steps_of(connection, [each.case.stored.id for each, _ in changed])
    book = _Book(connection)
    for change, decision in decided:
        book.entries.append(change.entry)
        kind = _kind(change.case.stored.enrollment, decision.enrollment)
        if kind is not None:
            detail = f"{_reason(decision.enrollment)}{change.cause}"
            book.entries.append(entry_of(change.case, kind, detail, change.now))
        runs = decision.enrollment.state is EnrollmentState.ACTIVE
        for command in decision.commands:
            book.note(change, command, steps[change.case.stored.id], runs=runs)
    book.write()


def _decided(connection: Connection, change: Change) -> Decision:
    course = course_of(connection, change.case)
    return decide(change.case.stored.enrollment, change.event, course, change.now)


@dataclass
class _Book:
    """What is to be written, in its order."""

    connection: Connection
    entries: list[Entry] = field(default_factory=list)
    queued: list[Queued] = field(default_factory=list)

    def note(
        self, change: Change, command: Command, steps: Mapping[str, SendState], *, runs: bool
    ) -> None:
        planned = plan_send(change.case, command, steps, change.now, runs=runs)
        if planned is None:
            self.write()
            carry_out(self.connection, change.case, command, change.now)
        else:
            self.queued.append(planned[0])
            self.entries.append(planned[1])

    def write(self) -> None:
        sends.queue(self.connection, *self.queued)
        ledger.write_all(self.connection, self.entries)
        self.queued.clear()
        self.entries.clear()


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
