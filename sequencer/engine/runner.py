"""The work of a daemon in one short step: see what is due, and start tasks that do it.

A tick claims and hands over, and returns; the tasks belong to the runner, which drains them. So a
scheduler that cancels its jobs when it shuts down never cuts a mail in two.
"""

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from sequencer.domain.event import Resumed
from sequencer.domain.mailbox import MailboxState
from sequencer.engine.dispatch import dispatch
from sequencer.engine.hooks import Source, work_through
from sequencer.engine.leases import Lease, take_leases
from sequencer.engine.react import react
from sequencer.engine.scan import scan
from sequencer.engine.settle import settle
from sequencer.engine.world import World
from sequencer.store import enrollments, mailboxes
from sequencer.store.database import Connection

log = structlog.get_logger()


@dataclass
class Runner:
    """Tasks of one daemon; `holder` names it in the leases."""

    world: World
    holder: str
    sources: Mapping[str, Source] = field(default_factory=dict)
    leases: dict[str, Lease] = field(default_factory=dict)
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    async def take_leases(self, *, force: bool = False) -> None:
        """Take or renew the leases of all mailboxes that nobody else holds."""
        self.leases = await self.world.write(
            take_leases, self.world.desk, self.holder, self.world.clock.now(), force=force
        )

    async def tick(self) -> None:
        """Resume what is due, work through webhooks, and start a task per mailbox with work."""
        now = self.world.clock.now()
        await self.world.write(self._resume, now)
        await self.world.write(work_through, self.world.desk, self.sources, now)
        for lease in self.leases.values():
            self.start(f"serve {lease.mailbox}", self._serve(lease))

    async def look_into(self, mailbox: str) -> None:
        """Read a mailbox at once, because its server said that something came in."""
        await scan(self.world, mailbox)

    def start(self, name: str, work: Coroutine[None, None, None]) -> None:
        """Run work as a task of the runner, unless the work of that name is under way."""
        if name in self._tasks:
            work.close()
            return
        task = asyncio.create_task(self._guarded(name, work), name=name)
        self._tasks[name] = task
        task.add_done_callback(lambda _done: self._tasks.pop(name, None))

    async def drain(self) -> None:
        """Return when no task is under way; nothing is cancelled."""
        while self._tasks:
            await asyncio.wait(list(self._tasks.values()))

    async def _guarded(self, name: str, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        except Exception:
            # One mailbox's trouble is logged and never stops the others; the next tick tries again.
            log.exception("work_failed", work=name)

    async def _serve(self, lease: Lease) -> None:
        known = await self.world.read(mailboxes.get, lease.mailbox)
        health, now = known.health, self.world.clock.now()
        resting = health.until is not None and health.until > now
        if health.state is not MailboxState.OK and resting:
            return
        if health.synced_at is None or now - health.synced_at >= self.world.desk.policy.poll:
            await scan(self.world, lease.mailbox)
        await settle(self.world, lease)
        await dispatch(self.world, lease)

    def _resume(self, connection: Connection, now: datetime) -> int:
        due = enrollments.to_resume(connection, now)
        for number in due:
            stored = enrollments.get(connection, number, lock=True)
            react(connection, self.world.desk, stored, Resumed(), "the date has come", now)
        return len(due)
