"""What doubtful messages paused, and what people's decisions about them did."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from sequencer.domain.suppression import Suppression
from sequencer.domain.task import TaskKind, TaskState
from sequencer.store.columns import is_storable
from sequencer.store.database import Connection
from sequencer.store.insert import insert_missing
from sequencer.store.outside_tables import InboundRow, SuppressionRow
from sequencer.store.stand import Stand, as_json, from_json, read_instant
from sequencer.store.tables import TaskRow, TriageDeedRow, TriageHoldRow

Json = Mapping[str, Any]
OPEN = (TaskRow.kind == TaskKind.TRIAGE, TaskRow.state == TaskState.OPEN)


def hold(connection: Connection, task_id: int, stands: Sequence[Stand]) -> None:
    """Keep how these enrollments stood before the message of a task; what was kept first stays."""
    rows = [
        {"task_id": task_id, "enrollment_id": each.enrollment_id, "stand": as_json(each)}
        for each in stands
    ]
    insert_missing(connection, TriageHoldRow, rows)


def holds_of(connection: Connection, task_id: int) -> list[Stand]:
    """How the enrollments stood that the message of a task has paused."""
    rows = connection.execute(
        sa.select(TriageHoldRow.enrollment_id, TriageHoldRow.stand)
        .where(TriageHoldRow.task_id == task_id)
        .order_by(TriageHoldRow.enrollment_id)
    )
    return [from_json(row.enrollment_id, row.stand) for row in rows]


def open_holds(connection: Connection, enrollment_id: int, but: int = 0) -> list[tuple[int, Stand]]:
    """Other open tasks whose message paused the enrollment, with how it stood before each."""
    rows = connection.execute(
        sa.select(TriageHoldRow.task_id, TriageHoldRow.stand)
        .join(TaskRow, TaskRow.id == TriageHoldRow.task_id)
        .where(TriageHoldRow.enrollment_id == enrollment_id, TaskRow.id != but, *OPEN)
        .order_by(TriageHoldRow.task_id)
    )
    return [(row.task_id, from_json(enrollment_id, row.stand)) for row in rows]


def replace_hold(connection: Connection, task_id: int, stand: Stand) -> None:
    """Let a task give the enrollment back as that, once it is decided."""
    connection.execute(
        sa.update(TriageHoldRow)
        .where(
            TriageHoldRow.task_id == task_id,
            TriageHoldRow.enrollment_id == stand.enrollment_id,
        )
        .values(stand=as_json(stand))
    )


def note_deed(connection: Connection, task_id: int, did: Json, now: datetime) -> None:
    """Keep what a decision did."""
    values = {"task_id": task_id, "at": now, "did": dict(did)}
    connection.execute(sa.insert(TriageDeedRow).values(**values))


def deed_of(connection: Connection, task_id: int) -> tuple[datetime, Json] | None:
    """When a decision was made, and what it did; None where it was taken back, or none made."""
    row = connection.execute(
        sa.select(TriageDeedRow.at, TriageDeedRow.did).where(TriageDeedRow.task_id == task_id)
    ).one_or_none()
    return (row.at, row.did) if row is not None else None


def forget_deed(connection: Connection, task_id: int) -> None:
    """A decision was taken back."""
    connection.execute(sa.delete(TriageDeedRow).where(TriageDeedRow.task_id == task_id))


def judge(connection: Connection, inbound_id: int, kind: str, at: datetime | None) -> None:
    """Say what a mail is since then; None for what it was when it came in."""
    connection.execute(
        sa.update(InboundRow).where(InboundRow.id == inbound_id).values(kind=kind, judged_at=at)
    )


def listing(connection: Connection, entry: Suppression) -> Json | None:
    """The entry of the list with that kind and key, as it lies there."""
    if not is_storable(entry.key):
        return None
    row = connection.execute(
        sa.select(SuppressionRow.__table__).where(
            SuppressionRow.kind == entry.kind, SuppressionRow.key == entry.key
        )
    ).one_or_none()
    if row is None:
        return None
    instants = {
        name: at.isoformat() if (at := getattr(row, name)) else None
        for name in ("at", "until", "again_at")
    }
    texts = {name: getattr(row, name) for name in ("kind", "key", "reason", "source")}
    return {**texts, **instants}


def unlist(connection: Connection, entry: Json, was: Json | None) -> bool:
    """Whether an entry was taken off the list, or is again as it was before.

    Only if it is still the one that was put there, and nobody else has said the same since.
    """
    here = (
        SuppressionRow.kind == entry["kind"],
        SuppressionRow.key == entry["key"],
        SuppressionRow.at == read_instant(entry["at"]),
        SuppressionRow.source == entry["source"],
        SuppressionRow.again_at.is_(None),
    )
    if was is None:
        return bool(connection.execute(sa.delete(SuppressionRow).where(*here)).rowcount)
    values = {name: was[name] for name in ("reason", "source")} | {
        name: read_instant(was[name]) for name in ("at", "until", "again_at")
    }
    return bool(
        connection.execute(sa.update(SuppressionRow).where(*here).values(**values)).rowcount
    )
