"""How does an hour of a daemon pass in a minute and a half, for all processes alike?"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sequencer.adapters.clock import SystemClock

FACTOR = 60  # 30 s of a lease are 500 ms, a look that is good for 5 s is so for 83 ms

# Found before the real one where the search path names its schema first. Everything that the
# engine asks the server's clock about happens at the speed of the daemons' own clock then.
DATABASE_CLOCK = """
CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
  SELECT '{start}'::timestamptz
       + ((pg_catalog.clock_timestamp() - '{start}'::timestamptz) * {factor})
$$
"""
SEARCH_PATH = "-csearch_path=public,pg_catalog"


@dataclass(frozen=True)
class FastClock:
    """A clock that runs `FACTOR` times as fast as the machine's, from a common start on.

    Wall clock and boot clock run alike, so that what the engine relates to each other (a look, a
    lease, the settling of a doubt) stays in proportion. What a socket waits for does not.

    Attributes:
        start: the instant at which it agreed with the machine's wall clock.
        start_s: the machine's boot clock at that instant.
    """

    start: datetime
    start_s: float
    machine: SystemClock

    def now(self) -> datetime:
        """The instant that this clock shows."""
        passed_s = self.machine.boot() - self.start_s
        return self.start + timedelta(seconds=passed_s * FACTOR)

    def boot(self) -> float:
        """Seconds since boot, as many as this clock shows."""
        return self.machine.boot() * FACTOR

    def machine_s(self, instant: datetime) -> float:
        """The machine's boot clock when this clock showed that instant."""
        return self.start_s + (instant - self.start).total_seconds() / FACTOR

    async def sleep(self, seconds: float) -> None:
        """Return after that many seconds of this clock."""
        await self.machine.sleep(seconds / FACTOR)


def fast_clock() -> FastClock:
    """A clock that agrees with the machine's now."""
    machine = SystemClock()
    return FastClock(machine.now().astimezone(UTC), machine.boot(), machine)
