"""Servers for a measurement: Postfix's sink for mail, and PostgreSQL as it is run for real."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from servers.child import child, folder, free_port, greets, program, wait_until
from servers.databases import Databases
from servers.postgres import postgres

_COUNTER = re.compile(r"mesg=(\d+)")
BACKLOG = 1_024


@dataclass(frozen=True)
class Sink:
    """A server that takes every mail and keeps none."""

    port: int
    pid: int
    log: Path

    def mails(self) -> int:
        """How many it has taken so far, by its own count."""
        counted = _COUNTER.findall(self.log.read_text("ascii", "replace"))
        return int(counted[-1]) if counted else 0


@contextmanager
def smtp_sink() -> Iterator[Sink]:
    """Postfix's smtp-sink on a free port."""
    port = free_port()
    where = [program("smtp-sink"), "-u", "nobody", "-c", f"127.0.0.1:{port}", str(BACKLOG)]
    with folder("sink-") as root, child(where, root / "log") as process:
        wait_until("the start of smtp-sink", lambda: greets(port, b"220"))
        yield Sink(port, process.pid, root / "log")


@contextmanager
def postgresql() -> Iterator[Databases]:
    """PostgreSQL that waits for the disk at every commit."""
    with postgres(settings=("max_connections=100", "shared_buffers=256MB")) as url:
        yield Databases(url)


def postmaster_of(url: str) -> int:
    """Number of the process that all others of the server come from; it may be in a namespace."""
    port = str(sa.make_url(url).port).encode()
    for entry in Path("/proc").iterdir():
        words = _command(entry) if entry.name.isdigit() else []
        if words and words[0].endswith(b"/postgres") and port in words:
            return int(entry.name)
    raise LookupError(url)


def _command(process: Path) -> list[bytes]:
    try:
        return (process / "cmdline").read_bytes().split(b"\0")
    except OSError:  # it has ended
        return []
