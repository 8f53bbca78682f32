"""Webhook deliveries: stored before they are answered, worked through once."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sequencer.store.columns import cut
from sequencer.store.database import Connection
from sequencer.store.insert import insert_new
from sequencer.store.tables import HookRow

STORED, DONE, FAILED = "stored", "done", "failed"

# The statement that every tick makes is built once: that takes longer than to run it.
_WAITING = (
    sa.select(HookRow.id)
    .where(HookRow.state == STORED)
    .order_by(HookRow.id)
    .limit(sa.bindparam("most"))
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery as it came in."""

    id: int
    source: str
    body: bytes


def add(connection: Connection, source: str, delivery_key: str, body: bytes, now: datetime) -> bool:
    """Whether the delivery is new; the same one again changes nothing."""
    values = {
        "source": source,
        "delivery_key": delivery_key,
        "body": body,
        "stored_at": now,
        "state": STORED,
        "problem": "",
    }
    return insert_new(connection, HookRow, values)


def waiting(connection: Connection, limit: int = 100) -> list[int]:
    """Numbers of the deliveries nobody has worked through, the oldest first."""
    return list(connection.execute(_WAITING, {"most": limit}).scalars())


def take(connection: Connection, delivery_id: int) -> Delivery | None:
    """The delivery, kept from others until the transaction ends; None if somebody else has it."""
    row = connection.execute(
        sa.select(HookRow.id, HookRow.source, HookRow.body)
        .where(HookRow.id == delivery_id, HookRow.state == STORED)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    return Delivery(row.id, row.source, row.body) if row is not None else None


def finish(connection: Connection, delivery_id: int, problem: str = "") -> None:
    """Mark a delivery as done, or as failed with what was wrong with it."""
    connection.execute(
        sa.update(HookRow)
        .where(HookRow.id == delivery_id, HookRow.state == STORED)
        .values(state=FAILED if problem else DONE, problem=cut(problem))
    )
