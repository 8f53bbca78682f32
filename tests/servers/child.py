"""Real servers as child processes: a folder of their own, free ports, an end that is certain."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

START_S = 60.0  # a limit and no measure: machines that test do much at once
STOP_S = 10.0


def missing(reason: str) -> None:
    """Skip the test for want of a server; where servers are demanded, fail it."""
    if os.environ.get("SEQUENCER_REQUIRE_SERVERS"):
        pytest.fail(f"a real server is missing: {reason}", pytrace=False)
    pytest.skip(reason)


def program(*names: str) -> str:
    """Path of the first program found, also where only root usually looks."""
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    for name in names:
        if found := shutil.which(name, path=path):
            return found
    missing(f"{names[0]} is not installed")
    raise AssertionError


def free_port() -> int:
    """A port on loopback that nobody listens on at the moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def folder(prefix: str) -> Iterator[Path]:
    """A folder that the users of servers can read; its path is short, and it is gone at the end."""
    path = Path(tempfile.mkdtemp(prefix=prefix))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def wait_until(what: str, happened: Callable[[], bool], seconds: float = START_S) -> None:
    """Return as soon as something real has happened; fail after so many seconds.

    Half of the time at most is spent on looks: some of them are whole processes.
    """
    deadline = time.monotonic() + seconds
    while (looked_s := time.monotonic()) < deadline:
        if happened():
            return
        time.sleep(max(0.02, time.monotonic() - looked_s))
    pytest.fail(f"{what} did not happen within {seconds:g} seconds")


def greets(port: int, beginning: bytes) -> bool:
    """Whether a server on that port greets as expected."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as line:
        return line.recv(200).startswith(beginning)
    return False


@contextmanager
def child(arguments: Sequence[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A running process; asked to end at the end, and killed if it does not."""
    with log.open("wb") as output:
        process = subprocess.Popen(arguments, stdout=output, stderr=output)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
