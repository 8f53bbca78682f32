"""What a decision does to sends and tasks: queue, open, cancel, close, put off.

A row that is there already is used again: one step of one enrollment has one send and one task.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sequencer.domain.cadence import Step
from sequencer.domain.days_off import NeverOpenError
from sequencer.domain.decide import (
    CancelSends,
    Command,
    OpenTask,
    QueueStep,
    Reschedule,
    SkipStep,
    Withdraw,
)
from sequencer.domain.delay import add_delay
from sequencer.domain.due import Due
from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.send import OPEN_STATES, SendEvent, SendState
from sequencer.domain.task import TaskEvent, TaskState
from sequencer.domain.task_of_step import kind_of
from sequencer.engine.desk import Case
from sequencer.engine.entry import entry_of
from sequencer.engine.plan import due_after_wait, due_as_before, told
from sequencer.store import ledger, sends, tasks, wake
from sequencer.store.database import Connection
from sequencer.store.sends import Queued, StoredSend
from sequencer.store.tasks import NewTask, StoredTask

TITLES = {
    "manual_email": "Write",
    "call": "Call",
    "social": "Social touch",
    "letter": "Letter",
    "other": "Task",
}


def carry_out(connection: Connection, case: Case, command: Command, now: datetime) -> None:
    """Do what one command says, and write it into the ledger."""
    match command:
        case QueueStep():
            due = _due(connection, case, command, now)
            queue_send(connection, case, command.step_id, due, now)
        case OpenTask():
            _open(connection, case, command, now)
        case SkipStep():
            _tell(connection, case, Kind.SKIPPED, command.why, now, command.step_id)
        case CancelSends():
            close_all(connection, case, f"the enrollment ended: {command.reason}", now)
        case Withdraw():
            close_all(connection, case, "the step before it was taken back", now)
        case Reschedule():
            _reschedule(connection, case, command, now)


def plan_send(
    case: Case, command: Command, steps: Mapping[str, SendState], now: datetime, *, runs: bool
) -> tuple[Queued, Entry] | None:
    """The send of a step that is reached for the first time, and what the ledger says of it.

    None for any other command: that is carried out by itself. `runs` tells whether the enrollment
    is active once the change is stored that the command follows from.
    """
    if not isinstance(command, QueueStep) or command.again:
        return None
    if command.step_id in steps:
        return None
    due = due_after_wait(case, command.step_id, command.wait, now)
    new = _new_send(case, command.step_id, due, steps.values(), runs=runs)
    told_of = f"due {told(case, due, now)}"
    return new, entry_of(case, Kind.QUEUED, told_of, now, command.step_id)


@dataclass(frozen=True, slots=True)
class Released:
    """What a rep has let go: the wording that was read, and what was made of it, if anything."""

    draft: dict[str, str] | None = None
    variant: str | None = None


BY_ITSELF = Released()


def queue_send(
    connection: Connection,
    case: Case,
    step_id: str,
    due: Due,
    now: datetime,
    released: Released = BY_ITSELF,
) -> bool:
    """Whether the send of a step waits now; one that has left, or is about to, is left alone."""
    every = sends.of_enrollment(connection, case.stored.id)
    known = next((send for send in every if send.step_id == step_id), None)
    if known is not None and known.handed_at is not None:
        return False  # it may have left, and nobody has proven the contrary
    if due.at <= now:
        wake.call(connection, [case.stored.enrollment.mailbox or ""])
    if known is None:
        states = [send.state for send in every]
        sends.queue(connection, _new_send(case, step_id, due, states, released))
    else:
        mailbox = case.stored.enrollment.mailbox or ""
        values = {
            "due_at": due.at,
            "why": due.reason,
            "mailbox": mailbox,
            "draft": released.draft,
            "variant": released.variant,
        }
        if not sends.move(
            connection, [known.id], SendEvent.REQUEUE, tries=0, ended_at=None, **values
        ):
            return False
    _tell(connection, case, Kind.QUEUED, f"due {told(case, due, now)}", now, step_id)
    return True


def _new_send(
    case: Case,
    step_id: str,
    due: Due,
    states: Iterable[SendState],
    released: Released = BY_ITSELF,
    *,
    runs: bool | None = None,
) -> Queued:
    stored = case.stored
    return Queued(
        enrollment_id=stored.id,
        slug=stored.slug,
        step_id=step_id,
        mailbox=stored.enrollment.mailbox or "",
        follow_up=SendState.SENT in states,
        due_at=due.at,
        why=due.reason,
        draft=released.draft,
        variant=released.variant,
        runs=runs,
    )


def close_all(connection: Connection, case: Case, why: str, now: datetime) -> None:
    """Cancel the open sends of an enrollment, and close its open tasks."""
    for step_id in sends.cancel_open(connection, case.stored.id, why):
        _tell(connection, case, Kind.CANCELLED, why, now, step_id)
    for task in tasks.of_enrollment(connection, case.stored.id):
        if task.state is TaskState.OPEN:
            tasks.move(connection, task.id, TaskEvent.SKIP, why=why, ended_at=now)
            _tell(connection, case, Kind.SKIPPED, why, now, task.step_id)


def skip_at(case: Case, step: Step, due_at: datetime) -> datetime | None:
    """When the task of a step is skipped that nobody has done; None for never."""
    if step.skip_after is None:
        return None
    try:
        return add_delay(due_at, step.skip_after, case.timing_of(step.id).workdays)
    except NeverOpenError:
        return None  # a calendar without working days: it waits for a person, as such mails do


def restart_overdue(connection: Connection, case: Case, now: datetime) -> None:
    """Let what became due while somebody was paused be due now, not overdue since then."""
    for send in sends.of_enrollment(connection, case.stored.id):
        if send.state in OPEN_STATES and send.due_at < now:
            _postpone(connection, case, send, due_as_before(case, send.step_id, now), now)
    for task in _open_tasks(connection, case):
        if task.due_at < now:
            _put_off(connection, case, task, Due(now), now)


def _due(connection: Connection, case: Case, command: QueueStep | OpenTask, now: datetime) -> Due:
    if not command.again:
        return due_after_wait(case, command.step_id, command.wait, now)
    due_at = max(now, _due_before(connection, case, command.step_id) or now)
    return due_as_before(case, command.step_id, due_at)


def _due_before(connection: Connection, case: Case, step_id: str) -> datetime | None:
    """When the step was due before it was cancelled."""
    mails = sends.of_enrollment(connection, case.stored.id)
    asked = tasks.of_enrollment(connection, case.stored.id)
    due = [send.due_at for send in mails if send.step_id == step_id]
    due += [task.due_at for task in asked if task.step_id == step_id]
    return due[0] if due else None


def _open(connection: Connection, case: Case, command: OpenTask, now: datetime) -> None:
    due = _due(connection, case, command, now)
    open_task(connection, case, command.step_id, due, now)


def open_task(connection: Connection, case: Case, step_id: str, due: Due, now: datetime) -> None:
    """Open the task of a step, due at that instant."""
    step = case.version.cadence.step(step_id)
    limit = skip_at(case, step, due.at)
    every = tasks.of_enrollment(connection, case.stored.id)
    known = next((task for task in every if task.step_id == step.id), None)
    if known is None:
        kind = kind_of(step)
        new = NewTask(
            prospect_id=case.person.id,
            kind=kind,
            assignee=assignee_of(case),
            title=TITLES[kind],
            due_at=due.at,
            enrollment_id=case.stored.id,
            step_id=step.id,
            why=due.reason,
            skip_at=limit,
        )
        tasks.add(connection, new, now)
    else:
        reopen_task(connection, replace(known, due_at=due.at, skip_at=limit, why=due.reason))
    _tell(connection, case, Kind.TASK, f"due {told(case, due, now)}", now, step.id)


def reopen_task(connection: Connection, task: StoredTask) -> bool:
    """Whether a task that had ended is open again, with the times it has now."""
    return tasks.move(
        connection,
        task.id,
        TaskEvent.REOPEN,
        due_at=task.due_at,
        skip_at=task.skip_at,
        why=task.why,
        looked_at=None,
        disposition=None,
        outcome=None,
        ended_at=None,
        ended_by="",
    )


def assignee_of(case: Case) -> str:
    """Who does the tasks of an enrollment: the prospect's owner, else the rep of its mailbox."""
    return case.person.prospect.owner or case.stored.enrollment.mailbox or ""


