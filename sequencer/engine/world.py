"""Everything a running daemon holds: the database, the clock, the desk, one door per mailbox."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Concatenate, ParamSpec, TypeVar

import structlog

from sequencer.domain.capability import Capability
from sequencer.engine.desk import Desk
from sequencer.engine.group_commit import GroupCommit, Piece, Together, run_pieces
from sequencer.engine.kept_token import KeptToken
from sequencer.engine.opt_out_book import OptOutBook
from sequencer.engine.own_pace import OwnPace
from sequencer.engine.ports import Clock, Inbox, Mailer
from sequencer.mail.folder import InboxError
from sequencer.store.database import Connection, Database, database_now

log = structlog.get_logger()

P = ParamSpec("P")
T = TypeVar("T")
Item = TypeVar("Item")
R = TypeVar("R")


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
        widely_s: the same for the last one that looked for mail whose UID came late.
        doubted_s: boot clock at which a doubt came up here, or was first seen here, by its send.
        learned: what is known of each mailbox's provider, and the boot clock when it was read.
        probing_s: boot clock at which a probe left here, or was first seen here, by its key.
        ending: set when no more mail shall be begun.
        leaving: mailboxes in which no more mail shall be begun, as another daemon gets them.
        own_pace: how fast this process has sent.
        tokens: what renews the sign-ins of the mailboxes that have such.
        opt_outs: where opt-outs are kept outside of the database.
    """

    database: Database
    clock: Clock
    desk: Desk
    doors: Mapping[str, Door]
    scanning: dict[str, asyncio.Lock] = field(default_factory=dict)
    unsettled: dict[str, datetime] = field(default_factory=dict)
    scanned_s: dict[str, float] = field(default_factory=dict)
    widely_s: dict[str, float] = field(default_factory=dict)
    doubted_s: dict[int, float] = field(default_factory=dict)
    learned: dict[str, tuple[float, Capability | None]] = field(default_factory=dict)
    probing_s: dict[str, float] = field(default_factory=dict)
    ending: asyncio.Event = field(default_factory=asyncio.Event)
    leaving: set[str] = field(default_factory=set)
    own_pace: OwnPace = field(default_factory=OwnPace)
    opt_outs: OptOutBook | None = None
    tokens: Sequence[KeptToken] = ()

    async def write(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Result of one plain function in one writing transaction, run in a worker thread.

        It may run again after a deadlock, so it must do nothing but use the connection.
        """

        def transaction(connection: Connection) -> T:
            return work(connection, *args, **kwargs)

        return await asyncio.to_thread(self.database.transact, transaction)

    def together(
        self, work: Together[Item, R], item: Item, *, is_patient: bool = False
    ) -> "asyncio.Future[R]":
        """Result of work that many may want at once, committed with what others want.

        `work` is given several items where several wait; as for `write`, it may run again.
        """
        return self.group.run(work, item, is_patient=is_patient)

    async def transact(self, pieces: Sequence[Piece[Any, Any]]) -> list[Any]:
        """Results of pieces of work done in one transaction."""
        return await self.write(run_pieces, self.desk, pieces, self.clock.now())

    @cached_property
    def group(self) -> GroupCommit:
        """What waits for the next transaction that many share."""
        return GroupCommit(self.transact)

    async def read(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """The same for a transaction that only reads."""

        def transaction() -> T:
            with self.database.read() as connection:
                return work(connection, *args, **kwargs)

        return await asyncio.to_thread(transaction)

    def must_end(self, mailbox: str) -> bool:
        """Whether no more mail shall be begun in the mailbox."""
        return self.ending.is_set() or mailbox in self.leaving

    def has_scanned(self, mailbox: str) -> bool:
        """Whether this process itself has read the mailbox recently enough, by the boot clock.

        The instant in the database was taken from a wall clock, perhaps that of another machine.
        """
        began_s = self.scanned_s.get(mailbox)
        freshness_s = self.desk.policy.freshness.total_seconds()
        return began_s is not None and self.clock.boot() - began_s <= freshness_s

    async def keeps_opt_outs(self) -> bool:
        """Whether every opt-out so far is also on disk outside of the database."""
        return self.opt_outs is None or await asyncio.to_thread(self.opt_outs.is_complete)

    async def is_well(self) -> bool:
        """Whether the database answers."""
        try:
            await self.read(database_now)
        except Exception:
            log.exception("database_does_not_answer")
            return False
        return True

    async def close(self) -> None:
        """Close every door, whatever its server says to that: all at once, as each may be slow."""
        await asyncio.gather(*(_closed(door) for door in self.doors.values()))
        await asyncio.gather(*(token.end() for token in self.tokens))


async def _closed(door: Door) -> None:
    with suppress(InboxError):
        await door.mailer.close()
        await door.inbox.close()
