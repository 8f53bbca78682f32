"""What has happened in a database since an instant: every touch, of whom, by whom."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from sequencer.domain.ledger import Kind
from sequencer.domain.send import OPEN_STATES
from sequencer.domain.task import TaskState
from sequencer.store.database import Connection
from sequencer.store.tables import EnrollmentRow, LedgerRow, ProspectRow, SendRow, TaskRow


@dataclass(frozen=True, slots=True)
class MailSeen:
    """The mail of a step, sent or not.

    Attributes:
        sent_at: when it was handed over, None where it was not.
        is_open: whether it still waits.
    """

    send_id: int
    enrollment_id: int
    address: str
    slug: str
    step_id: str
    mailbox: str
    follow_up: bool
    due_at: datetime
    sent_at: datetime | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class TaskSeen:
    """A task of a step; `ended_at` is None as long as it is open."""

    task_id: int
    enrollment_id: int
    address: str
    slug: str
    step_id: str
    assignee: str
    kind: str
    state: str
    due_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Enrolled:
    """An enrollment as it stands; `reason` is why it is paused or has ended."""

    enrollment_id: int
    address: str
    state: str
    reason: str


def mails(connection: Connection, since: datetime) -> Iterator[MailSeen]:
    """Mails that were sent since then, and those that wait, in the order in which they go."""
    columns: list[Any] = [SendRow.id, SendRow.enrollment_id, ProspectRow.email, SendRow.slug]
    columns += [SendRow.step_id, SendRow.mailbox, SendRow.follow_up, SendRow.due_at]
    is_open = SendRow.state.in_(OPEN_STATES) & SendRow.runs
    query = (
        sa.select(*columns, SendRow.handed_at, is_open)
        .join(EnrollmentRow, EnrollmentRow.id == SendRow.enrollment_id)
        .join(ProspectRow, ProspectRow.id == EnrollmentRow.prospect_id)
        .where(sa.or_(SendRow.handed_at >= since, is_open))
        .order_by(SendRow.handed_at, SendRow.due_at, SendRow.id)
    )
    for *known, waits in connection.execute(query):
        yield MailSeen(*tuple[Any, ...]([*known, bool(waits)]))


def tasks(connection: Connection, since: datetime) -> Iterator[TaskSeen]:
    """Tasks of steps that fall due, or ended, since then."""
    is_open = TaskRow.state == TaskState.OPEN
    columns: list[Any] = [TaskRow.id, TaskRow.enrollment_id, ProspectRow.email, EnrollmentRow.slug]
    columns += [TaskRow.step_id, TaskRow.assignee, TaskRow.kind, TaskRow.state]
    query = (
        sa.select(*columns, TaskRow.due_at, TaskRow.ended_at)
        .join(EnrollmentRow, EnrollmentRow.id == TaskRow.enrollment_id)
        .join(ProspectRow, ProspectRow.id == EnrollmentRow.prospect_id)
        .where(sa.or_(TaskRow.due_at >= since, TaskRow.ended_at >= since, is_open))
        .order_by(TaskRow.due_at, TaskRow.id)
    )
    for row in connection.execute(query):
        yield TaskSeen(*tuple[Any, ...](row))


def enrolled_since(connection: Connection, slug: str, since: datetime) -> Iterator[Enrolled]:
    """Who was let into a cadence since then."""
    reason = sa.func.coalesce(EnrollmentRow.finish_reason, EnrollmentRow.pause_reason, "")
    query = (
        sa.select(EnrollmentRow.id, ProspectRow.email, EnrollmentRow.state, reason)
        .join(ProspectRow, ProspectRow.id == EnrollmentRow.prospect_id)
        .where(EnrollmentRow.slug == slug, EnrollmentRow.enrolled_at >= since)
        .order_by(EnrollmentRow.id)
    )
    for row in connection.execute(query):
        yield Enrolled(*row)


def newest_enrollment(connection: Connection) -> int:
    """The greatest number of an enrollment, 0 where there is none."""
    return connection.execute(sa.select(sa.func.max(EnrollmentRow.id))).scalar() or 0


def sent_instants(connection: Connection, since: datetime) -> dict[str, list[datetime]]:
    """When mails left each mailbox since then, in order."""
    query = (
        sa.select(SendRow.mailbox, SendRow.handed_at)
        .where(SendRow.handed_at >= since)
        .order_by(SendRow.handed_at)
    )
    found: dict[str, list[datetime]] = {}
    for mailbox, at in connection.execute(query):
        if at is not None:
            found.setdefault(mailbox, []).append(at)
    return found


def after_pauses(connection: Connection, since: datetime) -> set[tuple[int, datetime]]:
    """Which enrollments went on after a pause, and so had their touches put off, and when."""
    beginning = "after the pause"
    query = sa.select(LedgerRow.enrollment_id, LedgerRow.at).where(
        LedgerRow.at >= since,
        LedgerRow.kind == Kind.POSTPONED,
        sa.func.substr(LedgerRow.detail, 1, len(beginning)) == beginning,
    )
    return {(number, at) for number, at in connection.execute(query) if number is not None}
