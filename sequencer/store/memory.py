"""A database in memory: for a simulation, which moves its clock and fills its disk.

One connection serves readers and writers, so there are no threads and no two transactions at once.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import StaticPool

from sequencer.store import news
from sequencer.store.database import CLOCK, Database

STATEMENTS = 1_000  # that the driver keeps prepared; there are fewer different ones


class MemoryDatabase(Database):
    """An SQLite database without a file.

    Attributes:
        clock: what the database's own clock shows.
        is_full: whether a commit finds no room on the disk.
    """

    def __init__(self) -> None:
        self.url = sa.make_url("sqlite://")
        self.is_sqlite = True
        self.clock: Callable[[], datetime] = lambda: datetime(1970, 1, 1, tzinfo=UTC)
        self.is_full = False
        self._driver = sqlite3.connect(
            ":memory:", isolation_level=None, check_same_thread=False, cached_statements=STATEMENTS
        )
        engine = sa.create_engine(
            self.url, creator=lambda: self._driver, poolclass=StaticPool, hide_parameters=True
        )
        self._writer = self._reader = engine.execution_options(**{CLOCK: self._now})
        self._connection = self._writer.connect()
        self._driver.execute("PRAGMA foreign_keys = ON")

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that may write; no room at its end is an error, and rolls it back."""
        self._driver.execute("BEGIN IMMEDIATE")
        told = news.begin(self._connection)
        try:
            yield self._connection
            self._find_room()
        except BaseException:
            self._driver.execute("ROLLBACK")
            raise
        self._driver.execute("COMMIT")
        if told.opt_outs and self.tell is not None:
            self.tell(told.opt_outs)

    def _now(self) -> datetime:
        """What the clock shows that counts now."""
        return self.clock()

    def _find_room(self) -> None:
        """Fail as SQLite does where the disk is full."""
        if self.is_full:
            full = sqlite3.OperationalError("database or disk is full")
            raise OperationalError("COMMIT", None, full)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One transaction that only reads; nothing else can happen meanwhile."""
        yield self._connection

    @contextmanager
    def migration(self) -> Iterator[Connection]:
        """A transaction with foreign keys off."""
        self._driver.execute("PRAGMA foreign_keys = OFF")
        with self.write() as connection:
            yield connection
        self._driver.execute("PRAGMA foreign_keys = ON")

    def define(self, name: str, call: Callable[[], str | None]) -> None:
        """Let statements call a function without arguments by that name."""
        self._driver.create_function(name, 0, call)

    def take_in(self, driver: sqlite3.Connection) -> None:
        """Hold what another database holds, and nothing else any more."""
        driver.backup(self._driver)

    def copy_from(self, template: "MemoryDatabase") -> None:
        """Hold what the template holds, and nothing else any more."""
        template.copy_into(self._driver)
        self.is_full = False

    def copy_into(self, driver: sqlite3.Connection) -> None:
        """Let another database hold what this one holds."""
        self._driver.backup(driver)

    def dispose(self) -> None:
        """Close the connection."""
        self._connection.close()
        self._writer.dispose()
        self._driver.close()
