"""What time is it? The only place that asks the machine."""

import asyncio
import time
from datetime import UTC, datetime

# Linux stops CLOCK_MONOTONIC during suspend; elsewhere (macOS) it runs on and is the right one.
_BOOT_CLOCK: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class SystemClock:
    """The machine's clocks."""

    def now(self) -> datetime:
        """Current instant, UTC."""
        return datetime.now(UTC)

    def boot(self) -> float:
        """Seconds since boot, counted through suspend."""
        return time.clock_gettime(_BOOT_CLOCK)

    async def sleep(self, seconds: float) -> None:
        """Return after that many seconds."""
        await asyncio.sleep(seconds)


class SteppedClock:
    """A clock that stands still until it is moved, for demonstrations and simulations.

    Attributes:
        longest_sleep_s: real seconds that a sleep takes at most, so that nobody spins.
    """

    def __init__(self, start: datetime, *, longest_sleep_s: float = 0.01) -> None:
        self._now = self._start = _utc(start)
        self.longest_sleep_s = longest_sleep_s

    def now(self) -> datetime:
        """Instant to which the clock was moved last, UTC."""
        return self._now

    def advance_to(self, at: datetime) -> None:
        """Move the clock on.

        Raises:
            ValueError: the instant is naive, or lies before the present one.
        """
        instant = _utc(at)
        if instant < self._now:
            raise ValueError(f"the clock shows {self._now}, it does not go back to {instant}")
        self._now = instant

    def boot(self) -> float:
        """Seconds since boot: the real ones, and those by which the clock was moved."""
        moved_s = (self._now - self._start).total_seconds()
        return time.clock_gettime(_BOOT_CLOCK) + moved_s

    async def sleep(self, seconds: float) -> None:
        """Return soon; the clock does not move by it."""
        await asyncio.sleep(min(seconds, self.longest_sleep_s))


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError(f"{instant} has no zone")
    return instant.astimezone(UTC)
