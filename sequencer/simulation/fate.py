"""What may go wrong with a daemon between any two of its effects: the nemesis.

Each world draws its own mixture, so that some are haunted by one trouble alone: many troubles at
once hide one another.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from sequencer.simulation.clock import MachineClock
from sequencer.simulation.life import Life
from sequencer.simulation.play import DAY_S, Play

CALM = 0.0


@dataclass(frozen=True, slots=True)
class Troubles:
    """How probable each trouble is, at each step of a daemon or at each call of a server."""

    kill: float = CALM
    pause: float = CALM
    full_disk: float = CALM
    clock: float = CALM
    meddling: float = CALM
    slow: float = CALM
    smtp: float = CALM
    imap: float = CALM
    renumber: float = CALM


_RARE = {
    "kill": 0.012,
    "pause": 0.008,
    "full_disk": 0.006,
    "clock": 0.003,
    "meddling": 0.03,
    "slow": 0.02,
    "smtp": 0.15,
    "imap": 0.03,
    "renumber": 0.02,
}


def troubles(chance: Random) -> Troubles:
    """The mixture of one world: each trouble is left out in some, and frequent in some."""
    strength = (0.0, 0.5, 1.0, 1.0, 3.0)
    return Troubles(**{name: rare * chance.choice(strength) for name, rare in _RARE.items()})


@dataclass
class FatedLife(Life):
    """The life of one daemon, which the nemesis may interrupt or end at each step."""

    play: Play = field(kw_only=True)
    clock: MachineClock = field(kw_only=True)
    troubles: Troubles = field(kw_only=True)
    name: str = field(kw_only=True)
    on_death: Callable[[], None] = field(kw_only=True)
    over: bool = False
    asleep_until: float = 0.0

    @property
    def is_over(self) -> bool:
        """Whether the daemon is dead."""
        return self.over

    async def step(self, where: str = "") -> None:
        """Go one step on, if the daemon is awake and alive then."""
        await self._wake_up()
        if not self.over and not self.play.calm:
            self._meet(where)
            await self._wake_up()
        if self.over:
            raise asyncio.CancelledError

    async def _wake_up(self) -> None:
        """Return when the daemon sleeps no more; somebody may put it to sleep again meanwhile."""
        while not self.over and self.play.true.seconds < self.asleep_until:
            await self.clock.sleep(self.asleep_until - self.play.true.seconds)

    def end(self, why: str) -> None:
        """End the daemon: nothing of it happens any more."""
        if not self.over:
            self.over = True
            self.play.record.tell(f"{self.name} is {why}")
            self.play.tally.sometimes(why)
            self.on_death()

    def die_in_commit(self) -> None:
        """Perhaps die inside a transaction, which is rolled back."""
        if self.play.happens(self.troubles.kill / 3):
            self.end("killed in a transaction")
            raise asyncio.CancelledError

    def _meet(self, where: str) -> None:
        lot, odds = self.play.chance.random(), self.troubles
        if lot < odds.kill:
            self.end(f"killed {where}")
        elif lot < odds.kill + odds.pause:
            self._sleep(where)
        elif lot < odds.kill + odds.pause + odds.full_disk:
            self._fill_disk()
        elif lot < odds.kill + odds.pause + odds.full_disk + odds.clock:
            self._step_clock()

    def _sleep(self, where: str) -> None:
        seconds = self.play.chance.choice((4.0, 8.0, 45.0, 45.0, 400.0, 1_500.0, 4_000.0))
        self.asleep_until = self.play.true.seconds + seconds
        self.play.record.tell(f"{self.name} sleeps for {seconds:.0f} s {where}")
        self.play.tally.sometimes("asleep past the lease" if seconds > 30 else "asleep")

    def _fill_disk(self) -> None:
        play = self.play
        if play.database.is_full:
            return
        play.database.is_full = True
        seconds = play.chance.choice((0.5, 1.5, 40.0, 3_600.0))
        play.record.tell(f"the disk is full for {seconds:.0f} s")
        play.tally.sometimes("disk full")
        play.later(seconds, self._empty_disk)

    def _empty_disk(self) -> None:
        self.play.database.is_full = False
        self.play.wake()

    def _step_clock(self) -> None:
        by = self.play.chance.choice((-7_200.0, -3_600.0, -90.0, -1.0, 1.0, 90.0, 3_600.0, DAY_S))
        if self.clock.wrong_by:
            by = -self.clock.wrong_by.total_seconds()  # somebody has set it right again
        self.clock.step(by)
        self.play.record.tell(f"the clock of {self.name} steps by {by:.0f} s")
        self.play.tally.sometimes("clock stepped forwards" if by > 0 else "clock stepped back")
