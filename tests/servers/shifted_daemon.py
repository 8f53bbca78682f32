"""A daemon whose wall clock can be set from outside, as a program; its boot clock is the machine's.

Run as `python tests/servers/shifted_daemon.py WORKSPACE FILE`: the file holds how many seconds the
wall clock is off.
"""

import asyncio
import os
import signal
import sys
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from sequencer import bootstrap
from sequencer.adapters.clock import SystemClock


@dataclass
class SetClock:
    """The machine's clocks, with a wall clock that somebody sets."""

    path: Path
    machine: SystemClock = field(default_factory=SystemClock)

    def now(self) -> datetime:
        """The machine's instant, and what the file says on top."""
        return self.machine.now() + timedelta(seconds=int(self.path.read_text()))

    def boot(self) -> float:
        """Nobody sets this one."""
        return self.machine.boot()

    async def sleep(self, seconds: float) -> None:
        """Return after that many real seconds."""
        await self.machine.sleep(seconds)


def set_clock(path: Path, seconds: int) -> None:
    """Set the clock of a daemon that runs already; it never sees half of it."""
    new = path.with_suffix(".new")
    new.write_text(str(seconds))
    new.replace(path)


def main(root: Path, shift: Path) -> None:
    """Be the daemon."""
    bootstrap.configure_logging(as_json=True)
    opened = bootstrap.open_workspace(root, os.environ)
    workspace = replace(opened, clock=SetClock(shift))
    with bootstrap.only_daemon(workspace):

        async def serve(stopping: asyncio.Event) -> None:
            await stopping.wait()

        daemon = bootstrap.build_daemon(bootstrap.build_world(workspace), {}, serve)

        async def run() -> None:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, daemon.stop)
            await daemon.run()

        asyncio.run(run())


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
