"""A drain: so many mails are due at once, and all of them leave. How far is that from the wire?

In one run, interleaved, each part in a process of its own, as medians:

- `ceiling`: aiosmtplib sends the same bytes, made before, over as many connections.
- `engine`: a daemon's tick, from the first look to the commit of the last outcome.
- `engine_without_wire`: the same with a mailer that takes everything at once.
- `render`: only the bytes of the mails.

Prints one JSON line for each. `ratio` is CPU seconds against those of the ceiling.

    python benchmarks/drain.py --mails 1000 --mailboxes 10 --database sqlite
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
from collections.abc import Callable, Coroutine
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import aiosmtplib
import sqlalchemy as sa
from kit.copies import Copies
from kit.filled import Filling, fill
from kit.measure import Cost, alone, peak_mib, quiet_errors, say, tree_cpu_s
from kit.peers import installed
from kit.profile import Profile, profiled
from kit.servers import Sink, postgresql, postmaster_of, smtp_sink
from kit.world import loaded, opened, quiet_world
from servers.databases import Databases

from sequencer.adapters.loop import new_loop
from sequencer.bootstrap import configure_logging
from sequencer.engine.compose_mail import Composed, compose_step
from sequencer.engine.garbage import collect_rarely
from sequencer.engine.runner import Runner
from sequencer.engine.world import World
from sequencer.files.holiday_book import load_calendars
from sequencer.store import enrollments
from sequencer.store.database import Connection, Database

T = TypeVar("T")

ROUNDS = 20  # ticks after which a drain is given up


@dataclass(frozen=True, slots=True)
class Setup:
    """Where a part of the measurement works, and how much of what it does."""

    root: Path
    url: str
    mails: int
    mailboxes: int
    port: int = 0
    profile: bool = False
    uvloop: bool = False


def prepare(setup: Setup, enrolled: int) -> None:
    """Fill the database from which every run gets a copy."""
    workspace = opened(setup.root, setup.url, setup.mailboxes, setup.port)
    filling = Filling(enrolled, setup.mails, setup.mailboxes, workspace.clock.now())
    fill(workspace.database, loaded(setup.root, setup.mailboxes), filling)
    workspace.close()


def engine(setup: Setup, *, wire: bool) -> dict[str, Any]:
    """What a drain by the engine costs."""
    quiet_errors(setup.root / "daemon.log")
    configure_logging(as_json=False)
    whole = Cost()
    with whole:
        workspace = opened(setup.root, setup.url, setup.mailboxes, setup.port)
        world = quiet_world(workspace, wire=wire)
        cost, profile = run(_drain(world, setup), setup)
    left = _left(workspace.database)
    workspace.close()
    if left:
        log = (setup.root / "daemon.log").read_text("utf-8", "replace")
        raise RuntimeError(f"{left} mails have not left:\n{log[-2_000:]}")
    told = {"cost": cost, "peak_mib": peak_mib(), "process_cpu_s": whole.cpu_s}
    return told | ({"profile": profile.top()} if profile else {})


async def _drain(world: World, setup: Setup) -> tuple[Cost, Profile | None]:
    runner = Runner(world, "bench")
    load_calendars()  # as a daemon does when it begins
    await runner.take_leases(force=True)
    collect_rarely()  # this too
    cost = Cost()
    with profiled(setup.root) if setup.profile else nullcontext() as profile, cost:
        await _ticks(runner)
    await world.close()
    return cost, profile


async def _ticks(runner: Runner) -> None:
    for _ in range(ROUNDS):
        await runner.tick()
        await runner.drain()
        if not await runner.world.read(is_any_due):
            return


_DUE = """
    SELECT send.id FROM send JOIN mailbox ON mailbox.name = send.mailbox
    WHERE send.follow_up IN (false, true) AND send.state IN ('queued', 'deferred') AND send.runs
      AND send.due_at <= CURRENT_TIMESTAMP LIMIT 1
"""
_LEFT = """
    SELECT count(*) FROM send
    WHERE state NOT IN ('sent', 'cancelled') AND due_at <= CURRENT_TIMESTAMP
