"""One daemon of the loop: composed as `sequencer run` composes it, with a fast clock and faults."""

import asyncio
import os
import signal
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

import structlog
from kill.fast_clock import FACTOR
from kill.faults import Fault, Faults, FaultyMailer
from kill.scene import Scene

from sequencer import bootstrap
from sequencer.engine.daemon import Job
from sequencer.engine.ports import Clock
from sequencer.engine.world import Door

SHORTEST_S = 0.1  # between two calls of a job, whatever the clock says


class QuickTicker:
    """Calls each job at its interval by the fast clock."""

    def __init__(self, jobs: Mapping[str, tuple[Job, float]], clock: Clock) -> None:
        self._jobs = jobs
        self._clock = clock
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin."""
        self._tasks = [
            asyncio.create_task(self._call(job, max(seconds, SHORTEST_S * FACTOR)), name=name)
            for name, (job, seconds) in self._jobs.items()
        ]

    def stop(self) -> None:
        """Call no job any more."""
        for task in self._tasks:
            task.cancel()

    async def _call(self, job: Job, seconds: float) -> None:
        while True:
            await self._clock.sleep(seconds)
            try:
                await job()
            except Exception:  # noqa: BLE001 - as the real ticker: the next call tries again
                structlog.get_logger().exception("job_failed")


def be_daemon(scene: Scene, workspace: bootstrap.Workspace, fault: Fault | None, pipe: int) -> None:
    """Work until SIGTERM, or until killed; what happens is written to the pipe, a line each."""

    def tell(word: str) -> None:
        with suppress(OSError):
            os.write(pipe, f"{word}\n".encode())

    bootstrap.configure_logging(as_json=True)
    mine = scene.fresh(workspace)
    faults = Faults(fault, lambda: tell("working"), lambda point: tell(f"at {point}"), scene.held)
    faults.watch(mine.database)
    with bootstrap.only_daemon(mine):
        world = bootstrap.build_world(mine)
        doors = {
            name: Door(FaultyMailer(door.mailer, faults), door.inbox)
            for name, door in world.doors.items()
        }

        async def serve(stopping: asyncio.Event) -> None:
            await stopping.wait()

        daemon = bootstrap.build_daemon(replace(world, doors=doors), {}, serve)
        daemon.new_ticker = lambda jobs: QuickTicker(jobs, scene.clock)

        async def run() -> None:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, daemon.stop)
            await daemon.run(ready=lambda: tell("ready"))

        asyncio.run(run())
    mine.close()
