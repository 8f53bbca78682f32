"""Is the database there, of our schema, and can it be written to? How much is in it?"""

from collections.abc import Sequence
from dataclasses import dataclass

from sequencer.store import epoch, schema, server, transfer
from sequencer.store.at_work import at_work
from sequencer.store.database import Database


@dataclass(frozen=True, slots=True)
class DatabaseCheck:
    """What the database says of itself.

    Attributes:
        where: its address without a password.
        server: kind and version.
        rows: how many rows each table has.
        daemons: who works on it; for an SQLite file that is not asked.
        held: why nothing is sent; empty where that is not so.
        problem: why nothing can be written to it; empty where it can.
    """

    where: str
    server: str
    revision: str | None
    size_bytes: int
    rows: dict[str, int]
    daemons: Sequence[str]
    held: str
    problem: str


def look_at(database: Database) -> DatabaseCheck:
    """What the database is and holds; nothing is changed."""
    with database.read() as connection:
        return DatabaseCheck(
            where=transfer.told(database),
            server=server.version(connection),
            revision=schema.current_revision(connection),
            size_bytes=server.size_bytes(connection),
            rows={table.name: transfer.count(connection, table) for table in transfer.TABLES},
            daemons=at_work(connection),
            held=epoch.why_held(connection),
            problem=server.why_read_only(database),
        )
