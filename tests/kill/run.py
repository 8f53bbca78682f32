"""Kill daemons again and again while they send, and let the sink's own record judge them.

Run from the root of the project: `python tests/kill/run.py --kills 200 --db sqlite`. The last line
is a JSON object; the exit code is 0 only if nothing was doubled, lost, or wrongly called sent.
"""

import argparse
import gc
import json
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from kill.fast_clock import FastClock, fast_clock
from kill.faults import Point
from kill.forked import forked
from kill.judge import Verdict, judge, read_books, read_outside, waiting_in
from kill.loop import Loop
from kill.record import read_record
from kill.scene import STEPS, Scene, speed_up
from kill.sink import run_sink
from servers.postgres import postgres

from sequencer.adapters.clock import SystemClock

PEOPLE_PER_KILL = 3
FEWEST_PEOPLE = 100
FINISH_S = 90.0  # for the daemons that are left in peace to finish everything
LOOK_S = 0.5
WHOSE = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)  # all but the database server's


def say(words: str) -> None:
    """Tell whoever waits."""
    print(f"{SystemClock().boot() % 1000:7.2f} {words}", file=sys.stderr, flush=True)


def tell(pipe: int, *ports: int) -> None:
    """Write numbers to a pipe."""
    os.write(pipe, " ".join(map(str, ports)).encode())


@contextmanager
def forked_sink(root: Path, clock: FastClock, seed: int) -> Iterator[tuple[int, int]]:
    """The sink as a process of its own; its two ports."""
    reads, writes = os.pipe()
    pid = forked(lambda: run_sink(clock, root, seed, lambda *ports: tell(writes, *ports)))
    os.close(writes)
    try:
        smtp, imap = os.read(reads, 100).split()
        yield int(smtp), int(imap)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


@contextmanager
def database(kind: str, clock: FastClock) -> Iterator[str]:
    """URL of a fresh PostgreSQL database, or nothing for SQLite."""
    if kind == "sqlite":
        yield ""
        return
    with postgres() as url:
        yield speed_up(url, clock)


def left_to_do(scene: Scene, url: str) -> int:
    """How many sends have not ended, and how many people were not heard."""
    books = read_books(url)
    outside = read_outside(read_record(scene.record))
    return waiting_in(books) + outside.replies - books.told.get("received", 0)


def finish(loop: Loop, url: str) -> None:
    """Let daemons work in peace until everything has ended."""
    while len(loop.lives) < loop.daemons:
        loop.start(doomed=False)
    machine = SystemClock()
    until_s = machine.boot() + FINISH_S
    while (left := left_to_do(loop.scene, url)) and machine.boot() < until_s:
        signal.sigtimedwait([], LOOK_S)
    if left:
        say(f"{left} sends or answers were left after {FINISH_S:g} s")
    codes = loop.end()
    assert set(codes) == {0}, f"a daemon ended with {codes}, see daemons.log"


def run(kind: str, kills: int, seed: int, root: Path) -> tuple[Verdict, dict[str, object]]:
    """One loop in that folder: the verdict, and what else was counted."""
    clock = fast_clock()
    with database(kind, clock) as url, forked_sink(root, clock, seed) as (smtp, imap):
        scene = Scene(root, url, clock, smtp, imap)
        scene.write()
        workspace = scene.open()
        gc.collect()
        gc.freeze()  # or every child would copy the pages of all that was imported
        daemons = 1 if kind == "sqlite" else 2
        loop = Loop(scene, workspace, daemons, kills, random.Random(seed), say)
        loop.enrol(max(FEWEST_PEOPLE, PEOPLE_PER_KILL * kills))
        loop.run()
        accepted = read_outside(read_record(scene.record)).accepted.total()
        say(f"{loop.kills} kills done, {accepted} mails accepted; the rest is done in peace")
        finish(loop, workspace.settings.database)
        outside = read_outside(read_record(scene.record))
        books = read_books(workspace.settings.database)
    verdict = judge(books, outside, STEPS, clock.machine_s)
    missed = [point for point in Point if not loop.hits[point]]
    return verdict, {
        "kills": loop.kills,
        "missed": missed,
        "is_whole": loop.kills >= kills and not missed and outside.sleeps > 0,
        "sleepers": outside.sleeps,
        "points": dict(loop.hits),
        "cuts": dict(outside.cuts),
        "mean_start_s": round(loop.starts_s / loop.kills, 2),
        "told": books.told,
        "inbound": books.inbound,
    }


def main() -> int:
    """Run one loop, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--db", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--keep", action="store_true", help="keep the folder with all logs")
    wanted = parser.parse_args()
    root = Path(tempfile.mkdtemp(prefix="kill-"))
    machine = SystemClock()
    began_s = machine.boot()
    verdict, counts = run(wanted.db, wanted.kills, wanted.seed, root)
    seconds = round(machine.boot() - began_s, 1)
    for sentence in verdict.sentences[:50]:
        say(sentence)
    cpu_s = round(
        sum(resource.getrusage(who).ru_utime + resource.getrusage(who).ru_stime for who in WHOSE)
    )
    say(
        json.dumps(
            {**counts, "cpu_s": cpu_s, "broken": verdict.broken, "by_sleepers": verdict.by_sleepers}
        )
    )
    good = verdict.holds and counts["is_whole"]
    if wanted.keep or not good:
        say(f"everything is in {root}")
    else:
        shutil.rmtree(root)
    line = {
        "kills": counts["kills"],
        "steps": verdict.steps,
        "accepted": verdict.accepted,
        "doubled": verdict.doubled,
        "falsely_sent": verdict.falsely_sent,
        "parked": verdict.parked,
        "seconds": seconds,
    }
    print(json.dumps(line))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
