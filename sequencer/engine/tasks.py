"""What people do with tasks: end them, pass them on, put them off, take an end back.

What follows for the enrollment is decided as for a mail, in the same transaction.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sequencer.domain.disposition import Disposition, event_of
from sequencer.domain.enrollment import FinishReason
from sequencer.domain.event import StepSkipped, Stopped
from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.suppression import SuppressionReason
from sequencer.domain.task import TaskEvent, TaskKind
from sequencer.engine.desk import Desk
from sequencer.engine.react import react, stop_person
from sequencer.engine.suppress import suppress_address
from sequencer.files.nearest import did_you_mean
from sequencer.store import enrollments, ledger, prospects, tasks, touches
from sequencer.store.database import Connection
from sequencer.store.tasks import NewTask, StoredTask
from sequencer.store.touches import Contact
from sequencer.store.traffic import OUT

MOST_PUT_OFF = timedelta(days=365)

# What one person says on the telephone holds for all cadences they are in.
_FOR_THE_PERSON = frozenset({FinishReason.REPLIED, FinishReason.MEETING_BOOKED})


# Whoever does one of these has been in touch with the person.
TOUCHES = frozenset({TaskKind.CALL, TaskKind.SOCIAL, TaskKind.LETTER, TaskKind.MANUAL_EMAIL})


class TaskError(Exception):
    """Something that cannot be done with a task; the sentence is for whoever asked."""


class UnknownTaskError(TaskError):
    """There is no task of that number."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a task ended, and by whom."""

    by: str
    disposition: str = ""
    note: str = ""


def find(connection: Connection, task_id: int) -> StoredTask:
    """The task of that number.

    Raises:
        UnknownTaskError: there is none.
    """
    task = tasks.find(connection, task_id)
    if task is None:
        raise UnknownTaskError(f"There is no task {task_id}.")
    return task


def find_locked(connection: Connection, task_id: int) -> StoredTask:
    """The task as it is once its enrollment is kept from everybody else."""
    task = find(connection, task_id)
    if task.enrollment_id is None:
        return task
    enrollments.get(connection, task.enrollment_id, lock=True)
    return find(connection, task_id)


@dataclass(frozen=True, slots=True)
class Matter:
    """Something about a person that somebody has to look at, and that belongs to no step.

    Attributes:
        title: what is to be done, in a few words.
        about: what has happened.
        due_at: from when on; None for now.
        assignee: by default the prospect's owner.
        inbound_id: the message that it is about.
    """

    kind: TaskKind
    title: str
    about: str = ""
    due_at: datetime | None = None
    assignee: str = ""
    inbound_id: int | None = None


def open_matter(connection: Connection, prospect_id: int, matter: Matter, now: datetime) -> int:
    """Number of the new task about that person."""
    owner = prospects.get(connection, prospect_id).prospect.owner
    new = NewTask(
        prospect_id=prospect_id,
        kind=matter.kind,
        assignee=matter.assignee or owner,
        title=matter.title,
        due_at=matter.due_at or now,
        about=matter.about,
        inbound_id=matter.inbound_id,
    )
    number = tasks.add(connection, new, now)
    detail = ": ".join(filter(None, (matter.title, matter.about)))
    ledger.write(connection, Entry(now, Kind.TASK, detail, prospect_id))
    return number


def close_matters(
    connection: Connection,
    prospect_id: int,
    kind: TaskKind,
    titles: Collection[str],
    why: str,
    now: datetime,
) -> int:
    """How many open matters with one of these titles were closed: they settled themselves."""
    known = tasks.open_matters(connection, prospect_id, kind)
    return sum(close_matter(connection, task, why, now) for task in known if task.title in titles)


def close_matter(connection: Connection, task: StoredTask, why: str, now: datetime) -> bool:
    """Whether an open matter was closed, which settled itself."""
    closed = tasks.move(connection, task.id, TaskEvent.SKIP, why=why, ended_at=now)
    _tell(connection, task, Kind.SKIPPED, f"{task.title}: {why}", now)
    return closed


def done(connection: Connection, desk: Desk, task_id: int, ending: Ending, now: datetime) -> None:
    """End a task as done; what its disposition says follows.

    Raises:
        TaskError: it has ended already, or the disposition is missing or unknown.
    """
    task = find_locked(connection, task_id)
    disposition = disposition_of(desk, task.kind, ending.disposition)
    values = {
        "disposition": disposition.name if disposition else None,
        "outcome": disposition.outcome if disposition else None,
        "note": ending.note,
        "ended_at": now,
        "ended_by": ending.by,
    }
    if not tasks.move(connection, task.id, TaskEvent.DO, **values):
        raise TaskError(f"Task {task.id} is {task.state} already.")
    said = f"{disposition.name}, " if disposition else ""
    note = f": {ending.note}" if ending.note else ""
    detail = f"{task.title}: {said}by {ending.by}{note}"
    _tell(connection, task, Kind.DONE, detail, now)
    if task.kind in TOUCHES:
        contact = Contact(now, task.kind, OUT, task.prospect_id, touch_of(task))
        touches.add_contact(connection, contact)
    if task.enrollment_id is not None:
        _go_on(connection, desk, task, disposition, now)


