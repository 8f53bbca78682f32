"""SQLite databases for tests: one that does not wait for the disk, and one that many tests use."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.pool import ConnectionPoolEntry

from sequencer.store.database import Database


def fast_database(path: Path) -> Database:
    """The database in that file; what a process commits is there for the next one all the same.

    It does not wait for the disk: a test ends before the machine crashes.
    """
    database = Database(f"sqlite:///{path}")

    @event.listens_for(database._writer, "connect")
    def configure(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        connection.execute("PRAGMA synchronous = OFF")

    return database


@contextmanager
def laid_anew(database: Database, template: Path) -> Iterator[Database]:
    """The database with the content of a template, for one test of many.

    To compile the statements takes longer than to run them. What was compiled belongs to the
    engine, so that the engine stays, and the file under it is replaced.
    """
    path = database.path
    assert path is not None
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    path.unlink(missing_ok=True)
    shutil.copy(template, path)
    with used_once(database):
        yield database


@contextmanager
def used_once(database: Database) -> Iterator[Database]:
    """The database, of which nothing is left at the end but what was compiled for it."""
    yield database
    database.dispose()
    database.newest.forget()
    database.tell = None
