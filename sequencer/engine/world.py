"""Everything a running daemon holds: the database, the clock, the desk, one door per mailbox."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeVar

import structlog

from sequencer.engine.desk import Desk
from sequencer.engine.ports import Clock, Inbox, Mailer
from sequencer.mail.folder import InboxError
from sequencer.store.database import Connection, Database, database_now

log = structlog.get_logger()

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Door:
    """The two ways through which a mailbox is used."""

    mailer: Mailer
    inbox: Inbox


@dataclass(frozen=True)
class World:
    """What the asynchronous part of the engine works with.

    Attributes:
        unsettled: when Sent could last not be looked into, by mailbox.
        scanned_s: boot clock at which the last complete scan of this process began, by mailbox.
        doubted_s: boot clock at which a doubt came up here, or was first seen here, by its send.
        ending: set when no more mail shall be begun.
    """

    database: Database
    clock: Clock
    desk: Desk
    doors: Mapping[str, Door]
    scanning: dict[str, asyncio.Lock] = field(default_factory=dict)
    unsettled: dict[str, datetime] = field(default_factory=dict)
    scanned_s: dict[str, float] = field(default_factory=dict)
    doubted_s: dict[int, float] = field(default_factory=dict)
    ending: asyncio.Event = field(default_factory=asyncio.Event)

    async def write(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Result of one plain function in one writing transaction, run in a worker thread.

        It may run again after a deadlock, so it must do nothing but use the connection.
        """

        def transaction(connection: Connection) -> T:
            return work(connection, *args, **kwargs)

        return await asyncio.to_thread(self.database.transact, transaction)

    async def read(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """The same for a transaction that only reads."""

        def transaction() -> T:
            with self.database.read() as connection:
                return work(connection, *args, **kwargs)

        return await asyncio.to_thread(transaction)

    def has_scanned(self, mailbox: str) -> bool:
        """Whether this process itself has read the mailbox recently enough, by the boot clock.

        The instant in the database was taken from a wall clock, perhaps that of another machine.
        """
        began_s = self.scanned_s.get(mailbox)
        freshness_s = self.desk.policy.freshness.total_seconds()
        return began_s is not None and self.clock.boot() - began_s <= freshness_s

    async def is_well(self) -> bool:
        """Whether the database answers."""
        try:
            await self.read(database_now)
        except Exception:
            log.exception("database_does_not_answer")
            return False
        return True

    async def close(self) -> None:
        """Close every door, whatever its server says to that."""
        for door in self.doors.values():
            with suppress(InboxError):
                await door.mailer.close()
                await door.inbox.close()
