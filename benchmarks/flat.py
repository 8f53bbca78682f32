"""Does the work of a daemon grow with what is due, or with everybody who is enrolled?

For each number of enrolled people, spread over the table: 500 have a mail that is due, the others
wait for later days, are paused or have ended. Each figure from a process of its own:

- `claim`: CPU of a tick that finds, claims, hands over and settles the 500, without a wire.
- `idle`: CPU of a tick when nothing is due, the median of many.
- `daemon`: peak of the memory of a daemon for many mailboxes, over ticks of both kinds.

Prints one JSON line for each; `ratio` compares with the fewest people.

    python benchmarks/flat.py [--enrolled 10000 --enrolled 1000000] [--database sqlite]
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kit.copies import Copies
from kit.filled import Filling, fill
from kit.measure import Cost, alone, cpu_s, peak_mib, quiet_errors, say
from kit.servers import postgresql
from kit.world import loaded, opened, quiet_world

from sequencer.bootstrap import configure_logging
from sequencer.engine.runner import Runner
from sequencer.engine.world import World

DUE = 500
FEW, MANY = 10_000, 1_000_000
WARM, IDLE = 3, 40  # ticks before, and ticks that count
RUNS = 3


@dataclass(frozen=True, slots=True)
class Place:
    """A filled database, and the workspace that goes with it."""

    root: Path
    url: str
    mailboxes: int


def prepare(place: Place, enrolled: int) -> float:
    """Fill a database; seconds that it took."""
    began = time.perf_counter()
    workspace = opened(place.root, place.url, place.mailboxes, 25)
    fill(
        workspace.database,
        loaded(place.root, place.mailboxes),
        Filling(enrolled, DUE, place.mailboxes, workspace.clock.now()),
    )
    workspace.close()
    return time.perf_counter() - began


def worked(place: Place) -> dict[str, Any]:
    """CPU of draining what is due, then of idle ticks, and the peak of the memory."""
    quiet_errors(place.root / "daemon.log")
    configure_logging(as_json=False)
    workspace = opened(place.root, place.url, place.mailboxes, 25)
    at_rest_mib = peak_mib()
    world = quiet_world(workspace, wire=False)
    claim, idle = asyncio.run(_ticks(world, Runner(world, "bench")))
    workspace.close()
    return {"claim": claim, "idle": idle, "peak_mib": peak_mib(), "at_rest_mib": at_rest_mib}


async def _ticks(world: World, runner: Runner) -> tuple[Cost, list[float]]:
    await runner.take_leases(force=True)
    claim = Cost()
    with claim:
        await _tick(runner)
    idle = []
    for _ in range(WARM + IDLE):
        began = cpu_s()
        await _tick(runner)
        idle.append(cpu_s() - began)
    await world.close()
    return claim, idle[WARM:]


async def _tick(runner: Runner) -> None:
    await runner.tick()
    await runner.drain()


def measure(stack: ExitStack, enrolled: int, given: argparse.Namespace) -> list[dict[str, Any]]:
    """The figures for so many people, run by run."""
    root = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="flat-")))
    databases = given.databases
    url = databases.new() if databases else f"sqlite:///{root}/filled.db"
    place = Place(root, url, given.mailboxes)
    say("flat/fill", n=enrolled, database=given.database, seconds=alone(prepare, place, enrolled))
    found = []
    for _ in range(given.runs):
        with Copies(url, databases).fresh() as (folder, copy):
            found.append(alone(worked, replace(place, root=folder, url=copy)))
    if databases:
        databases.drop(url)
    return found


def tell(enrolled: int, runs: list[dict[str, Any]], few: list[dict[str, Any]], name: str) -> None:
    """A line for what was due, one for idle ticks, one for the memory."""
    claim = statistics.median(run["claim"].cpu_s for run in runs)
    base = statistics.median(run["claim"].cpu_s for run in few)
    seconds = statistics.median(run["claim"].seconds for run in runs)
    size: dict[str, Any] = {"n": enrolled, "database": name, "runs": len(runs)}
    say("flat/claim", **size, due=DUE, seconds=seconds, cpu_s=claim, ratio=claim / base)
    idle_ms = [statistics.median(run["idle"]) * 1_000 for run in runs]
    base_ms = [statistics.median(run["idle"]) * 1_000 for run in few]
    ratio = statistics.median(idle_ms) / max(statistics.median(base_ms), 1e-6)
    say("flat/idle", **size, cpu_ms=statistics.median(idle_ms), ratio=ratio)
    peak, rest = (max(run[key] for run in runs) for key in ("peak_mib", "at_rest_mib"))
    say("flat/daemon", **size, peak_mib=peak, at_rest_mib=rest)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Does work grow with who is enrolled?")
    parser.add_argument("--enrolled", type=int, action="append")
    parser.add_argument("--mailboxes", type=int, default=10)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--runs", type=int, default=RUNS)
    given = parser.parse_args()
    with ExitStack() as stack:
        served = given.database == "postgresql"
        given.databases = stack.enter_context(postgresql()) if served else None
        few: list[dict[str, Any]] = []
        for enrolled in given.enrolled or [FEW, MANY]:
            runs = measure(stack, enrolled, given)
            few = few or runs
            tell(enrolled, runs, few, given.database)


if __name__ == "__main__":
    main()
