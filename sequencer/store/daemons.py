"""Which daemons work on this database? Each shows a sign of life, by the database's clock."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sequencer.store.database import Connection
from sequencer.store.insert import insert_new
from sequencer.store.tables import DaemonRow

_AT = DaemonRow.seen_at.type
_SIGN = (
    sa.update(DaemonRow)
    .where(DaemonRow.name == sa.bindparam("me"))
    .values(seen_at=sa.bindparam("at", type_=_AT))
)
_LIVING = (
    sa.select(DaemonRow.__table__)
    .where(DaemonRow.seen_at > sa.bindparam("since", type_=_AT))
    .order_by(DaemonRow.started_at, DaemonRow.name)
)


@dataclass(frozen=True, slots=True)
class StoredDaemon:
    """A daemon, and when it last showed that it lives."""

    name: str
    started_at: datetime
    seen_at: datetime


def sign(connection: Connection, name: str, at: datetime) -> bool:
    """Show a sign of life. Whether nobody knew of this daemon, or took it for dead."""
    if connection.execute(_SIGN, {"me": name, "at": at}).rowcount:
        return False
    return insert_new(connection, DaemonRow, {"name": name, "started_at": at, "seen_at": at})


def living(connection: Connection, since: datetime) -> list[StoredDaemon]:
    """Daemons that showed a sign of life since then, the eldest first."""
    rows = connection.execute(_LIVING, {"since": since})
    return [StoredDaemon(row.name, row.started_at, row.seen_at) for row in rows]


def forget(connection: Connection, before: datetime) -> None:
    """Forget the daemons whose last sign of life was no later than that."""
    dead = (
        sa.select(DaemonRow.name)
        .where(DaemonRow.seen_at <= before)
        .with_for_update(skip_locked=True)
    )
    connection.execute(sa.delete(DaemonRow).where(DaemonRow.name.in_(dead.scalar_subquery())))


def leave(connection: Connection, name: str) -> None:
    """Forget a daemon that has ended."""
    connection.execute(sa.delete(DaemonRow).where(DaemonRow.name == name))


def stay_alone(connection: Connection, name: str) -> None:
    """Forget all others: only for a caller who knows that they are dead."""
    connection.execute(sa.delete(DaemonRow).where(DaemonRow.name != name))
