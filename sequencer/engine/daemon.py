"""The daemon: a ticker, a watch on every mailbox, the web server, and an orderly end.

At the end nothing is cut: the ticker stops first, then every mail under way is finished or found in
doubt, then the leases are given back.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from sequencer.engine.leases import RENEW_S
from sequencer.engine.runner import Runner
from sequencer.mail.folder import InboxError
from sequencer.store import mailboxes

log = structlog.get_logger()

TICK_S = 1.0
IDLE_S = 1_200.0  # RFC 2177 asks to renew within 29 minutes; routers forget a quiet line sooner
REST_S = 30.0  # before a mailbox that could not be watched is tried again
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

    async def run(self, ready: Callable[[], None] = lambda: None) -> None:
        """Work until `stop` is called, then drain. `ready` is called when everything is up."""
        world = self.runner.world
        await self.runner.take_leases(force=world.database.is_sqlite)
        served = asyncio.create_task(self.serve(self.stopping), name="web")
        watches = [
            asyncio.create_task(self._watch(name), name=f"watch {name}") for name in world.doors
        ]
        ticker = self.new_ticker(
            {"tick": (self._tick, TICK_S), "lease": (self._renew, float(RENEW_S))}
        )
        stopped = asyncio.create_task(self.stopping.wait())
        try:
            ticker.start()
            await self._tick()
            ready()
            await asyncio.wait({served, stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.stopping.set()
            await self._end(ticker, watches)
            await asyncio.gather(served, stopped)

    def stop(self) -> None:
        """Ask for an orderly end; safe to call from a signal handler, and more than once."""
        self.stopping.set()

    async def _tick(self) -> None:
        if not self.stopping.is_set():
            await self.runner.tick()

    async def _renew(self) -> None:
        await self.runner.take_leases()

    async def _watch(self, mailbox: str) -> None:
        """Wait for the server to announce mail, and read it at once."""
        sleep = self.runner.world.clock.sleep
        while not self.stopping.is_set():
            if mailbox not in self.runner.leases:
                await sleep(RENEW_S)  # another daemon watches it
                continue
            try:
                changed = await self.runner.world.doors[mailbox].inbox.wait(IDLE_S)
            except InboxError as error:
                log.warning("mailbox_not_watched", mailbox=mailbox, error=str(error))
                await sleep(REST_S)
                continue
            except Exception:
                log.exception("mailbox_not_watched", mailbox=mailbox)
                await sleep(REST_S)
                continue
            if changed and mailbox in self.runner.leases:
                self.runner.start(f"look {mailbox}", self.runner.look_into(mailbox))

    async def _end(self, ticker: Ticker, watches: list[asyncio.Task[None]]) -> None:
        log.info("draining")
        ticker.stop()
        for watch in watches:
            watch.cancel()
        await asyncio.gather(*watches, return_exceptions=True)
        world = self.runner.world
        world.ending.set()
        try:
            async with asyncio.timeout(DRAIN_S):
                await self.runner.drain()
        except TimeoutError:
            log.warning("drain_cut_short", seconds=DRAIN_S)
            await self.runner.abort()
        await world.close()
        await world.write(mailboxes.release, self.runner.holder)
        log.info("stopped")
