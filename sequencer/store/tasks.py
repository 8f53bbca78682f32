"""Tasks: what people do. Every change is guarded by the state that was read, as with sends."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.task import TRANSITIONS, TaskEvent, TaskKind, TaskState
from sequencer.store.columns import cut
from sequencer.store.database import Connection
from sequencer.store.prepared import Prepared
from sequencer.store.tables import EnrollmentRow, TaskRow

KEY_LENGTH = 128  # of an assignee, a disposition, a name


@dataclass(frozen=True, slots=True)
class StoredTask:
    """A task as it lies in the database.

    Attributes:
        about: for a matter by itself, what it is about; the guide of a step is rendered anew.
        why: why it is due no sooner, or why it was closed.
        looked_at: when the daemon looked at it after it had become due.
        skip_at: when it is skipped although nobody did it.
        inbound_id: the message that it is about.
    """

    id: int
    prospect_id: int
    enrollment_id: int | None
    step_id: str | None
    kind: TaskKind
    state: TaskState
    assignee: str
    title: str
    about: str
    why: str
    due_at: datetime
    looked_at: datetime | None
    skip_at: datetime | None
    disposition: str | None
    outcome: str | None
    note: str
    created_at: datetime
    ended_at: datetime | None
    ended_by: str
    inbound_id: int | None = None


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task to be opened; without an enrollment it is a matter by itself."""

    prospect_id: int
    kind: TaskKind
    assignee: str
    title: str
    due_at: datetime
    enrollment_id: int | None = None
    step_id: str | None = None
    about: str = ""
    why: str = ""
    skip_at: datetime | None = None
    inbound_id: int | None = None


def add(connection: Connection, new: NewTask, now: datetime) -> int:
    """Number of the task, now open.

    Raises:
        IntegrityError: the step of that enrollment has a task already (a unique key says so).
    """
    values = {
        "prospect_id": new.prospect_id,
        "enrollment_id": new.enrollment_id,
        "step_id": new.step_id,
        "kind": new.kind,
        "state": TaskState.OPEN,
        "assignee": cut(new.assignee, KEY_LENGTH),
        "title": cut(new.title),
        "about": cut(new.about),
        "why": cut(new.why),
        "due_at": new.due_at,
        "skip_at": new.skip_at,
        "inbound_id": new.inbound_id,
        "note": "",
        "created_at": now,
        "ended_by": "",
    }
    return int(_adding(tuple(values)).scalar(connection, values))


def find(connection: Connection, task_id: int) -> StoredTask | None:
    """The task of that number."""
    rows = _ONE.all(connection, {"one": task_id})
    return _stored(rows[0]) if rows else None


def of_enrollment(connection: Connection, enrollment_id: int) -> list[StoredTask]:
    """All tasks of an enrollment, in the order they were opened."""
    return [_stored(row) for row in _OF_ENROLLMENT.all(connection, {"one": enrollment_id})]


def of_person(connection: Connection, prospect_id: int) -> list[StoredTask]:
    """All tasks about a person, in the order they were opened."""
    rows = connection.execute(
        sa.select(TaskRow.__table__).where(TaskRow.prospect_id == prospect_id).order_by(TaskRow.id)
    )
    return [_stored(row) for row in rows]


def calls_since(connection: Connection, prospect_id: int, since: datetime) -> list[StoredTask]:
    """Calls with a person that belong to no step, begun since then."""
    rows = connection.execute(
        sa.select(TaskRow.__table__)
        .where(
            TaskRow.prospect_id == prospect_id,
            TaskRow.kind == TaskKind.CALL,
            TaskRow.enrollment_id.is_(None),
            TaskRow.created_at >= since,
        )
        .order_by(TaskRow.id)
    )
    return [_stored(row) for row in rows]


def asked_for_mail(connection: Connection, prospect_id: int, since: datetime) -> bool:
    """Whether a task asks for a mail by hand to a person, or one that ended since then did."""
    query = sa.select(TaskRow.id).where(
        TaskRow.prospect_id == prospect_id,
        TaskRow.kind == TaskKind.MANUAL_EMAIL,
        sa.or_(TaskRow.state == TaskState.OPEN, TaskRow.ended_at >= since),
    )
    return connection.execute(query.limit(1)).first() is not None


