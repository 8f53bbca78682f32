"""An SQLite database that does not wait for the disk: a test ends before the machine crashes."""

import sqlite3
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.pool import ConnectionPoolEntry

from sequencer.store.database import Database


def fast_database(path: Path) -> Database:
    """The database in that file; what a process commits is there for the next one all the same."""
    database = Database(f"sqlite:///{path}")

    @event.listens_for(database._writer, "connect")
    def configure(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        connection.execute("PRAGMA synchronous = OFF")

    return database
