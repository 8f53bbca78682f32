"""Two daemons on one PostgreSQL against one: does the second help?

Each is a process of its own, with the real mailer and a real sink; the mailboxes are shared out as
the daemons do it by themselves. Time runs from the first tick to the commit of the last outcome.
Prints one JSON line for each number of daemons; `ratio` is how much faster than one.

    python benchmarks/daemons.py [--mails 2000] [--daemons 2]
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

from drain import Setup, is_any_due, prepare
from kit.copies import Copies
from kit.measure import alone, cpu_s, quiet_errors, say
from kit.servers import postgresql, smtp_sink
from kit.world import opened, quiet_world

from sequencer.bootstrap import configure_logging
from sequencer.engine.garbage import collect_rarely
from sequencer.engine.leases import RENEW_S
from sequencer.engine.runner import Runner
from sequencer.engine.world import World
from sequencer.files.holiday_book import load_calendars

SHARE_ROUNDS = 4  # renewals within which leases are shared out
WITHIN_S = 120.0
PAUSE_S = 0.05


def serve(setup: Setup, number: int, begin_at: float) -> tuple[float, float, float]:
    """One daemon until nothing is due any more: when it began and ended, and its CPU seconds."""
    quiet_errors(setup.root / f"daemon{number}.log")
    configure_logging(as_json=False)
    workspace = opened(setup.root / str(number), setup.url, setup.mailboxes, setup.port)
    world = quiet_world(workspace)
    began, ended, used = asyncio.run(_serve(world, Runner(world, f"bench {number}"), begin_at))
    workspace.close()
    return began, ended, used


async def _serve(world: World, runner: Runner, begin_at: float) -> tuple[float, float, float]:
    for _ in range(SHARE_ROUNDS):
        await runner.take_leases()
        await asyncio.sleep(max(begin_at - time.time(), 0) / SHARE_ROUNDS)
    await asyncio.sleep(max(begin_at - time.time(), 0))
    await runner.take_leases()
    load_calendars()  # as a daemon does when it begins
    collect_rarely()
    renewing = asyncio.create_task(_renew(runner))
    began, cpu_began = time.time(), cpu_s()
    ended, cpu_ended = began, cpu_began
    while await world.read(is_any_due):
        if time.time() - began > WITHIN_S:
            raise TimeoutError
        await runner.tick()
        await runner.drain()
        ended, cpu_ended = time.time(), cpu_s()
        await asyncio.sleep(PAUSE_S)
    renewing.cancel()
    await world.close()
    return began, ended, cpu_ended - cpu_began


async def _renew(runner: Runner) -> None:
    while True:
        await asyncio.sleep(RENEW_S)
        await runner.take_leases()


def together(setup: Setup, daemons: int) -> tuple[float, float]:
    """Seconds until all has left, and the CPU seconds of all daemons."""
    begin_at = time.time() + 5 + 2 * daemons  # so that all of them are there
    with ProcessPoolExecutor(daemons, get_context("spawn")) as processes:
        tasks = [processes.submit(serve, setup, each, begin_at) for each in range(daemons)]
        found = [task.result() for task in tasks]
    seconds = max(ended for _, ended, _ in found) - min(began for began, _, _ in found)
    return seconds, sum(used for _, _, used in found)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure daemons beside each other.")
    parser.add_argument("--mails", type=int, default=2_000)
    parser.add_argument("--mailboxes", type=int, default=10)
    parser.add_argument("--daemons", type=int, default=2)
    parser.add_argument("--runs", type=int, default=1)
    given = parser.parse_args()
    with ExitStack() as stack:
        sink, databases = stack.enter_context(smtp_sink()), stack.enter_context(postgresql())
        root = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="daemons-")))
        setup = Setup(root, databases.new(), given.mails, given.mailboxes, sink.port)
        alone(prepare, setup, given.mails)
        copies, base = Copies(setup.url, databases), 0.0
        for daemons in (1, given.daemons):
            found = []
            for _ in range(given.runs):
                with copies.fresh() as (folder, url):
                    found.append(together(replace(setup, root=folder, url=url), daemons))
            seconds, cpu = (statistics.median(column) for column in zip(*found, strict=True))
            base = base or seconds
            figures = {"n": given.mails, "seconds": seconds, "cpu_s": cpu, "ratio": base / seconds}
            say("daemons", daemons=daemons, runs=given.runs, **figures)


if __name__ == "__main__":
    main()
