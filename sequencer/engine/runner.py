"""The work of a daemon in one short step: see what is due, and start tasks that do it.

A tick claims and hands over, and returns; the tasks belong to the runner, which drains them. So a
scheduler that cancels its jobs when it shuts down never cuts a mail in two.
"""

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from sequencer.engine.activate import activate_waiting, waiting
from sequencer.engine.away import AbsenceWatch
from sequencer.engine.desk import Desk
from sequencer.engine.dispatch import OUT_OF_THE_WAY, dispatch
from sequencer.engine.dispatch import push_forward as push_send_forward
from sequencer.engine.hooks import Source, apply_delivery, fail_delivery
from sequencer.engine.leases import Lease, left_behind, put_right, take_leases
from sequencer.engine.rehome import find_home, homeless
from sequencer.engine.scan import IMAP, scan
from sequencer.engine.settle import settle
from sequencer.engine.spread import Going, go_on, plan_resume
from sequencer.engine.task_watch import look_at, push_forward, skip_overdue
from sequencer.engine.world import World
from sequencer.store import enrollments, hooks, mailboxes, tasks
from sequencer.store.database import Connection, DatabaseError

log = structlog.get_logger()


@dataclass
class Runner:
    """Tasks of one daemon; `holder` names it in the leases."""

    world: World
    holder: str
    sources: Mapping[str, Source] = field(default_factory=dict)
    leases: dict[str, Lease] = field(default_factory=dict)
    _tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _absences: AbsenceWatch = field(default_factory=AbsenceWatch)

    async def take_leases(self, *, force: bool = False) -> None:
        """Take or renew the leases of all mailboxes that nobody else holds."""
        self.leases = await self.world.write(
            take_leases, self.world.desk, self.holder, self.world.clock.now(), force=force
        )

    async def tick(self) -> None:
        """Resume what is due, work through webhooks, and start a task per mailbox with work."""
        await self._absences.look(self.world, self.leases)
        await self._resume()
        await self._work_through_hooks()
        await self._watch_tasks()
        await self._find_homes()
        await self._let_begin()
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

    async def abort(self) -> None:
        """Cancel what is under way: what was handed over will be found in doubt."""
        for task in self._tasks.values():
            task.cancel()
        await self.drain()

    async def _guarded(self, name: str, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        except Exception:
            # One mailbox's trouble is logged and never stops the others; the next tick tries again.
            log.exception("work_failed", work=name)

    async def _serve(self, lease: Lease) -> None:
        """One round of work for a mailbox; the only one of this daemon, so it cleans up first."""
        world, now = self.world, self.world.clock.now()
        if await world.read(left_behind, lease.mailbox):
            await world.write(put_right, world.desk, lease, now)
        health = (await world.read(mailboxes.get, lease.mailbox)).health
        resting = health.until is not None and health.until > now
        if resting and health.reason.startswith(IMAP):
            return
        synced_at = health.synced_at
        if synced_at is None or abs(now - synced_at) >= world.desk.policy.poll:
            await scan(world, lease.mailbox)
        await settle(world, lease)
        if not resting:
            await dispatch(world, lease)

    async def _resume(self) -> None:
        world, now = self.world, self.world.clock.now()
        numbers = await world.read(enrollments.to_resume, now)
        for going in await world.read(plan_resume, world.desk, numbers, now) if numbers else ():
            number = going.enrollment_id
            try:
                await world.write(resume, world.desk, going, now)
            except DatabaseError:
                raise  # no row's fault: the next tick tries again
            except Exception:
                log.exception("resume_pushed_forward", enrollment=number)
                await world.write(enrollments.resume_later, number, now + OUT_OF_THE_WAY)

    async def _watch_tasks(self) -> None:
        world, now = self.world, self.world.clock.now()
        for find, work in ((tasks.to_look_at, look_at), (tasks.to_skip, skip_overdue)):
            for number in await world.read(find, now):
                try:
                    await world.write(work, world.desk, number, now)
                except DatabaseError:
                    raise
                except Exception:
                    log.exception("task_pushed_forward", task=number)
                    await world.write(push_forward, number, now + OUT_OF_THE_WAY)

    async def _let_begin(self) -> None:
        """Activate those who wait, as far as there is room; the gate is asked for each."""
        world, now = self.world, self.world.clock.now()
        for number in await world.read(waiting, world.desk, now):
            try:
                await world.write(activate_waiting, world.desk, number, now)
            except DatabaseError:
                raise
            except Exception:
                log.exception("activation_pushed_forward", enrollment=number)
                await world.write(enrollments.start_later, number, now + OUT_OF_THE_WAY)

    async def _find_homes(self) -> None:
        """Care for mails that are due in a mailbox that is gone."""
        world, now = self.world, self.world.clock.now()
        for number in await world.read(homeless, world.desk, now):
            try:
                await world.write(find_home, world.desk, number, now)
            except DatabaseError:
                raise
            except Exception as error:
                log.exception("send_pushed_forward", send=number)
                await world.write(push_send_forward, world.desk, number, repr(error), now)

    async def _work_through_hooks(self) -> None:
        world, now = self.world, self.world.clock.now()
        for number in await world.read(hooks.waiting):
            try:
                await world.write(apply_delivery, world.desk, self.sources, number, now)
            except DatabaseError:
                raise
            except Exception as error:
                log.exception("hook_failed", delivery=number)
                why = f"internal error: {error!r}"
                await world.write(fail_delivery, world.desk, number, why, now)


def resume(connection: Connection, desk: Desk, going: Going, now: datetime) -> bool:
    """Whether a pause whose date has come was ended; somebody may have moved the date since."""
    stored = enrollments.get(connection, going.enrollment_id, lock=True)
    resume_at = stored.enrollment.resume_at
    if resume_at is None or resume_at > now:
        return False
    return go_on(connection, desk, going, "the date has come", now)
