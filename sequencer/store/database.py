"""Connections and transactions: one writer and many readers, on SQLite and on PostgreSQL.

SQLite: every writer begins with BEGIN IMMEDIATE. A transaction that reads first and writes later
loses updates without a word in the driver's default mode, and fails at once under WAL in SQL's.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from sequencer.domain.opt_out import OptOut
from sequencer.store import news
from sequencer.store.columns import UtcDateTime
from sequencer.store.postgresql import postgresql_engine

__all__ = ["Connection", "Database", "DatabaseError", "StoreError", "database_now"]

BUSY_TIMEOUT_MS = 15_000  # longer than any transaction of ours; past it something is stuck
READERS = 5
SWITCHES = 20  # tries of one connection to get to WAL
TRIES = 5  # of a transaction that PostgreSQL ended to let another one go on
CLOCK = "sequencer_clock"  # execution option: what shows the time instead of the database
_TRY_AGAIN = frozenset({"40001", "40P01"})  # serialization_failure, deadlock_detected

# For `except`: the database itself is in trouble, and no row is to blame; what was tried may be
# tried again as it is.
DatabaseError = (OperationalError, InterfaceError, InternalError, PoolTimeoutError)

T = TypeVar("T")


class StoreError(Exception):
    """The database is not usable: missing, locked, of another version, read-only."""


class Database:
    """One database, by its SQLAlchemy URL; safe to use from several threads.

    Attributes:
        newest: the newest entry of the ledger that was seen committed on a server.
        tell: is told of opt-outs after their commit; what it raises reaches whoever committed.
    """

    newest = news.Newest()
    tell: Callable[[Sequence[OptOut]], None] | None = None

    def __init__(self, url: str) -> None:
        self.url = sa.make_url(url)
        self.newest = news.Newest()
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self._writer = _sqlite_engine(self.url, writes=True)
            self._reader = _sqlite_engine(self.url, writes=False)
        else:
            engine = postgresql_engine(self.url)
            self._writer = engine.execution_options(**{news.SEEN: self.newest})
            self._reader = self._writer.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )

    @property
    def path(self) -> Path | None:
        """File of an SQLite database, None for a server."""
        return Path(self.url.database) if self.is_sqlite and self.url.database else None

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that may write; commits at the end, rolls back on any exception."""
        with self._writer.begin() as connection:
            told = news.begin(connection)
            yield connection
        if told.entries:
            self.newest.see(max(told.entries))
        if told.opt_outs and self.tell is not None:
            self.tell(told.opt_outs)

    def transact(self, work: Callable[[Connection], T]) -> T:
        """Result of `work` in one writing transaction, tried again where a deadlock ended it.

        `work` may run more than once, so it must do nothing but use the connection.
        """
        for _ in range(TRIES - 1):
            try:
                with self.write() as connection:
                    return work(connection)
            except OperationalError as error:
                if getattr(error.orig, "sqlstate", None) not in _TRY_AGAIN:
                    raise
        with self.write() as connection:
            return work(connection)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One transaction that only reads, on a consistent snapshot where the database has one."""
        with self._reader.begin() as connection:
            yield connection

    @contextmanager
    def migration(self) -> Iterator[Connection]:
        """A transaction with SQLite's foreign keys off: Alembic rebuilds tables by dropping them.

        With the keys on, dropping the old table would delete every row that refers to it.
        """
        engine = _sqlite_engine(self.url, writes=True, keys=False) if self.is_sqlite else None
        try:
            with (engine or self._writer).begin() as connection:
                yield connection
        finally:
            if engine is not None:
                engine.dispose()

    def dispose(self) -> None:
        """Close all connections."""
        self._writer.dispose()
        self._reader.dispose()


def database_now(connection: Connection) -> datetime:
    """The database's own clock (UTC): the one clock that all daemons of a database share."""
    clock: Callable[[], datetime] | None = connection.get_execution_options().get(CLOCK)
    if clock is not None:
        return clock()
    if connection.dialect.name == "sqlite":
        query = sa.select(sa.literal_column("strftime('%Y-%m-%d %H:%M:%f', 'now')", UtcDateTime))
    else:
        query = sa.select(sa.literal_column("clock_timestamp()", UtcDateTime))
    return connection.execute(query).scalar_one()


def _sqlite_engine(url: sa.URL, *, writes: bool, keys: bool = True) -> Engine:
    if url.database:
        Path(url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = sa.create_engine(
        url,
        poolclass=QueuePool,
        pool_size=1 if writes else READERS,
        max_overflow=0,
        pool_timeout=60,
        connect_args={"check_same_thread": False},
        hide_parameters=True,  # an error ends in a log; names and mails do not belong there
    )
    pragmas = [
        "synchronous = FULL",  # `handed` must be on disk before the final dot
        f"foreign_keys = {'ON' if keys else 'OFF'}",
    ]

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # the driver must not begin transactions by itself
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")  # first: the rest may wait
        _switch_to_wal(connection)
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
        if not writes:
            connection.execute("PRAGMA query_only = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Have the file in WAL, also where others who found it new are about to do the same.

    The switch reads first and writes then, so of two at once SQLite ends one without any waiting,
    whatever the busy timeout. A transaction that writes from its beginning does wait.
    """
    for _ in range(SWITCHES - 1):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
        else:
            return
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode = WAL")
