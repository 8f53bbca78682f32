"""A daemon on its machine: the real runner, driven by leaps from one due instant to the next."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from math import inf
from random import Random
from typing import Any, Concatenate, ParamSpec, TypeVar

from sequencer.domain.send import SendState
from sequencer.engine.group_commit import Piece, run_pieces
from sequencer.engine.leases import RENEW_S
from sequencer.engine.next_event import next_instant
from sequencer.engine.runner import Runner
from sequencer.simulation.fate import FatedLife
from sequencer.simulation.life import MortalWorld
from sequencer.simulation.play import Play
from sequencer.store import mailboxes, sends
from sequencer.store.database import Connection, DatabaseError

P = ParamSpec("P")
T = TypeVar("T")

SPARED = 0.9  # of the renewals that no other daemon could notice
POLL_S = 70.0
HALF_DONE = (SendState.CLAIMED, SendState.HANDED)
LEAST_S = 1.0  # the daemon's own tick
MOST_TRIES = 12  # doublings of a wait while nothing comes of what is said to be due

Committed = Callable[[Callable[..., object], tuple[object, ...], object], None]


@dataclass(frozen=True)
class FatedWorld(MortalWorld):
    """The world of one daemon: what it commits is told to whoever keeps the record."""

    committed: Committed = field(kw_only=True)

    async def write(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """As in any world, with a step before and one after the commit, and one inside."""
        life = self.life
        await life.step(f"before {work.__name__}")

        def transaction(connection: Connection) -> T:
            result = work(connection, *args, **kwargs)
            if isinstance(life, FatedLife):
                life.die_in_commit()
            return result

        result = self.database.transact(transaction)
        self.committed(work, args, result)
        await life.step(f"after {work.__name__}")
        return result

    async def transact(self, pieces: Sequence[Piece[Any, Any]]) -> list[Any]:
        """The same for pieces of work that share a transaction: each was committed."""
        now = self.clock.now()
        results = await self.write(run_pieces, self.desk, pieces, now)
        for piece, result in zip(pieces, results, strict=True):
            self.committed(piece.work, (self.desk, piece.item, now), result)
        return results


@dataclass
class Machine:
    """One daemon, from its start to its end.

    Attributes:
        alone: no other daemon may use the database, so a lease found there is a dead one's.
    """

    play: Play
    runner: Runner
    life: FatedLife
    alone: bool
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    spared: Random = field(default_factory=lambda: Random(0))  # so that no other chance is moved
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _waits: int = 0

    def start(self) -> None:
        """Begin to live."""
        self.tasks.append(self.play.loop.create_task(self._live()))
        self.play.wakers.append(self.wake)

    def wake(self, delay_s: float) -> None:
        """Notice something after that time."""
        self.play.later(delay_s, self._notice)

    def bury(self) -> None:
        """Drop everything that the daemon was about to do."""
        self.play.wakers.remove(self.wake)
        for task in self.tasks:
            task.cancel()
        self.play.loop.create_task(self.runner.abort())

    def _notice(self) -> None:
        self._waits = 0
        self._wake.set()

    async def _live(self) -> None:
        with suppress(asyncio.CancelledError):
            await self._take_leases(force=self.alone)
            while True:
                await self._round()
                await self._rest()

    async def _take_leases(self, *, force: bool = False) -> None:
        """Take or renew them; not each time where nobody else could have taken them meanwhile."""
        if self.runner.leases and self.alone and self.spared.random() < SPARED:
            return
        try:
            await self.runner.take_leases(force=force)
        except DatabaseError:
            self.play.tally.sometimes("leases met a full disk")

    async def _round(self) -> None:
        """One tick and everything that follows from it; the ticker goes on meanwhile."""
        self.play.tally.sometimes("rounds")
        await self._take_leases()
        await self._tick()
        drained = self.play.loop.create_task(self.runner.drain())
        self.tasks[1:] = [drained]
        while not drained.done():
            await asyncio.wait({drained}, timeout=RENEW_S)
            if not drained.done():
                await self._take_leases()
                await self._tick()

    async def _tick(self) -> None:
        try:
            await self.runner.tick()
        except DatabaseError:
            self.play.tally.sometimes("tick met a full disk")

    async def _rest(self) -> None:
        """Until something is due, or somebody tells of something new."""
        wait_s = self._wait_s()
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._wake.wait()
        self._wake.clear()

    def _wait_s(self) -> float | None:
        """Seconds until something is due, None where nothing will be."""
        now = self.life.clock.now()
        due_at = self.play.read(next_instant, self.runner.world.desk, now)
        wait_s = (due_at - now).total_seconds() if due_at is not None else inf
        self._waits = self._waits + 1 if wait_s < LEAST_S else 0
        wait_s = max(wait_s, LEAST_S * 2 ** min(self._waits, MOST_TRIES))
        # A daemon that ticks finds these by itself; one that leaps has to be told.
        if wait_s > POLL_S and (self._is_unread() or self._is_half_done()):
            wait_s = POLL_S
        return None if wait_s == inf else wait_s

    def _is_unread(self) -> bool:
        """Whether there is mail that came in after the last complete scan of its mailbox."""
        for mailbox, at in list(self.play.unread.items()):
            synced_at = self.play.read(mailboxes.get, mailbox).health.synced_at
            read_at = self.life.clock.read_at.get(synced_at) if synced_at else None
            if read_at is not None and read_at[1] > at:
                del self.play.unread[mailbox]
        return bool(self.play.unread)

    def _is_half_done(self) -> bool:
        """Whether a mail was begun whose outcome could not be stored."""
        return any(self.play.read(sends.in_state, state) for state in HALF_DONE)
