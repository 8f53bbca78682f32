"""One mailbox taken, or given back, as a test tells it."""

from datetime import timedelta

from sequencer.store import leases
from sequencer.store.database import Connection, database_now


def take(
    connection: Connection, name: str, holder: str, lease: timedelta, *, force: bool = False
) -> int | None:
    """Fence under which the holder has the mailbox now, None while another one has it."""
    at = database_now(connection)
    term = leases.Term(holder, at, at + lease)
    held = leases.renew(connection, term)
    found = (leases.take_all if force else leases.take)(connection, [name], term)
    return (held | found).get(name)


def release(connection: Connection, holder: str) -> None:
    """Give back what the holder has."""
    leases.give_back(connection, holder, database_now(connection))
