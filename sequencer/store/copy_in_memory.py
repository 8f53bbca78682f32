"""A copy in memory of a database in use, which is only read: for whoever tries out what comes."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa

from sequencer.store import schema, transfer
from sequencer.store.database import Database, DatabaseError, StoreError
from sequencer.store.memory import MemoryDatabase

WAIT_S = 15.0  # for a daemon that is just writing


def is_there(url: str) -> bool:
    """Whether there is a database at that address: a file that exists, or a server."""
    found = sa.make_url(url)
    if found.get_backend_name() != "sqlite":
        return True
    return bool(found.database) and Path(str(found.database)).exists()


def copy_in_memory(url: str, advance: Callable[[int], None] = lambda _rows: None) -> MemoryDatabase:
    """What that database holds.

    Raises:
        StoreError: it cannot be read, or its tables are not those of this program.
    """
    copy = MemoryDatabase()
    found = sa.make_url(url)
    try:
        if found.get_backend_name() == "sqlite":
            _copy_file(Path(str(found.database)), copy)
        else:
            _copy_rows(url, copy, advance)
    except (sqlite3.Error, *DatabaseError) as error:
        told = getattr(error, "orig", None) or error
        raise StoreError(f"the database cannot be copied: {told}") from error
    return copy


def _copy_file(path: Path, copy: MemoryDatabase) -> None:
    place = f"file:{quote(str(path.absolute()))}?mode=ro"
    with closing(sqlite3.connect(place, uri=True, timeout=WAIT_S)) as driver:
        copy.take_in(driver)
    schema.upgrade(copy)


def _copy_rows(url: str, copy: MemoryDatabase, advance: Callable[[int], None]) -> None:
    schema.upgrade(copy)
    source = Database(url)
    try:
        with source.read() as old, copy.write() as new:
            revision = schema.current_revision(old)
            if revision != schema.HEAD:
                raise StoreError(
                    f"the database has schema {revision or 'none'}, this program {schema.HEAD}: "
                    "run `sequencer status` once, which brings it up to date, or take --alone"
                )
            for table in transfer.TABLES:
                transfer.copy(old, new, table, advance)
    finally:
        source.dispose()
