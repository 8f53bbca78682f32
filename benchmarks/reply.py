"""How soon after a reply is stored in a mailbox has it stopped the enrollment of who wrote it?

The daemon is `sequencer run`, the mailbox is on a real Dovecot, to which the replies are delivered
by LMTP. Each is timed from the begin of its delivery until the end of the enrollment can be read in
the database: once with IDLE, which announces mail, and once with a server that has none, where the
polling interval counts. Prints one JSON line for each.

    python benchmarks/reply.py [--replies 20]
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from kit.measure import memory_mib, say, tree_cpu_s
from kit.reps import ADDRESS, Daemon, Dovecot, Rep, dovecot_for, mail_world, running

POLL_S = 5  # of the workspace
WITHIN_S = 60.0
LOOK_S = 0.005
STEP_S = 1.37  # by which replies come later in the interval, one after the other
_REPLY = """\
From: {sender}\r
To: {to}\r
Subject: Re: Hello\r
Message-ID: <{number}.{local}@buyer.example>\r
In-Reply-To: {answered}\r
\r
Thank you, let us talk next week.\r
"""


async def measure(replies: int, *, idles: bool) -> None:
    """Send to people, let all of them answer, and print how long each answer took."""
    people = [f"lead{number}@buyer{number}.example" for number in range(replies)]
    with tempfile.TemporaryDirectory(prefix="reply-") as name, dovecot_for(idles=idles) as dovecot:
        root = Path(name)
        async with mail_world() as world:
            rep = await asyncio.to_thread(Rep.at, root / "workspace", world, dovecot.imap)
            await asyncio.to_thread(rep.seller.enrol, "ana", people)
            with running(rep.seller, root / "log") as daemon:
                await _until(lambda: len(rep.sent()) == replies)
                try:
                    took = []
                    for number, person in enumerate(people):
                        await asyncio.sleep(number * STEP_S % POLL_S)
                        took.append(await _answer(rep, dovecot, person))
                except TimeoutError:
                    sys.stderr.write(daemon.log.read_text("utf-8", "replace")[-3_000:])
                    raise
                _tell(took, daemon, idles=idles)


async def _answer(rep: Rep, dovecot: Dovecot, person: str) -> float:
    local, _, _ = person.partition("@")
    number = time.monotonic_ns()
    answered = rep.sent()[person]
    reply = _REPLY.format(sender=person, to=ADDRESS, number=number, local=local, answered=answered)
    began_s = time.perf_counter()
    await asyncio.to_thread(dovecot.deliver, ADDRESS, reply.encode("ascii"), person)
    await _until(lambda: person in rep.ended())
    return time.perf_counter() - began_s


def _tell(took: list[float], daemon: Daemon, *, idles: bool) -> None:
    pid = daemon.process.pid
    say(
        "reply/idle" if idles else "reply/polled",
        n=len(took),
        median_s=statistics.median(took),
        most_s=max(took),
        seconds=sum(took),
        poll_s=POLL_S,
        cpu_s=tree_cpu_s(pid),
        peak_mib=memory_mib(pid, "VmHWM"),
    )


async def _until(happened: Callable[[], bool]) -> None:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + WITHIN_S
    while not happened():
        if loop.time() > deadline:
            raise TimeoutError
        await asyncio.sleep(LOOK_S)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="How soon does a reply stop?")
    parser.add_argument("--replies", type=int, default=20)
    given = parser.parse_args()
    for idles in (True, False):
        asyncio.run(measure(given.replies, idles=idles))


if __name__ == "__main__":
    main()