"""


def is_any_due(connection: Connection) -> bool:
    """Whether a mail is due in any mailbox."""
    return connection.execute(sa.text(_DUE)).first() is not None


def _left(database: Database) -> int:
    with database.read() as connection:
        return int(connection.execute(sa.text(_LEFT)).scalar_one())


def ceiling(setup: Setup) -> dict[str, Any]:
    """What the library needs for the same bytes."""
    mails, _ = _composed(setup)

    async def send_all() -> Cost:
        each = [mails[number :: setup.mailboxes] for number in range(setup.mailboxes)]
        cost = Cost()
        with cost:
            await asyncio.gather(*(_send(setup.port, part) for part in each if part))
        return cost

    cost = asyncio.run(send_all())  # the ceiling is that of Python's own loop
    return {"cost": cost, "peak_mib": peak_mib()}


async def _send(port: int, mails: list[Composed]) -> None:
    async with aiosmtplib.SMTP(
        hostname="127.0.0.1", port=port, use_tls=False, start_tls=False
    ) as client:
        for mail in mails:
            await client.sendmail(mail.sender, [mail.recipient], mail.data)


def rendering(setup: Setup) -> dict[str, Any]:
    """What the bytes cost, with everything read from the database before."""
    mails, cost = _composed(setup)
    octets = statistics.mean(len(mail.data) for mail in mails)
    return {"cost": cost, "peak_mib": peak_mib(), "octets": round(octets)}


def _composed(setup: Setup) -> tuple[list[Composed], Cost]:
    """All mails that are due, and what it took to make them."""
    workspace = opened(setup.root, setup.url, setup.mailboxes, setup.port)
    with workspace.database.read() as connection:
        due = connection.execute(sa.text(_ALL_DUE)).all()
        cases = [
            (workspace.desk.case(connection, enrollments.get(connection, row.enrollment_id)), row)
            for row in due
        ]
    now, cost = workspace.clock.now(), Cost()
    with cost:
        mails = [compose_step(workspace.desk, case, row.step_id, [], now) for case, row in cases]
    workspace.close()
    return mails, cost


_ALL_DUE = """
    SELECT enrollment_id, step_id FROM send
    WHERE state = 'queued' AND due_at <= CURRENT_TIMESTAMP ORDER BY id
"""


def run(work: Coroutine[Any, Any, T], setup: Setup) -> T:
    """Result of the work on a loop, that of uvloop where it is wanted."""
    if not setup.uvloop:
        return asyncio.run(work)
    places = (installed("uvloop", "uvloop") / "lib").glob("python*/site-packages")
    sys.path.extend(map(str, places))
    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(work)


@dataclass
class Measured:
    """The figures of one part, run by run."""

    runs: list[dict[str, Any]] = field(default_factory=list)

    def median(self, name: str) -> float:
        """The middle of the runs."""
        return float(statistics.median(getattr(each["cost"], name) for each in self.runs))

    def last(self, name: str, default: Any = None) -> Any:
        """What the last run told."""
        return self.runs[-1].get(name, default)


def measure(setup: Setup, databases: Databases | None, runs: int, sink: Sink) -> None:
    """All parts so many times in turn, then a line for each."""
    parts: dict[str, Callable[[Setup], dict[str, Any]]] = {
        "ceiling": ceiling,
        "engine": partial(engine, wire=True),
        "engine_without_wire": partial(engine, wire=False),
        "render": rendering,
    }
    found = {name: Measured() for name in parts}
    copies = Copies(setup.url, databases)
    postmaster = postmaster_of(setup.url) if databases else None
    for _ in range(runs):
        for name, part in parts.items():
            with copies.fresh() as (folder, url):
                before = tree_cpu_s(postmaster) if postmaster else 0.0
                taken = sink.mails()
                figures: dict[str, Any] = alone(part, replace(setup, root=folder, url=url))
                if name in {"ceiling", "engine"} and sink.mails() - taken != setup.mails:
                    raise RuntimeError(f"{name}: {sink.mails() - taken} mails came in")
                if postmaster:
                    figures["server_cpu_s"] = tree_cpu_s(postmaster) - before
                found[name].runs.append(figures)
    tell(setup, found, databases)


def tell(setup: Setup, found: dict[str, Measured], databases: Databases | None) -> None:
    """One line of JSON for each part."""
    base = found["ceiling"].median("cpu_s")
    for name, measured in found.items():
        seconds, cpu = measured.median("seconds"), measured.median("cpu_s")
        more = {
            key: measured.last(key)
            for key in ("process_cpu_s", "octets", "server_cpu_s", "profile")
            if measured.last(key) is not None
        }
        say(
            f"drain/{name}",
            database="postgresql" if databases else "sqlite",
            n=setup.mails,
            runs=len(measured.runs),
            seconds=seconds,
            mails_per_s=round(setup.mails / seconds),
            cpu_s=cpu,
            cpu_ms_per_mail=cpu / setup.mails * 1_000,
            peak_mib=measured.last("peak_mib"),
            ratio=cpu / base,
            **more,
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Drain a backlog of mails.")
    parser.add_argument("--mails", type=int, default=1_000)
    parser.add_argument("--mailboxes", type=int, default=10)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--enrolled", type=int, default=0, help="others who are not due, too")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--profile", action="store_true", help="say where the CPU goes")
    parser.add_argument("--uvloop", action="store_true", help="run the loop of uvloop")
    given = parser.parse_args()
    with ExitStack() as stack:
        sink = stack.enter_context(smtp_sink())
        databases = None
        root = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        url = f"sqlite:///{root}/filled.db"
        if given.database == "postgresql":
            databases = stack.enter_context(postgresql())
            url = databases.new()
        setup = Setup(root, url, given.mails, given.mailboxes, sink.port)
        alone(prepare, setup, max(given.enrolled, given.mails))
        setup = replace(setup, profile=given.profile, uvloop=given.uvloop)
        measure(setup, databases, given.runs, sink)


if __name__ == "__main__":
    main()
