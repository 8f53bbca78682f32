"""Wake a daemon before its next tick, when PostgreSQL tells that there is work.

Only a short cut: a tick finds the same work a little later. So a listener that fails, or a notice
that is lost with a connection, costs time and nothing else.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from sequencer.engine.world import World
from sequencer.store import wake
from sequencer.store.database import DatabaseError, StoreError
from sequencer.store.listener import listen

log = structlog.get_logger()

AGAIN_S = 5.0  # before a listener that failed is tried again
BREATH_S = 0.05  # between two wakenings: what is told meanwhile is one


@dataclass
class Wakening:
    """Hears what is told, and calls `woken` with all topics that came since the last call."""

    world: World
    woken: Callable[[set[str]], Awaitable[None]]
    _topics: set[str] = field(default_factory=set)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def start(self) -> None:
        """Begin to hear; an SQLite file tells nothing."""
        if not self.world.database.is_sqlite:
            self._tasks.append(asyncio.create_task(self._listen(), name="listen"))
            self._tasks.append(asyncio.create_task(self._pass_on(), name="wake"))

    async def end(self) -> None:
        """Hear nothing any more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def tell(self, topic: str) -> None:
        """Pass a topic on, soon."""
        self._topics.add(topic)
        self._news.set()

    async def _listen(self) -> None:
        while True:
            with suppress(StoreError):
                await listen(self.world.database, self._begun, self.tell)
            log.warning("nothing_is_heard", again_in_s=AGAIN_S)
            await self.world.clock.sleep(AGAIN_S)

    def _begun(self) -> None:
        """What was told while nobody listened is lost: look for everything."""
        self.tell(wake.LEASES)

    async def _pass_on(self) -> None:
        while True:
            await self._news.wait()
            topics = self._topics.copy()
            self._topics.clear()
            self._news.clear()
            try:
                await self.woken(topics)
            except DatabaseError as error:
                log.warning("woken_in_vain", error=str(error))
            except Exception:
                log.exception("woken_in_vain")
            await self.world.clock.sleep(BREATH_S)