def touch_of(task: StoredTask) -> str:
    """What the touch of a task is known by."""
    return f"task {task.id}"


def disposition_of(desk: Desk, kind: TaskKind, name: str) -> Disposition | None:
    """The disposition of that name; none for a task that needs none.

    Raises:
        TaskError: it is unknown, or a call ends without one.
    """
    known = desk.policy.dispositions
    if not name:
        if kind is TaskKind.CALL and known:
            raise TaskError(f"How did the call end? {did_you_mean('', known) or 'Name it.'}")
        return None
    if name not in known:
        raise TaskError(f"There is no disposition {name}. {did_you_mean(name, known)}".rstrip())
    return known[name]


def _go_on(
    connection: Connection,
    desk: Desk,
    task: StoredTask,
    disposition: Disposition | None,
    now: datetime,
) -> None:
    """What the end of a step's task means for its enrollment, and for the person as a whole."""
    stored = enrollments.get(connection, task.enrollment_id or 0, lock=True)
    case = desk.case(connection, stored)
    if stored.enrollment.step != task.step_id:
        return
    event = event_of(disposition, task.step_id or "", case.version.cadence)
    said = disposition.name if disposition else "done"
    cause = f"{task.title.lower()}: {said}"
    if isinstance(event, Stopped):
        stop_as(connection, desk, case.person.id, event, cause, now)
    react(connection, desk, stored, event, cause, now)


def stop_as(
    connection: Connection, desk: Desk, prospect_id: int, event: Stopped, cause: str, now: datetime
) -> None:
    """What a stop that a person told us means beyond the enrollment that it was said about."""
    if event.reason is FinishReason.OPTED_OUT:
        email = prospects.get(connection, prospect_id).prospect.email
        suppress_address(connection, desk, email, SuppressionReason.OPTED_OUT, cause, now)
    elif event.reason in _FOR_THE_PERSON:
        stop_person(connection, desk, prospect_id, event, cause, now)


def skip(
    connection: Connection, desk: Desk, task_id: int, by: str, why: str, now: datetime
) -> None:
    """Pass over a task by hand; its enrollment goes on.

    Raises:
        TaskError: it has ended already.
    """
    task = find_locked(connection, task_id)
    detail = f"by {by}: {why}" if why else f"by {by}"
    if not pass_over(connection, desk, task, StepSkipped(task.step_id or ""), detail, now):
        raise TaskError(f"Task {task.id} is {task.state} already.")


def pass_over(
    connection: Connection,
    desk: Desk,
    task: StoredTask,
    event: StepSkipped,
    why: str,
    now: datetime,
) -> bool:
    """Whether an open task could be skipped; its enrollment goes on in the same breath."""
    if not tasks.move(connection, task.id, TaskEvent.SKIP, why=why, ended_at=now):
        return False
    _tell(connection, task, Kind.SKIPPED, f"{task.title}: {why}", now)
    if task.enrollment_id is not None:
        stored = enrollments.get(connection, task.enrollment_id, lock=True)
        react(connection, desk, stored, event, f"{task.title.lower()} skipped: {why}", now)
    return True


def snooze(connection: Connection, task_id: int, until: datetime, by: str, now: datetime) -> None:
    """Put a task off; what would skip it waits as much longer.

    Raises:
        TaskError: it has ended, or the instant is past or more than a year ahead.
    """
    task = find_locked(connection, task_id)
    if not now < until <= now + MOST_PUT_OFF:
        raise TaskError("A task can be put off until some time in the next 365 days.")
    skip_at = task.skip_at + (until - task.due_at) if task.skip_at else None
    if not tasks.put_off(connection, task.id, until, skip_at, f"put off by {by}"):
        raise TaskError(f"Task {task.id} is {task.state} already.")
    detail = f"{task.title} put off until {until:%Y-%m-%d %H:%M} UTC by {by}"
    _tell(connection, task, Kind.POSTPONED, detail, now)


def assign(connection: Connection, task_id: int, assignee: str, by: str, now: datetime) -> None:
    """Pass a task on to somebody else.

    Raises:
        TaskError: it has ended already, or nobody is named.
    """
    task = find_locked(connection, task_id)
    if not assignee.strip() or not assignee.isprintable():
        raise TaskError("Name somebody: one line of text.")
    if not tasks.move(connection, task.id, TaskEvent.ASSIGN, assignee=assignee):
        raise TaskError(f"Task {task.id} is {task.state} already.")
    _tell(connection, task, Kind.TASK, f"{task.title}: now for {assignee}, by {by}", now)


def _tell(connection: Connection, task: StoredTask, kind: Kind, detail: str, now: datetime) -> None:
    entry = Entry(
        at=now,
        kind=kind,
        detail=detail,
        prospect_id=task.prospect_id,
        enrollment_id=task.enrollment_id,
        step_id=task.step_id,
    )
    ledger.write(connection, entry)
