"""The machine's clock, moved: for work that is due only after a while."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sequencer.adapters.clock import SystemClock


@dataclass
class ShiftedClock:
    """The time of the system clock and `shift`, which a test may move on."""

    shift: timedelta = timedelta(0)
    machine: SystemClock = field(default_factory=SystemClock)

    def now(self) -> datetime:
        """The machine's instant, moved."""
        return self.machine.now() + self.shift

    def boot(self) -> float:
        """The machine's boot clock, moved as far: the time is taken for one that has passed."""
        return self.machine.boot() + self.shift.total_seconds()

    async def sleep(self, seconds: float) -> None:
        """Move on at once instead of waiting."""
        self.shift += timedelta(seconds=seconds)
        await self.machine.sleep(0)
