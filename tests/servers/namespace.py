"""Hosts on one machine: network namespaces, each with a line of its own to the machine itself."""

import ctypes
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from servers.child import missing, program

CLONE_NEWNET = 0x4000_0000
_NUMBERS = count(1)


@dataclass(frozen=True)
class Host:
    """A host: the machine is reached from it at `machine`.

    Attributes:
        namespace: its name.
    """

    namespace: str
    machine: str

    def cut(self, port: int) -> None:
        """Let nothing from or to that port of the machine pass any more, and say nothing of it."""
        self._rule("add", port)

    def mend(self, port: int) -> None:
        """Let it pass again."""
        self._rule("del", port)

    def _rule(self, change: str, port: int) -> None:
        # A route of policy that swallows: it needs no packet filter, which may not be installed.
        words = ["to", self.machine, "ipproto", "tcp", "dport", str(port), "blackhole"]
        _ip("-n", self.namespace, "rule", change, *words, "priority", "10")


@contextmanager
def host() -> Iterator[Host]:
    """A host that is gone at the end; the test is skipped where none can be made."""
    number = next(_NUMBERS)
    name, outer, inner = f"host{os.getpid()}-{number}", f"o{os.getpid()}-{number}", "inner"
    subnet = f"10.{200 + os.getpid() % 50}.{number}"
    made = _ip("netns", "add", name, check=False)
    if made.returncode != 0:
        missing(f"no network namespace can be made here: {made.stderr.strip()}")
    try:
        added = _ip(
            *("link", "add", outer, "type", "veth", "peer", "name", inner, "netns", name),
            check=False,
        )
        if added.returncode != 0:
            missing(f"no network device can be made here: {added.stderr.strip()}")
        _ip("addr", "add", f"{subnet}.1/24", "dev", outer)
        _ip("link", "set", outer, "up")
        for words in (
            ("addr", "add", f"{subnet}.2/24", "dev", inner),
            ("link", "set", inner, "up"),
            ("link", "set", "lo", "up"),
        ):
            _ip("-n", name, *words)
        yield Host(name, f"{subnet}.1")
    finally:
        _ip("link", "del", outer, check=False)
        _ip("netns", "del", name, check=False)


def enter(namespace: str) -> None:
    """Move this process, which must have no threads yet, to a host."""
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = os.open(Path("/run/netns") / namespace, os.O_RDONLY)
    try:
        if libc.setns(descriptor, CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"cannot enter {namespace}")
    finally:
        os.close(descriptor)


def _ip(*words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    return subprocess.run([program("ip"), *words], check=check, capture_output=True, text=True)
