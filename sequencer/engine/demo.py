"""A demonstration: the production code on a clock that is moved, in a world that answers.

Between two moments at which something is due, nothing can happen; so the clock is moved from one
to the next, the people act whose moment has come, and then the daemon's own work is done.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from sequencer.engine.demo_frame import Frame, read_frame
from sequencer.engine.demo_rep import do_tasks, tell_of_meetings
from sequencer.engine.demo_summary import Period, Summary, summarise
from sequencer.engine.leases import RENEW_S
from sequencer.engine.next_event import next_instant
from sequencer.engine.ports import Clock
from sequencer.engine.runner import Runner
from sequencer.engine.verify import Recorded

HORIZON = timedelta(days=25)  # what lies beyond is not waited for
IDLE_STEP = timedelta(hours=3)  # mailboxes are read at least as often, whatever is due
SHORTEST_STEP = timedelta(seconds=1)
FRAME_S = 0.08
LEAST_HOURS = 0.75  # even what follows at once is to be seen
IDLE_SPEED = 4  # nights and weekends pass so many times faster
PATIENCE_S = 75.0  # after so many real seconds nothing is waited for any more
LIMIT_S = 88.0  # and after these the run ends, wherever it is


class MovableClock(Clock, Protocol):
    """A clock that stands still until it is moved; its `boot` moves with it."""

    def advance_to(self, at: datetime) -> None:
        """Move the clock on to that instant."""
        ...


class Accepted(Protocol):
    """A mail on a server's record."""

    @property
    def message_id(self) -> str:
        """Message-ID with its brackets."""
        ...

    @property
    def recipient(self) -> str:
        """Address it was accepted for."""
        ...


class Sandbox(Protocol):
    """The world outside, on whose behaviour the engine has no influence."""

    def accepted(self) -> Sequence[Accepted]:
        """What the mail server has accepted, by its own record."""
        ...

    def next_reaction_at(self) -> datetime | None:
        """When somebody acts next, as far as is known; None while everybody is silent."""
        ...

    async def react(self, now: datetime) -> int:
        """Let everybody act whose moment has come; how many did."""
        ...


@dataclass(frozen=True, slots=True)
class Tempo:
    """How fast the virtual clock runs: so many virtual hours in a second, 0 for no waiting.

    Attributes:
        real_s: seconds of a clock that nobody moves.
    """

    hours_per_s: float
    pause: Callable[[float], Awaitable[None]]
    real_s: Callable[[], float]


@dataclass
class Demo:
    """One run, from the first instant of its clock until nothing is left to happen."""

    runner: Runner
    clock: MovableClock
    sandbox: Sandbox
    tempo: Tempo
    _renewed_s: float = 0.0

    async def run(self, show: Callable[[Frame], None]) -> Summary:
        """The summary at the end; `show` is given each frame on the way."""
        world = self.runner.world
        began_at, began_s = self.clock.now(), self.tempo.real_s()
        await self._renew(force=True)
        frame = await self._work(Frame(began_at), show)
        reacted = 0
        while self._elapsed_s(began_s) < LIMIT_S:
            at = await self._next_instant(began_at + HORIZON, reacted)
            if at is None:
                break
            if self._elapsed_s(began_s) < PATIENCE_S:
                await self._show_time_pass(at, frame, show)
            self.clock.advance_to(at)
            reacted = await self.sandbox.react(at)
            await self._renew()
            frame = await self._work(frame, show)
        period = Period(began_at, self.clock.now(), self._elapsed_s(began_s))
        record = [Recorded(each.message_id, each.recipient) for each in self.sandbox.accepted()]
        return await world.read(summarise, world.desk, record, period)

    async def _work(self, last: Frame, show: Callable[[Frame], None]) -> Frame:
        """One tick of the daemon with everything that follows from it, and the frame after it."""
        await self.runner.tick()
        await self.runner.drain()
        world = self.runner.world
        await world.write(do_tasks, world.desk, self.clock.now())
        await world.write(tell_of_meetings, world.desk, self.clock.now())
        frame = await world.read(read_frame, world.desk, self.clock.now(), last)
        show(frame)
        return frame

    async def _next_instant(self, horizon: datetime, reacted: int) -> datetime | None:
        """When to do the next work; None when only what lies beyond the horizon is left."""
        now, world = self.clock.now(), self.runner.world
        due_at = await world.read(next_instant, world.desk, now)
        known = [at for at in (due_at, self.sandbox.next_reaction_at()) if at is not None]
        if reacted:
            # What people have just sent is found by the next poll, as in production.
            known.append(now + world.desk.policy.poll)
        foreseen = [at for at in known if at < horizon]
        if not foreseen:
            return None
        return max(min(*foreseen, now + IDLE_STEP), now + SHORTEST_STEP)

    async def _show_time_pass(
        self, at: datetime, frame: Frame, show: Callable[[Frame], None]
    ) -> None:
        """Move the clock towards `at` in small steps for the eye."""
        start, began_s = self.clock.now(), self.tempo.real_s()
        wait_s = self._wait_s(at - start)
        steps = int(wait_s / FRAME_S)
        for number in range(1, steps + 1):
            self.clock.advance_to(start + (at - start) * (number / (steps + 1)))
            show(replace(frame, now=self.clock.now(), news=()))
            ahead_s = number * wait_s / steps - self._elapsed_s(began_s)
            await self.tempo.pause(max(0.0, ahead_s))

    def _wait_s(self, span: timedelta) -> float:
        """Real seconds that a stretch of virtual time takes."""
        if not self.tempo.hours_per_s:
            return 0.0
        hours = span / timedelta(hours=1)
        idle = span >= IDLE_STEP
        return (hours / IDLE_SPEED if idle else max(hours, LEAST_HOURS)) / self.tempo.hours_per_s

    async def _renew(self, *, force: bool = False) -> None:
        """Keep the leases, which expire on the database's clock."""
        if force or self._elapsed_s(self._renewed_s) > RENEW_S:
            await self.runner.take_leases(force=force)
            self._renewed_s = self.tempo.real_s()

    def _elapsed_s(self, since_s: float) -> float:
        return self.tempo.real_s() - since_s
