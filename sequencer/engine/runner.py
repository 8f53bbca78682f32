"""The work of a daemon in one short step: see what is due, and start tasks that do it.

A tick claims and hands over, and returns; the tasks belong to the runner, which drains them. So a
scheduler that cancels its jobs when it shuts down never cuts a mail in two.
"""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from sequencer.engine.ask_tools import ask_tools, asks
from sequencer.engine.away import AbsenceWatch
from sequencer.engine.chores import UNASKED_S, Chores, chores, do_chores, is_eldest
from sequencer.engine.desk import Desk
from sequencer.engine.dispatch import dispatch
from sequencer.engine.history import HistoryWatch
from sequencer.engine.hooks import Source
from sequencer.engine.leases import Lease, Reach, put_right, take_leases
from sequencer.engine.notices import send_notices
from sequencer.engine.outside import OutsideWatch
from sequencer.engine.probe_watch import ProbeWatch
from sequencer.engine.retention import RetentionWatch
from sequencer.engine.scan import IMAP, scan
from sequencer.engine.send_mail import own_mails
from sequencer.engine.settle import settle
from sequencer.engine.sign_in_request import SignInWatch
from sequencer.engine.variant_watch import VariantWatch
from sequencer.engine.world import World
from sequencer.store.database import Connection, DatabaseError
from sequencer.store.workload import Workload, workload

log = structlog.get_logger()


@dataclass
class Runner:
    """Tasks of one daemon; `holder` names it in the leases.

    The name of a task is what it does and, after a blank, the mailbox it does it in.
    """

    world: World
    holder: str
    sources: Mapping[str, Source] = field(default_factory=dict)
    leases: dict[str, Lease] = field(default_factory=dict)
    history: HistoryWatch | None = None
    outside: OutsideWatch = field(default_factory=OutsideWatch)
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _absences: AbsenceWatch = field(default_factory=AbsenceWatch)
    _probes: ProbeWatch = field(default_factory=ProbeWatch)
    _sign_ins: SignInWatch = field(default_factory=SignInWatch)
    _retention: RetentionWatch = field(default_factory=RetentionWatch)
    _variants: VariantWatch = field(default_factory=VariantWatch)
    _had: dict[str, Lease] = field(default_factory=dict)  # the newest one of each mailbox
    _resting: frozenset[str] = frozenset()  # nothing is begun there: another may be given it
    _chores_s: float | None = None  # boot clock of the last look at what belongs to no mailbox

    async def take_leases(self, *, force: bool = False, only_own: bool = False) -> None:
        """Renew the leases, take what is missing to a fair share, and give back what is too much.

        `force` is for a daemon that knows that all others are dead. `only_own` renews, and no more:
        for one that heard nothing of the database for so long that others may be back a little
        later.
        """
        if self.history is not None:
            await self.history.look(self.world)
        busy = {name.partition(" ")[2] for name in self._tasks}
        # Should the commit be in doubt, what it may have given back is not touched until the next.
        self._resting = frozenset(self.leases.keys() - busy)
        reach = Reach.ALL if force else Reach.OWN if only_own else Reach.FREE
        self.leases = await self.world.write(
            take_leases, self.world.desk, self.holder, busy=busy, reach=reach, had=self._had
        )
        self._had |= self.leases
        self.world.leaving.clear()
        self.world.leaving.update(name for name, each in self.leases.items() if each.surplus)
        self._resting = frozenset()

    async def tick(self) -> None:
        """Do what belongs to no mailbox, and start a task for each mailbox with work."""
        world = self.world
        await self._absences.look(world, self.leases)
        await self._sign_ins.look(world)
        found, works = await world.read(self._look, world.desk, world.clock.now())
        if found:
            await do_chores(world, self.sources, found)
            _, works = await world.read(self._look, world.desk, world.clock.now(), chores=False)
        for work in works:
            lease = self.leases.get(work.mailbox)
            if lease is not None and self._may_begin(lease) and self._has_room(work):
                self.start(f"serve {lease.mailbox}", self._serve(lease, work))
        if asks(self.sources):
            self.start("ask-tools", ask_tools(world, self.sources))
        await self.outside.look(world, self._tasks, self.start)
        self._begin_daily(world.clock.now())
        for lease in self._probes.due(world, self.leases):
            if self._may_begin(lease):
                self.start(f"probe {lease.mailbox}", self._probes.attend(world, lease))

    def _begin_daily(self, now: datetime) -> None:
        if self._retention.is_due(now):
            self.start("retention", self._forget_old_mail())
        if self._variants.is_due(now):
            self.start("variants", self._stop_beaten_variants())

    async def _forget_old_mail(self) -> None:
        await self._retention.look(self.world)

    async def _stop_beaten_variants(self) -> None:
        await self._variants.look(self.world)

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

    async def until_done(self, name: str) -> None:
        """Return when no work of that name is under way; none is cancelled with the caller."""
        if name in self._tasks:
            await asyncio.wait({self._tasks[name]})

    async def drain(self) -> None:
        """Return when no task is under way; nothing is cancelled."""
        while self._tasks:
            await asyncio.wait(list(self._tasks.values()))

    async def abort(self) -> None:
        """Cancel what is under way: what was handed over will be found in doubt."""
        for task in self._tasks.values():
            task.cancel()
        await self.drain()

    def _may_begin(self, lease: Lease) -> bool:
        return lease.mailbox not in self._resting and not lease.surplus

    def _has_room(self, work: Workload) -> bool:
        """Whether the mailbox has anything to do but to wait for the pace of this process."""
        own = own_mails(self.world, work.mailbox, self.world.clock.boot())
        return own.room > 0 or not work.is_of_mails_alone

    def _look(
        self, connection: Connection, desk: Desk, now: datetime, *, chores: bool = True
    ) -> tuple[Chores, Sequence[Workload]]:
        """Everything that there is to do, asked for in one transaction."""
        found = self._look_at_chores(connection, desk, now) if chores else Chores()
        return found, workload(connection, self.holder, now, now - desk.policy.poll)

    def _look_at_chores(self, connection: Connection, desk: Desk, now: datetime) -> Chores:
        now_s = self.world.clock.boot()
        unasked = self._chores_s is None or now_s - self._chores_s >= UNASKED_S
        alone = self.world.database.is_sqlite
        if not (alone or unasked or is_eldest(connection, self.holder)):
            return Chores()
        self._chores_s = now_s
        return chores(connection, desk, now)

    async def _guarded(self, name: str, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        except DatabaseError as error:
            log.warning("work_cut_short", work=name, error=str(error))
        except Exception:
            # One mailbox's trouble is logged and never stops the others; the next tick tries again.
            log.exception("work_failed", work=name)

    async def _serve(self, lease: Lease, work: Workload) -> None:
        """One round of work for a mailbox; the only one of this daemon, so it cleans up first."""
        world, now = self.world, self.world.clock.now()
        if work.half_done:
            await world.write(put_right, world.desk, lease, now)
        resting = work.rests_until is not None and work.rests_until > now
        if resting and work.reason.startswith(IMAP):
            return
        if work.unread:
            await scan(world, lease.mailbox)
        if work.half_done or work.doubtful:
            await settle(world, lease)
        if not resting:
            if work.notices:  # few, and first: else a full queue would keep them for days
                await send_notices(world, lease)
            await dispatch(world, lease)
