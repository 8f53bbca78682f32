"""The daemon: a ticker, a watch on every mailbox, the web server, and an orderly end.

At the end nothing is cut: the ticker stops first, then every mail under way is finished or found in
doubt, then the leases are given back.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from sequencer.engine.leases import LEASE, RENEW_S, give_all_back
from sequencer.engine.mailbox_watch import MailboxWatch
from sequencer.engine.runner import Runner
from sequencer.engine.wakening import Wakening
from sequencer.files.holiday_book import load_calendars
from sequencer.store import wake
from sequencer.store.database import DatabaseError

log = structlog.get_logger()

TICK_S = 1.0
DRAIN_S = 25.0  # service managers kill after 30 s or more, and a server may take 10 min to answer

Job = Callable[[], Awaitable[None]]


class Ticker(Protocol):
    """Calls the jobs it was made with at their intervals, one at a time each."""

    def start(self) -> None:
        """Begin; the first call of each job is after its interval."""
        ...

    def stop(self) -> None:
        """Call no job any more; one that runs is cancelled."""
        ...


def _patient(job: Job) -> Job:
    """The job for a ticker: a database that does not answer now will do so another time."""

    async def run() -> None:
        try:
            await job()
        except DatabaseError as error:
            log.warning("database_does_not_answer", error=_first_line(error))

    return run


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


Serve = Callable[[asyncio.Event], Coroutine[None, None, None]]


@dataclass
class Daemon:
    """One process.

    Attributes:
        new_ticker: makes a ticker for jobs, each with its interval in seconds.
        serve: runs the web server until the event it is given is set.
    """

    runner: Runner
    new_ticker: Callable[[Mapping[str, tuple[Job, float]]], Ticker]
    serve: Serve
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _ticking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _renewing: asyncio.Lock = field(default_factory=asyncio.Lock)
    _renewed_s: float = 0.0

    def __post_init__(self) -> None:
        self._watch = MailboxWatch(self.runner)

    async def run(self, ready: Callable[[], None] = lambda: None) -> None:
        """Work until `stop` is called, then drain. `ready` is called when everything is up."""
        world = self.runner.world
        await asyncio.to_thread(load_calendars)
        await self._take_leases(force=world.database.is_sqlite)
        served = asyncio.create_task(self.serve(self.stopping), name="web")
        wakening = Wakening(world, self._woken)
        ticker = self.new_ticker(
            {
                "tick": (_patient(self._tick), TICK_S),
                "lease": (_patient(self._renew), float(RENEW_S)),
            }
        )
        stopped = asyncio.create_task(self.stopping.wait())
        try:
            ticker.start()
            wakening.start()
            await self._tick()
            ready()
            await asyncio.wait({served, stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.stopping.set()
            await wakening.end()
            await self._end(ticker)
            await asyncio.gather(served, stopped)

    def stop(self) -> None:
        """Ask for an orderly end; safe to call from a signal handler, and more than once."""
        self.stopping.set()

    async def _tick(self) -> None:
        async with self._ticking:
            if not self.stopping.is_set():
                await self.runner.tick()

    async def _renew(self) -> None:
        """Keep the leases; after a silence longer than one, leave others the time to come back."""
        silent_s = self.runner.world.clock.boot() - self._renewed_s
        await self._take_leases(only_own=silent_s > LEASE.total_seconds())

    async def _take_leases(self, *, force: bool = False, only_own: bool = False) -> None:
        # A transaction goes on where its caller is cancelled; the end has to wait for this one.
        await asyncio.shield(asyncio.create_task(self._renewal(force=force, only_own=only_own)))

    async def _renewal(self, *, force: bool, only_own: bool) -> None:
        async with self._renewing:
            if self.stopping.is_set():
                return
            await self.runner.take_leases(force=force, only_own=only_own)
            self._renewed_s = self.runner.world.clock.boot()
            self._watch.follow()

    async def _woken(self, topics: set[str]) -> None:
        """Look at once for what another process told of, if it concerns this daemon."""
        if wake.LEASES in topics:
            await self._take_leases()
        if topics & {wake.LEASES, wake.CHORES, *self.runner.leases}:
            await self._tick()

    async def _end(self, ticker: Ticker) -> None:
        log.info("draining")
        ticker.stop()
        world = self.runner.world
        world.ending.set()
        await self._watch.end()
        try:
            async with asyncio.timeout(DRAIN_S):
                await self.runner.drain()
        except TimeoutError:
            log.warning("drain_cut_short", seconds=DRAIN_S)
            await self.runner.abort()
        await world.close()
        await self._give_back()
        log.info("stopped")

    async def _give_back(self) -> None:
        """Let others have the mailboxes at once; without a database they get them a little later.

        A renewal that is under way has to end first: it would take them again.
        """
        async with self._renewing:
            try:
                await self.runner.world.write(give_all_back, self.runner.holder)
            except DatabaseError as error:
                log.warning("leases_not_given_back", error=_first_line(error))