def open_matters(connection: Connection, prospect_id: int, kind: TaskKind) -> list[StoredTask]:
    """Open tasks of a kind about a person that belong to no step."""
    rows = connection.execute(
        sa.select(TaskRow.__table__)
        .where(
            TaskRow.prospect_id == prospect_id,
            TaskRow.kind == kind,
            TaskRow.state == TaskState.OPEN,
            TaskRow.step_id.is_(None),
        )
        .order_by(TaskRow.id)
    )
    return [_stored(row) for row in rows]


def move(connection: Connection, task_id: int, event: TaskEvent, **values: object) -> bool:
    """Whether the task took the event, by the transition table; `values` are columns to set."""
    for name in ("why", "note", "title", "about"):
        if isinstance(text := values.get(name), str):
            values[name] = cut(text)
    for name in ("assignee", "ended_by", "disposition"):
        if isinstance(text := values.get(name), str):
            values[name] = cut(text, KEY_LENGTH)
    given = {f"new_{name}": value for name, value in values.items()}
    return _moving(event, tuple(values)).each(connection, [{"one": task_id, **given}]) == 1


def put_off(
    connection: Connection, task_id: int, due_at: datetime, skip_at: datetime | None, why: str
) -> bool:
    """Whether an open task was given another due time, and its reason."""
    values = {"due_at": due_at, "skip_at": skip_at, "why": why, "looked_at": None}
    return move(connection, task_id, TaskEvent.SNOOZE, **values)


def mark_looked_at(connection: Connection, task_id: int, now: datetime) -> None:
    """Note that a task that had become due was looked at."""
    _LOOKED_AT.each(connection, [{"one": task_id, "now": now}])


def _running() -> sa.ColumnElement[bool]:
    """That nothing holds the task back: its enrollment runs, or it has none."""
    return sa.or_(TaskRow.enrollment_id.is_(None), EnrollmentRow.state == EnrollmentState.ACTIVE)


def listed(
    connection: Connection,
    *,
    assignee: str | None = None,
    due_by: datetime | None = None,
    include_held: bool = False,
    limit: int = 1_000,
) -> list[StoredTask]:
    """Open tasks, the one due first at the top.

    Args:
        connection: the database.
        assignee: only those of this person.
        due_by: only those due at that instant.
        include_held: also those of people whose enrollment is paused.
        limit: at most so many.
    """
    query = (
        sa.select(TaskRow.__table__)
        .outerjoin(EnrollmentRow, EnrollmentRow.id == TaskRow.enrollment_id)
        .where(TaskRow.state == TaskState.OPEN)
        .order_by(TaskRow.due_at, TaskRow.id)
        .limit(limit)
    )
    if assignee is not None:
        query = query.where(TaskRow.assignee == cut(assignee, KEY_LENGTH))
    if due_by is not None:
        query = query.where(TaskRow.due_at <= due_by)
    if not include_held:
        query = query.where(_running())
    return [_stored(row) for row in connection.execute(query)]


def to_look_at(connection: Connection, now: datetime, limit: int = 200) -> list[int]:
    """Numbers of the open step tasks that have become due and were not looked at since."""
    return [number for (number,) in TO_LOOK_AT.all(connection, {"now": now, "most": limit})]


def to_skip(connection: Connection, now: datetime, limit: int = 200) -> list[int]:
    """Numbers of the open step tasks that have been overdue for long enough."""
    return [number for (number,) in TO_SKIP.all(connection, {"now": now, "most": limit})]


_NAMES = tuple(column.name for column in TaskRow.__table__.columns)
# Statements that are made all the time are built once: that takes longer than to run them.


@cache
def _adding(columns: tuple[str, ...]) -> Prepared:
    return Prepared(sa.insert(TaskRow).returning(TaskRow.id), columns)


