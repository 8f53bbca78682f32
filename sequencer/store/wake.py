"""Tell other daemons that there is work now, so that they need not find it at their next look.

It is told when the transaction commits, and only by PostgreSQL; whoever misses it loses nothing but
time, for every daemon looks by itself as well.
"""

from collections.abc import Iterable

import sqlalchemy as sa

from sequencer.store.database import Connection

CHANNEL = "sequencer"
LEASES = "*leases"  # a mailbox became free, or a daemon came: share anew
CHORES = "*chores"  # something that belongs to no mailbox


def call(connection: Connection, topics: Iterable[str]) -> None:
    """Wake who these topics concern; apart from the two above, each is the name of a mailbox."""
    if connection.dialect.name == "sqlite":
        return
    for topic in sorted(set(topics)):
        connection.execute(sa.select(sa.func.pg_notify(CHANNEL, topic)))