def _reschedule(connection: Connection, case: Case, command: Reschedule, now: datetime) -> None:
    for send in sends.of_enrollment(connection, case.stored.id):
        if send.state in OPEN_STATES:
            due = due_as_before(case, send.step_id, now + command.remaining)
            _postpone(connection, case, send, due, now)
    for task in _open_tasks(connection, case):
        due = due_as_before(case, task.step_id or "", now + command.remaining)
        _put_off(connection, case, task, due, now)


def _postpone(
    connection: Connection, case: Case, send: StoredSend, due: Due, now: datetime
) -> None:
    sends.postpone(connection, send.id, due.at, due.reason or "resumed")
    detail = f"after the pause due {told(case, due, now)}"
    _tell(connection, case, Kind.POSTPONED, detail, now, send.step_id)


def _open_tasks(connection: Connection, case: Case) -> list[StoredTask]:
    every = tasks.of_enrollment(connection, case.stored.id)
    return [task for task in every if task.state is TaskState.OPEN and task.step_id]


def _put_off(connection: Connection, case: Case, task: StoredTask, due: Due, now: datetime) -> None:
    step = case.version.cadence.step(task.step_id or "")
    limit = skip_at(case, step, due.at)
    tasks.put_off(connection, task.id, due.at, limit, due.reason or "resumed")
    detail = f"after the pause due {told(case, due, now)}"
    _tell(connection, case, Kind.POSTPONED, detail, now, task.step_id)


def _tell(
    connection: Connection, case: Case, kind: Kind, detail: str, now: datetime, step_id: str | None
) -> None:
    ledger.write(connection, entry_of(case, kind, detail, now, step_id))
