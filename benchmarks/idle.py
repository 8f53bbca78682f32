"""What do very many mailboxes cost that wait in IDLE and are polled, in one daemon?

The daemon is `sequencer run` as it is, with the settings as they come (a scan of each mailbox every
60 s, which looks into INBOX, Junk, Archive and Sent). The server is a light one in this process, so
that its cost is not the daemon's; connections are TLS. Measured is a time in which every mailbox
waits and is polled, after all have been read once. Prints one JSON line.

    python benchmarks/idle.py [--mailboxes 1000] [--seconds 120]
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from asyncio.subprocess import Process
from collections.abc import Mapping
from pathlib import Path

from kit.many_imap import ManyImap, many_imap
from kit.measure import memory_mib, say, threads_of, tree_cpu_s

from sequencer.files.workspace import SETTINGS, STATE

WITHIN_S = 600.0
LOOK_S = 0.25
SEARCHES = 4  # of a scan; the first one of a folder makes none, a wide one twice as many
_SETTINGS = """\
web: {port: 0, public_url: "https://go.seller.example"}
sending: {probe: false}
mailboxes:
"""
_MAILBOX = """\
  {name}: {{address: {name}@seller.example, name: Ana Ruiz, provider: other, ca_file: {ca},
    smtp: {{host: localhost, port: 1, tls: starttls}},
    imap: {{host: localhost, port: {port}, tls: tls}}}}
"""


def write(root: Path, names: list[str], port: int) -> None:
    """A workspace with these mailboxes on that port."""
    (root / STATE).mkdir(parents=True)
    (root / SETTINGS).parent.mkdir(parents=True)
    (root / STATE / "secret.key").write_text(f"{'k' * 64}\n", "ascii")
    boxes = [_MAILBOX.format(name=name, port=port, ca=root.parent / "ca.pem") for name in names]
    (root / SETTINGS).write_text(_SETTINGS + "".join(boxes), "utf-8")


def environ(names: list[str]) -> Mapping[str, str]:
    """The environment of the daemon."""
    return {**os.environ, **{f"SEQUENCER_MAILBOXES__{n.upper()}__PASSWORD": "pw" for n in names}}


async def measure(mailboxes: int, seconds: float) -> None:
    """Start the server and the daemon, wait until all mailboxes wait, and measure."""
    names = [f"box{number}" for number in range(mailboxes)]
    with tempfile.TemporaryDirectory(prefix="idle-") as name:
        root = Path(name) / "workspace"
        async with many_imap(Path(name) / "ca.pem") as server:
            write(root, names, server.port)
            command = (sys.executable, "-m", "sequencer", "--workspace", str(root), "run")
            with (Path(name) / "log").open("wb") as log:
                daemon = await asyncio.create_subprocess_exec(
                    *command, stdout=log, stderr=log, env=environ(names)
                )
            try:
                await _measure(daemon, server, mailboxes, seconds)
            except ChildProcessError:
                sys.stderr.write((Path(name) / "log").read_text("utf-8", "replace")[-2_000:])
                raise
            finally:
                if daemon.returncode is None:
                    daemon.kill()
                await daemon.wait()


async def _measure(daemon: Process, server: ManyImap, mailboxes: int, seconds: float) -> None:
    began_s = time.perf_counter()
    await _all_wait(daemon, server, mailboxes)
    ready_s, ready_cpu_s = time.perf_counter() - began_s, tree_cpu_s(daemon.pid)
    searched, began_s = server.commands["UID"], time.perf_counter()
    await asyncio.sleep(seconds)
    cpu_s, took_s = tree_cpu_s(daemon.pid) - ready_cpu_s, time.perf_counter() - began_s
    say(
        "idle",
        n=mailboxes,
        seconds=took_s,
        cpu_s=cpu_s,
        cpu_share=cpu_s / took_s,
        scans=(server.commands["UID"] - searched) // SEARCHES,
        waiting=server.idling,
        connections=server.connections,
        threads=threads_of(daemon.pid),
        peak_mib=memory_mib(daemon.pid, "VmHWM"),
        memory_mib=memory_mib(daemon.pid, "VmRSS"),
        start_s=ready_s,
        start_cpu_s=ready_cpu_s,
    )


async def _all_wait(daemon: Process, server: ManyImap, mailboxes: int) -> None:
    """Until every mailbox waits in IDLE and has been searched; the first scan makes no search."""
    async with asyncio.timeout(WITHIN_S):
        while server.idling < mailboxes or server.commands["UID"] < SEARCHES * mailboxes:
            if daemon.returncode is not None:
                raise ChildProcessError(daemon.returncode)
            await asyncio.sleep(LOOK_S)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="What do mailboxes that wait cost?")
    parser.add_argument("--mailboxes", type=int, default=1_000)
    parser.add_argument("--seconds", type=float, default=120)
    given = parser.parse_args()
    asyncio.run(measure(given.mailboxes, given.seconds))


if __name__ == "__main__":
    main()
