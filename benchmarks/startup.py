"""How long does it take until the command line has answered?

Prints one JSON line for each command: medians of time, CPU and memory of whole processes.

    python benchmarks/startup.py [--runs 15]
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kit.measure import say
from kit.workspace import passwords, write_workspace

COMMANDS = {"help": ["--help"], "version": ["--version"], "status": ["status"], "check": ["check"]}


def measured(words: list[str]) -> tuple[float, float, float]:
    """Seconds, CPU seconds and peak MiB of one process."""
    began = time.perf_counter()
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    if os.waitstatus_to_exitcode(status):
        raise RuntimeError(f"{words} ended with {os.waitstatus_to_exitcode(status)}")
    return seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Start the command line.")
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    program = str(Path(sys.executable).with_name("sequencer"))
    with tempfile.TemporaryDirectory(prefix="startup-") as name:
        root = Path(name)
        write_workspace(root, "sqlite:///.sequencer/sequencer.db", 2, 25)
        os.environ.update({**passwords(2), "SEQUENCER_WORKSPACE": name})
        lines = {"python": [sys.executable, "-c", "pass"]}
        lines |= {what: [program, *words] for what, words in COMMANDS.items()}
        measured(lines["status"])  # the first makes the database
        for what, words in lines.items():
            found = [measured(words) for _ in range(runs)]
            seconds, cpu, peak = (statistics.median(column) for column in zip(*found, strict=True))
            say(f"startup/{what}", runs=runs, seconds=seconds, cpu_s=cpu, peak_mib=round(peak, 1))


if __name__ == "__main__":
    main()
