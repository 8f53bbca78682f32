"""Who works on a database that is to be moved, and what is left behind of it: nobody sends there.

The way back is that of a restored backup: compare with the world outside, then go on.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from sequencer.store.columns import cut
from sequencer.store.database import Connection, database_now
from sequencer.store.tables import DaemonRow, EpochRow, MailboxRow

ALIVE = timedelta(seconds=30)  # since the last sign of life


def living(connection: Connection) -> Sequence[str]:
    """Daemons that work on a server's database; whoever has an SQLite file has its lock."""
    if connection.dialect.name == "sqlite":
        return ()
    now = database_now(connection)
    seen = sa.select(DaemonRow.name).where(DaemonRow.seen_at > now - ALIVE)
    holders = sa.select(MailboxRow.holder).where(MailboxRow.lease_until > now)
    names = {*connection.execute(seen).scalars(), *connection.execute(holders).scalars()}
    return sorted(name for name in names if name is not None)


def leave(connection: Connection, where: str, now: datetime) -> None:
    """Note where the database has gone to: nothing leaves from this one any more."""
    values = {"held_since": now, "why": cut(f"moved to {where}")}
    connection.execute(sa.update(EpochRow).values(**values))
