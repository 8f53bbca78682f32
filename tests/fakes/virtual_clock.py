"""A clock that a test moves; it has no seconds of its own."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass
class VirtualClock:
    """Stands still until it is moved.

    Attributes:
        nap_s: what the machine sleeps each time somebody asks for the boot clock.
    """

    instant: datetime
    boot_s: float = 1_000.0
    nap_s: float = 0.0

    def now(self) -> datetime:
        """The instant to which it was moved."""
        return self.instant

    def boot(self) -> float:
        """Seconds since boot."""
        self.boot_s += self.nap_s
        return self.boot_s

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self.instant += by
        self.boot_s += by.total_seconds()

    async def sleep(self, seconds: float) -> None:
        """Let that much time pass at once, and others have their turn."""
        self.advance(timedelta(seconds=seconds))
        turn = asyncio.get_running_loop().create_future()
        turn.get_loop().call_soon(turn.set_result, None)
        await turn
