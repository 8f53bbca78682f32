"""Who works on a server's database right now, by signs of life and by leases?"""

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from sequencer.store import daemons
from sequencer.store.database import Connection, database_now
from sequencer.store.tables import MailboxRow

ALIVE = timedelta(seconds=30)  # since the last sign of life


def at_work(connection: Connection) -> Sequence[str]:
    """Names of daemons; none for an SQLite file, for whoever works on it has its lock."""
    if connection.dialect.name == "sqlite":
        return ()
    now = database_now(connection)
    names = {each.name for each in daemons.living(connection, now - ALIVE)}
    holders = sa.select(MailboxRow.holder).where(MailboxRow.lease_until > now)
    names.update(name for name in connection.execute(holders).scalars() if name is not None)
    return sorted(names)
