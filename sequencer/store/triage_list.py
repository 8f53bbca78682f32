"""Which matters of triage are there: the open ones, and those that were decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from sequencer.domain.task import TaskKind, TaskState
from sequencer.store.database import Connection
from sequencer.store.outside_tables import InboundRow
from sequencer.store.tables import EnrollmentRow, ProspectRow, TaskRow, TriageDeedRow, TriageHoldRow


@dataclass(frozen=True, slots=True)
class MatterRow:
    """A matter with the message that it is about; what is of the message may be missing.

    Attributes:
        decision: empty while it is open.
    """

    number: int
    prospect_id: int
    email: str
    title: str
    about: str
    assignee: str
    since: datetime
    decision: str
    decided_by: str
    decided_at: datetime | None
    inbound_id: int | None
    mailbox: str
    sender: str
    subject: str
    verdict: dict[str, Any] | None


_TRIAGE = TaskRow.kind == TaskKind.TRIAGE
_COLUMNS: tuple[Any, ...] = (
    TaskRow.id,
    TaskRow.prospect_id,
    ProspectRow.email,
    TaskRow.title,
    TaskRow.about,
    TaskRow.assignee,
    TaskRow.created_at,
    sa.func.coalesce(TaskRow.disposition, ""),
    TaskRow.ended_by,
    TaskRow.ended_at,
    TaskRow.inbound_id,
    sa.func.coalesce(InboundRow.mailbox, ""),
    sa.func.coalesce(InboundRow.sender, ""),
    sa.func.coalesce(InboundRow.subject, ""),
    InboundRow.verdict,
)
_QUERY = (
    sa.select(*_COLUMNS)
    .join(ProspectRow, ProspectRow.id == TaskRow.prospect_id)
    .join(InboundRow, InboundRow.id == TaskRow.inbound_id, isouter=True)
    .where(_TRIAGE)
)


def waiting(
    connection: Connection, mailbox: str | None, assignee: str | None, limit: int
) -> list[MatterRow]:
    """Open matters, the oldest first; those of a mailbox, or of a rep, where one is given."""
    query = _QUERY.where(TaskRow.state == TaskState.OPEN).order_by(TaskRow.created_at, TaskRow.id)
    if mailbox is not None:
        query = query.where(InboundRow.mailbox == mailbox)
    if assignee is not None:
        query = query.where(TaskRow.assignee == assignee)
    return [MatterRow(*row) for row in connection.execute(query.limit(limit))]


def one(connection: Connection, number: int) -> MatterRow | None:
    """The matter of that number, whatever its state."""
    row = connection.execute(_QUERY.where(TaskRow.id == number)).one_or_none()
    return MatterRow(*row) if row is not None else None


def decided(connection: Connection, limit: int) -> list[MatterRow]:
    """Matters about a classified message that a person decided, the newest first."""
    query = (
        _QUERY.join(TriageDeedRow, TriageDeedRow.task_id == TaskRow.id)
        .where(InboundRow.verdict.is_not(None))
        .order_by(TriageDeedRow.at.desc(), TaskRow.id.desc())
        .limit(limit)
    )
    return [MatterRow(*row) for row in connection.execute(query)]


def held_by(connection: Connection, numbers: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    """Who still waits because of each of these matters: (address, cadence)."""
    rows = connection.execute(
        sa.select(TriageHoldRow.task_id, ProspectRow.email, EnrollmentRow.slug)
        .join(EnrollmentRow, EnrollmentRow.id == TriageHoldRow.enrollment_id)
        .join(ProspectRow, ProspectRow.id == EnrollmentRow.prospect_id)
        .where(
            TriageHoldRow.task_id.in_(numbers),
            EnrollmentRow.state == "paused",
            EnrollmentRow.pause_reason == "review",
        )
        .order_by(TriageHoldRow.task_id, EnrollmentRow.id)
    )
    found: dict[int, list[tuple[str, str]]] = {number: [] for number in numbers}
    for number, email, slug in rows:
        found[number].append((email, slug))
    return found


def decision_about(connection: Connection, inbound_id: int) -> tuple[str, str] | None:
    """What a person decided about a message, and who; None where nobody has."""
    query = (
        sa.select(TaskRow.disposition, TaskRow.ended_by)
        .join(TriageDeedRow, TriageDeedRow.task_id == TaskRow.id)
        .where(TaskRow.inbound_id == inbound_id, _TRIAGE)
        .order_by(TaskRow.id.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return (row[0] or "", row[1]) if row is not None else None


def is_asked(connection: Connection, inbound_id: int) -> bool:
    """Whether a person is to decide about a message."""
    query = sa.select(TaskRow.id).where(
        TaskRow.inbound_id == inbound_id, _TRIAGE, TaskRow.state == TaskState.OPEN
    )
    return connection.execute(query.limit(1)).first() is not None
