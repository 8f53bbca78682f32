"""Webhook deliveries: stored before they are answered, worked through once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sequencer.store.columns import cut
from sequencer.store.database import Connection
from sequencer.store.insert import insert_new
from sequencer.store.outside_tables import HookRow
from sequencer.store.prepared import Prepared

STORED, DONE, FAILED, UNKNOWN = "stored", "done", "failed", "unknown"
TO_ASK = "to_ask"  # of it too little is told: its tool is asked before it is worked through

# The statement that every tick makes is built once: that takes longer than to run it.
WAITING = Prepared(
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


@dataclass(frozen=True, slots=True)
class ToAsk:
    """A delivery whose tool is to be asked."""

    id: int
    source: str
    body: bytes
    stored_at: datetime


def add(
    connection: Connection,
    source: str,
    delivery_key: str,
    body: bytes,
    now: datetime,
    state: str = STORED,
) -> bool:
    """Whether the delivery is new; the same one again changes nothing."""
    values = {
        "source": source,
        "delivery_key": delivery_key,
        "body": body,
        "stored_at": now,
        "state": state,
        "problem": "",
        "again_at": now if state == TO_ASK else None,
    }
    return insert_new(connection, HookRow, values)


def waiting(connection: Connection, limit: int = 100) -> list[int]:
    """Numbers of the deliveries nobody has worked through, the oldest first."""
    return [number for (number,) in WAITING.all(connection, {"most": limit})]


def take(connection: Connection, delivery_id: int) -> Delivery | None:
    """The delivery, kept from others until the transaction ends; None if somebody else has it."""
    row = connection.execute(
        sa.select(HookRow.id, HookRow.source, HookRow.body)
        .where(HookRow.id == delivery_id, HookRow.state == STORED)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    return Delivery(row.id, row.source, row.body) if row is not None else None


def finish(connection: Connection, delivery_id: int, state: str, note: str = "") -> None:
    """Mark a delivery as done, as failed, or as one of which we make nothing, and why."""
    connection.execute(
        sa.update(HookRow)
        .where(HookRow.id == delivery_id, HookRow.state == STORED)
        .values(state=state, problem=cut(note))
    )


def to_ask(connection: Connection, now: datetime, limit: int = 20) -> list[ToAsk]:
    """Deliveries whose tool is to be asked by now, the oldest first."""
    query = (
        sa.select(HookRow.id, HookRow.source, HookRow.body, HookRow.stored_at)
        .where(HookRow.state == TO_ASK, HookRow.again_at <= now)
        .order_by(HookRow.id)
        .limit(limit)
    )
    return [ToAsk(*row) for row in connection.execute(query)]


def asked(connection: Connection, delivery_id: int, whole: bytes) -> None:
    """Let a delivery be worked through with what its tool told."""
    _move_asked(connection, delivery_id, {"state": STORED, "body": whole, "problem": ""})


def ask_later(connection: Connection, delivery_id: int, again_at: datetime, why: str) -> None:
    """Ask again at that instant, as the tool did not tell."""
    _move_asked(connection, delivery_id, {"again_at": again_at, "problem": cut(why)})


def ask_no_more(connection: Connection, delivery_id: int, why: str) -> None:
    """Keep a delivery as failed whose tool did not tell."""
    _move_asked(connection, delivery_id, {"state": FAILED, "problem": cut(why)})


def _move_asked(connection: Connection, delivery_id: int, values: Mapping[str, object]) -> None:
    here = sa.and_(HookRow.id == delivery_id, HookRow.state == TO_ASK)
    connection.execute(sa.update(HookRow).where(here).values(**values))


def again(connection: Connection, delivery_id: int, asks: Collection[str], now: datetime) -> bool:
    """Whether a delivery that had failed will be worked through once more.

    Args:
        connection: the database.
        delivery_id: its number.
        asks: the tools that have to be asked before.
        now: this instant.
    """
    state = sa.case((HookRow.source.in_(asks), TO_ASK), else_=STORED)
    statement = (
        sa.update(HookRow)
        .where(HookRow.id == delivery_id, HookRow.state.in_((FAILED, UNKNOWN)))
        .values(state=state, problem="", again_at=now)
    )
    return connection.execute(statement).rowcount > 0


@dataclass(frozen=True, slots=True)
class Heard:
    """What came from a source: when last, and how many deliveries are in each state."""

    last_at: datetime
    states: Mapping[str, int]


def heard(connection: Connection) -> dict[str, Heard]:
    """What came from each source that ever posted something."""
    query = (
        sa.select(HookRow.source, HookRow.state, sa.func.count(), sa.func.max(HookRow.stored_at))
        .group_by(HookRow.source, HookRow.state)
        .order_by(HookRow.source, HookRow.state)
    )
    found: dict[str, Heard] = {}
    for source, state, number, last_at in connection.execute(query):
        before = found.get(source, Heard(last_at, {}))
        states = {**before.states, state: number}
        found[source] = Heard(max(before.last_at, last_at), states)
    return found


@dataclass(frozen=True, slots=True)
class Failure:
    """A delivery of which nothing came, and why."""

    id: int
    source: str
    stored_at: datetime
    state: str
    problem: str


def failures(connection: Connection, limit: int = 20) -> list[Failure]:
    """Deliveries of which nothing came, the newest first."""
    columns = (HookRow.id, HookRow.source, HookRow.stored_at, HookRow.state, HookRow.problem)
    query = (
        sa.select(*columns)
        .where(HookRow.state.in_((FAILED, UNKNOWN)))
        .order_by(HookRow.id.desc())
        .limit(limit)
    )
    return [Failure(*row) for row in connection.execute(query)]