@cache
def _moving(event: TaskEvent, columns: tuple[str, ...]) -> Prepared:
    moves = {
        str(state): str(row[event]) for state, row in TRANSITIONS.items() if row[event] is not None
    }
    known = TaskRow.__table__.c
    new = {name: sa.bindparam(f"new_{name}", type_=known[name].type) for name in columns}
    return Prepared(
        sa.update(TaskRow)
        .where(TaskRow.id == sa.bindparam("one"), sa.or_(*(known.state == each for each in moves)))
        .values(state=sa.case(moves, value=TaskRow.state), **new)
    )


_RUNS = (TaskRow.state == TaskState.OPEN, EnrollmentRow.state == EnrollmentState.ACTIVE)
_NOW = sa.bindparam("now", type_=TaskRow.due_at.type)
_LOOKED_AT = Prepared(
    sa.update(TaskRow).where(TaskRow.id == sa.bindparam("one")).values(looked_at=_NOW)
)
_ONE = Prepared(sa.select(TaskRow.__table__).where(TaskRow.id == sa.bindparam("one")))
_OF_ENROLLMENT = Prepared(
    sa.select(TaskRow.__table__)
    .where(TaskRow.enrollment_id == sa.bindparam("one"))
    .order_by(TaskRow.id)
)
_OF_RUNNING = (
    sa.select(TaskRow.id)
    .join(EnrollmentRow, EnrollmentRow.id == TaskRow.enrollment_id)
    .where(*_RUNS)
    .order_by(TaskRow.due_at, TaskRow.id)
    .limit(sa.bindparam("most"))
)
TO_LOOK_AT = Prepared(_OF_RUNNING.where(TaskRow.due_at <= _NOW, TaskRow.looked_at.is_(None)))
TO_SKIP = Prepared(_OF_RUNNING.where(TaskRow.skip_at <= _NOW))
NEXT = tuple(
    Prepared(
        sa.select(sa.func.min(column, type_=TaskRow.due_at.type))
        .join(EnrollmentRow, EnrollmentRow.id == TaskRow.enrollment_id)
        .where(*_RUNS, more)
    )
    for column, more in (
        (TaskRow.due_at, TaskRow.looked_at.is_(None)),
        (TaskRow.skip_at, sa.true()),
    )
)


@dataclass(frozen=True, slots=True)
class OpenCount:
    """How many open tasks somebody has, and how many of them are due."""

    assignee: str
    open: int
    due: int


def counts(connection: Connection, now: datetime) -> list[OpenCount]:
    """Open tasks by assignee; those of paused people are not counted."""
    due = sa.func.sum(sa.case((TaskRow.due_at <= now, 1), else_=0))
    rows = connection.execute(
        sa.select(TaskRow.assignee, sa.func.count(), due)
        .outerjoin(EnrollmentRow, EnrollmentRow.id == TaskRow.enrollment_id)
        .where(TaskRow.state == TaskState.OPEN, _running())
        .group_by(TaskRow.assignee)
        .order_by(TaskRow.assignee)
    )
    return [OpenCount(assignee, number, int(late or 0)) for assignee, number, late in rows]


def open_of_person(
    connection: Connection, prospect_id: int, assignees: Collection[str]
) -> list[int]:
    """Numbers of the open tasks about a person that one of these assignees has."""
    query = sa.select(TaskRow.id).where(
        TaskRow.prospect_id == prospect_id,
        TaskRow.state == TaskState.OPEN,
        TaskRow.assignee.in_([cut(each, KEY_LENGTH) for each in assignees]),
    )
    return list(connection.execute(query.order_by(TaskRow.id)).scalars())


def assign_all(connection: Connection, task_ids: Sequence[int], assignee: str) -> int:
    """How many of these open tasks went to another person."""
    return sum(move(connection, number, TaskEvent.ASSIGN, assignee=assignee) for number in task_ids)


def _stored(row: Sequence[Any]) -> StoredTask:
    values = dict(zip(_NAMES, row, strict=True))
    kind, state = TaskKind(values["kind"]), TaskState(values["state"])
    return StoredTask(**{**values, "kind": kind, "state": state})
