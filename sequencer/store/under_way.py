"""Who is under way in a cadence, or waits to begin, with everything of theirs that has happened?"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sequencer.domain.send import SendState
from sequencer.domain.task import TaskState
from sequencer.store import enrollments
from sequencer.store.database import Connection
from sequencer.store.enrollments import LIVE, StoredEnrollment
from sequencer.store.prepared import Prepared, one_of
from sequencer.store.tables import EnrollmentRow, SendRow, TaskRow


@dataclass(frozen=True, slots=True)
class MailSoFar:
    """What is known of the mail of a step."""

    step_id: str
    state: SendState
    due_at: datetime
    ended_at: datetime | None
    handed_at: datetime | None
    is_drafted: bool


@dataclass(frozen=True, slots=True)
class TaskSoFar:
    """What is known of the task of a step."""

    id: int
    step_id: str
    state: TaskState
    due_at: datetime
    ended_at: datetime | None
    disposition: str | None
    why: str


@dataclass(frozen=True, slots=True)
class UnderWay:
    """Somebody who is in a cadence, with the mails and tasks of it so far."""

    stored: StoredEnrollment
    mails: tuple[MailSoFar, ...] = ()
    tasks: tuple[TaskSoFar, ...] = ()


_MAILS = Prepared(
    sa.select(
        SendRow.enrollment_id,
        SendRow.step_id,
        SendRow.state,
        SendRow.due_at,
        SendRow.ended_at,
        SendRow.handed_at,
        SendRow.draft,
    )
    .where(one_of(SendRow.enrollment_id, "many"))
    .order_by(SendRow.id)
)
_TASKS = Prepared(
    sa.select(
        TaskRow.enrollment_id,
        TaskRow.id,
        TaskRow.step_id,
        TaskRow.state,
        TaskRow.due_at,
        TaskRow.ended_at,
        TaskRow.disposition,
        TaskRow.why,
    )
    .where(one_of(TaskRow.enrollment_id, "many"), TaskRow.step_id.is_not(None))
    .order_by(TaskRow.id)
)


def versions_of(connection: Connection, slug: str) -> dict[str, int]:
    """How many live enrollments of a cadence each version has, by its hash."""
    rows = connection.execute(
        sa.select(EnrollmentRow.version_hash, sa.func.count())
        .where(EnrollmentRow.slug == slug, EnrollmentRow.state.in_(LIVE))
        .group_by(EnrollmentRow.version_hash)
        .order_by(EnrollmentRow.version_hash)
    )
    return {row[0]: row[1] for row in rows}


def batches(
    connection: Connection, slug: str, but_hash: str, size: int
) -> Iterator[list[UnderWay]]:
    """Live enrollments of a cadence that are not in that version, so many at a time."""
    last = 0
    while True:
        rows = connection.execute(
            sa.select(EnrollmentRow.__table__)
            .where(
                EnrollmentRow.slug == slug,
                EnrollmentRow.state.in_(LIVE),
                EnrollmentRow.version_hash != but_hash,
                EnrollmentRow.id > last,
            )
            .order_by(EnrollmentRow.id)
            .limit(size)
        )
        found = [enrollments.stored_in(row) for row in rows]
        if not found:
            return
        yield _with_what_happened(connection, found)
        last = found[-1].id


def locked(connection: Connection, numbers: Collection[int]) -> list[UnderWay]:
    """The enrollments of these numbers, in their order, locked until the transaction ends."""
    rows = connection.execute(
        sa.select(EnrollmentRow.__table__)
        .where(EnrollmentRow.id.in_(numbers))
        .order_by(EnrollmentRow.id)
        .with_for_update()
    )
    return _with_what_happened(connection, [enrollments.stored_in(row) for row in rows])


def _with_what_happened(connection: Connection, every: list[StoredEnrollment]) -> list[UnderWay]:
    numbers = {"many": [each.id for each in every]}
    mails: dict[int, list[MailSoFar]] = {each.id: [] for each in every}
    for number, step_id, state, due_at, ended_at, handed_at, draft in _MAILS.all(
        connection, numbers
    ):
        drafted = draft is not None
        mail = MailSoFar(step_id, SendState(state), due_at, ended_at, handed_at, drafted)
        mails[number].append(mail)
    tasks: dict[int, list[TaskSoFar]] = {each.id: [] for each in every}
    for number, task_id, step_id, state, *rest in _TASKS.all(connection, numbers):
        tasks[number].append(TaskSoFar(task_id, step_id, TaskState(state), *rest))
    return [UnderWay(each, tuple(mails[each.id]), tuple(tasks[each.id])) for each in every]
