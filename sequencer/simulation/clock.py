"""The clocks of simulated machines: the true time is the loop's, and a wall clock may be wrong."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sequencer.simulation.loop import VirtualLoop


@dataclass
class TrueTime:
    """The time of the world; nobody in it has such a clock."""

    loop: VirtualLoop
    begin: datetime

    @property
    def seconds(self) -> float:
        """Seconds since the world began."""
        return self.loop.seconds

    @property
    def now(self) -> datetime:
        """The instant (UTC)."""
        return self.begin + timedelta(seconds=self.loop.seconds)


@dataclass
class MachineClock:
    """The clock of one machine.

    Attributes:
        wrong_by: how far its wall clock is ahead of the true time; the boot clock never is.
        stepped_s: by how much it was ever moved, either way.
        read_at: true seconds at which each instant was read from it first and last, so that a judge
            may translate what the engine wrote down; a clock that is set back shows some twice.
    """

    true: TrueTime
    wrong_by: timedelta = timedelta(0)
    stepped_s: float = 0.0
    read_at: dict[datetime, tuple[float, float]] = field(default_factory=dict)

    def now(self) -> datetime:
        """What the wall clock shows."""
        shown = self.true.now + self.wrong_by
        seconds = self.true.seconds
        self.read_at[shown] = (self.read_at.get(shown, (seconds,))[0], seconds)
        return shown

    def step(self, seconds: float) -> None:
        """Somebody, or a time server, moves the wall clock."""
        self.wrong_by += timedelta(seconds=seconds)
        self.stepped_s += abs(seconds)

    def boot(self) -> float:
        """Seconds since the machine was started."""
        return self.true.seconds

    async def sleep(self, seconds: float) -> None:
        """Return after that many seconds."""
        await asyncio.sleep(seconds)
