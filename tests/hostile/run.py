"""Feed a running daemon with mails that are spoilt or made to hurt, and good ones between them.

The daemon is `sequencer run`. Its mailbox is on a server of this process that says when there is
mail, so that each mail goes the whole way: announced, fetched, understood, matched and stored. It
is a server of our own because that one can also break the connection at a mail, which Dovecot does
only when its files are damaged. Mail is fed as fast as the daemon reads: a few mails are ahead of
it at any time, as in a mailbox that is flooded. Between them come replies of people who were
written to; each has to end its enrollment in time. Run from the root of the project:

    python tests/hostile/run.py --mutations 100000 [--seed 1]

The last line is a JSON object; the exit code is 0 only if the daemon lived, every good mail was in
time, and every bad one can be seen with what was made of it.
"""

import argparse
import asyncio
import json
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from fakes.rude_imap import RudeImap, rude_imap
from hostile.mutate import corpus, made_to_hurt, mutations
from servers.seller import PASSWORD, Box, Daemon, Seller, running
from servers.settings_text import address_of

from sequencer.adapters.clock import SystemClock
from sequencer.adapters.sandbox.mail_world import MailWorld

AHEAD = 20  # mails that wait to be read
KEPT = 700  # read ones that the mailbox still holds: more than the overlap
LOOK_S = 0.02
START_S, STUCK_S = 60.0, 90.0
IN_TIME_S = 2.0
GOOD_EVERY, HURTS_EVERY, DEADLY_EVERY = 500, 97, 1_009
NAME = "ana"
_CADENCE = """\
cadence: ana
title: Two mails
schedule: {window: {mon-sun: ["00:00-24:00"]}, timezone: workspace, jitter_minutes: 0}
from: {mailboxes: [ana]}
steps:
  - {id: one, email: one.md}
  - {id: two, wait: 30 days, email: one.md}
"""
_GOOD = "From: {0}\r\nSubject: Re: Hello\r\nMessage-ID: <r.{0}>\r\n\r\nYes, call me tomorrow.\r\n"
_ENDED = (
    "SELECT count(*) FROM enrollment e JOIN prospect p ON p.id = e.prospect_id"
    " WHERE p.email = ? AND e.state = 'finished'"
)
_KINDS = "SELECT kind, count(*) FROM inbound WHERE folder = 'inbox' GROUP BY kind"
_SILENT = "SELECT count(*) FROM inbound WHERE kind = ''"
_SET_ASIDE = (
    "SELECT evidence, count(*) FROM inbound WHERE kind = 'set_aside' GROUP BY evidence LIMIT 20"
)


@dataclass
class Feed:
    """What the mailbox gets, and what became of it."""

    server: RudeImap
    path: Path
    fed: int = 0
    deadly: int = 0
    hurt: Counter[str] = field(default_factory=Counter)
    took_s: list[float] = field(default_factory=list)

    def put(self, raw: bytes, *, deadly: bool = False) -> int:
        """Put a mail into the mailbox, and announce it; its UID."""
        uid = self.fed = self.fed + 1
        self.server.messages[uid] = raw
        if deadly:
            self.deadly += 1
            self.server.deadly[uid] = 9
            self.server.deadly_headers.add(uid)
        self.server.messages.pop(uid - KEPT, None)
        self.server.pushes.put_nowait(f"* {uid} EXISTS")
        return uid

    def read(self) -> int:
        """How many mails have been stored."""
        return int(self._one("SELECT count(*) FROM inbound"))

    def has_ended(self, person: str) -> bool:
        """Whether somebody's enrollment has ended."""
        return bool(self._one(_ENDED, person))

    def rows(self, query: str) -> list[Any]:
        """What the database holds."""
        with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as line:
            return line.execute(query).fetchall()

    def _one(self, query: str, *values: str) -> Any:
        with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as line:
            return line.execute(query, values).fetchone()[0]


