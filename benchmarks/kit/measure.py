"""What a piece of work costs: seconds, CPU of this process and of others, its peak of memory."""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, ParamSpec, Self, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Cost:
    """Seconds on the wall and on the CPU, all threads of the process together."""

    seconds: float = 0.0
    cpu_s: float = 0.0

    def __enter__(self) -> Self:
        self.seconds, self.cpu_s = -time.perf_counter(), -cpu_s()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds += time.perf_counter()
        self.cpu_s += cpu_s()


def cpu_s() -> float:
    """User and system seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_mib() -> float:
    """Most memory that this process has had; what getrusage tells includes its parent's."""
    return memory_mib(os.getpid(), "VmHWM")


def memory_mib(pid: int, which: str) -> float:
    """Memory of a process: VmHWM for the most it has had, VmRSS for what it has."""
    return round(_status(pid, which) / 1024, 1)


def threads_of(pid: int) -> int:
    """How many threads a process has."""
    return _status(pid, "Threads")


def _status(pid: int, which: str) -> int:
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    [line] = [line for line in status.splitlines() if line.startswith(f"{which}:")]
    return int(line.split()[1])


def tree_cpu_s(pid: int) -> float:
    """User and system seconds of a process and of its children, those that ended among them."""
    total = 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text("ascii", "replace").rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        if int(entry.name) == pid:
            total += sum(int(field) for field in fields[11:15])
        elif int(fields[1]) == pid:
            total += sum(int(field) for field in fields[11:13])
    return total / _TICKS


def alone(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Result of the work in a process of its own, so that no peak is mixed with another."""
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        return process.submit(work, *args, **kwargs).result()


def quiet_errors(path: Path) -> None:
    """Let standard error go to a file, as a service's log does."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(descriptor, sys.stderr.fileno())
    os.close(descriptor)


def say(what: str, **figures: Any) -> None:
    """Print one line of JSON."""
    rounded = {
        name: round(value, 4) if isinstance(value, float) else value
        for name, value in figures.items()
    }
    print(json.dumps({"what": what, **rounded}), flush=True)