def _bad(number: int, spoilt: Iterator[bytes], hurts: list[tuple[str, bytes]], feed: Feed) -> bytes:
    """The next bad mail: one made to hurt now and then, by chance spoilt ones otherwise."""
    raw = next(spoilt)
    if number % HURTS_EVERY == 0:
        name, raw = hurts[(number // HURTS_EVERY) % len(hurts)]
        feed.hurt[name] += 1
    # With a mark of its own: one that has come in before would be known, and have no effect.
    return b"Message-ID: <%d@hostile.example>\r\n" % number + raw


async def feed_all(feed: Feed, daemon: Daemon, count: int, seed: int, people: list[str]) -> None:
    """Feed so many bad mails, with a good one now and then."""
    spoilt = mutations(corpus(), seed)
    hurts = list(made_to_hurt().items())
    waiting: list[tuple[str, float]] = []
    for number in range(1, count + 1):
        feed.put(_bad(number, spoilt, hurts, feed), deadly=number % DEADLY_EVERY == 0)
        if number % GOOD_EVERY == GOOD_EVERY // 2 and people:
            person = people.pop()
            feed.put(_GOOD.format(person).encode("ascii"))
            waiting.append((person, time.perf_counter()))
        if number % (AHEAD // 2) == 0 or waiting:
            await _read_up_to(feed, daemon, feed.fed - AHEAD, waiting)
    await _read_up_to(feed, daemon, feed.fed, waiting)


async def _read_up_to(
    feed: Feed, daemon: Daemon, number: int, waiting: list[tuple[str, float]]
) -> None:
    """Until so many have been read; meanwhile look for the good ones that have had effect."""
    progress, since_s = -1, time.perf_counter()
    while True:
        for person, began_s in list(waiting):
            if feed.has_ended(person):
                feed.took_s.append(time.perf_counter() - began_s)
                waiting.remove((person, began_s))
        read = feed.read()
        if read >= number:
            return
        if read != progress:
            progress, since_s = read, time.perf_counter()
        if daemon.process.poll() is not None:
            raise ChildProcessError(daemon.process.returncode)
        if time.perf_counter() - since_s > STUCK_S:
            raise TimeoutError(f"{read} of {feed.fed} mails were read, and then none")
        await asyncio.sleep(LOOK_S)


async def measure(count: int, seed: int, root: Path) -> dict[str, Any]:
    """The figures of a run."""
    people = [f"lead{number}@buyer{number}.example" for number in range(count // GOOD_EVERY + 1)]
    world = MailWorld({address_of(NAME): PASSWORD}, SystemClock().now)
    async with rude_imap() as server, world:
        seller = Seller(root / "workspace", [Box(NAME, world.smtp.port, server.port)])
        seller.write()
        (seller.root / "config/cadences/ana.yaml").write_text(_CADENCE, "utf-8")
        await asyncio.to_thread(seller.enrol, NAME, people)
        with running(seller, root / "log") as daemon:
            feed = Feed(server, seller.path)
            await _until_all_are_sent(world, len(people))
            began_s = time.perf_counter()
            await feed_all(feed, daemon, count, seed, people[:])
            took_s = time.perf_counter() - began_s
            daemon.process.terminate()
            exit_code = await daemon.end(START_S)
        return _figures(feed, daemon, count, took_s, exit_code)


async def _until_all_are_sent(world: MailWorld, people: int) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + START_S + people
    while len(world.accepted) < people:
        if loop.time() > deadline:
            raise TimeoutError(f"{len(world.accepted)} of {people} mails were sent")
        await asyncio.sleep(LOOK_S)


def _figures(
    feed: Feed, daemon: Daemon, count: int, took_s: float, exit_code: int
) -> dict[str, Any]:
    kinds = dict(feed.rows(_KINDS))
    late = [each for each in feed.took_s if each > IN_TIME_S]
    found = {
        "what": "hostile",
        "n": count,
        "seconds": round(took_s, 1),
        "per_s": round(feed.fed / took_s, 1),
        "exits": int(exit_code != 0),
        "good": len(feed.took_s),
        "good_median_s": round(statistics.median(feed.took_s), 3) if feed.took_s else None,
        "good_most_s": round(max(feed.took_s), 3) if feed.took_s else None,
        "good_late": len(late),
        "made_to_hurt": sum(feed.hurt.values()),
        "connection_killers": feed.deadly,
        "not_seen": feed.fed - sum(kinds.values()),
        "without_a_kind": feed.rows(_SILENT)[0][0],
        "kinds": kinds,
        "set_aside": dict(feed.rows(_SET_ASIDE)),
        "work_failed": daemon.said("work_failed"),
    }
    bad = ("exits", "good_late", "not_seen", "without_a_kind", "work_failed")
    return {**found, "passed": not any(found[each] for each in bad)}


def main() -> int:
    """Run, print, and judge."""
    parser = argparse.ArgumentParser(description="Feed a daemon with hostile mail.")
    parser.add_argument("--mutations", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hostile-") as name:
        figures = asyncio.run(measure(given.mutations, given.seed, Path(name)))
    print(json.dumps(figures))
    return 0 if figures["passed"] else 1


if __name__ == "__main__":
    sys.exit(main())
