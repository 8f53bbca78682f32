"""Time of `sequencer import` and `sequencer enroll` for a long list, as a person would run them.

The list is personalised and in several alphabets; it has a few rows that are refused. Import is
measured twice, with new people and with the same list once more. Enrolment asks the gate for each.

    python benchmarks/lists.py [--people 10000] [--database sqlite]
"""

import argparse
import csv
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from kit.measure import say
from kit.servers import postgresql
from kit.workspace import SLUG, passwords, write_workspace

HEADINGS = ("E-Mail", "First name", "Last name", "Company", "Title", "Phone", "Time zone",
            "Country", "Language", "Stage", "Owner", "Favourite colour")  # fmt: skip
NAMES = (("Ana", "Ruiz"), ("Zoë", "Nuñez"), ("Łukasz", "Żółkiewski"), ("Lee", "Smith"))
PLACES = (("Europe/Madrid", "ES", "es"), ("europe/berlin", "DE", "de"), ("", "FR", "fr-CA"))
PARTLY = 5  # the exit code where some rows were refused
PEOPLE_OF_A_FIRM = 7


def write_list(path: Path, people: int) -> None:
    """A list of so many; one row in a thousand has an address to which nothing can be sent."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        for number in range(people):
            first, last = NAMES[number % len(NAMES)]
            firm = number // PEOPLE_OF_A_FIRM
            host = f"firm{firm}.example" if number % 1_000 != 999 else "firm..example"
            row = (f"{first[0].lower() if first.isascii() else 'x'}.lead{number}@{host}", first)
            place = PLACES[number % len(PLACES)]
            more = (last, f"Firm {firm}", "Head of planning", f"+34 600 {number:06}", *place)
            writer.writerow((*row, *more, "lead", "", ("red", "green")[number % 2]))


def command(root: Path, *words: str) -> tuple[float, float, float]:
    """Seconds, CPU seconds and peak MiB of one run of the program."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "sequencer", "--workspace", str(root), *words],
        env={**os.environ, **passwords(2)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    errors = process.stderr.read() if process.stderr else b""
    _, status, used = os.wait4(process.pid, 0)
    if (code := os.waitstatus_to_exitcode(status)) not in {0, PARTLY}:
        raise RuntimeError(f"{words[0]} ended with {code}: {errors[-2_000:].decode()}")
    return time.perf_counter() - began, _cpu_s(used), used.ru_maxrss / 1024


def _cpu_s(used: resource.struct_rusage) -> float:
    return used.ru_utime + used.ru_stime


def measure(root: Path, what: str, people: int, words: Sequence[str], database: str) -> None:
    """Run one command, and print its line."""
    seconds, cpu_s, peak_mib = command(root, *words)
    say(
        f"lists/{what}",
        database=database,
        n=people,
        seconds=seconds,
        cpu_s=cpu_s,
        peak_mib=round(peak_mib, 1),
        people_per_s=round(people / seconds),
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Import and enrol a long list.")
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--enroll", type=int, default=0, help="how many of them; by default all")
    given = parser.parse_args()
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lists-")))
        url = "sqlite:///.sequencer/sequencer.db"
        if given.database == "postgresql":
            url = stack.enter_context(postgresql()).new()
        write_workspace(root, url.replace("+psycopg", ""), 2, 25, throttled=False)
        people, enrolled = root / "people.csv", root / "enrolled.csv"
        write_list(people, given.people)
        write_list(enrolled, given.enroll or given.people)
        command(root, "apply")
        measure(root, "import", given.people, ["import", str(people)], given.database)
        measure(root, "import_again", given.people, ["import", str(people)], given.database)
        words = ["enroll", SLUG, "--file", str(enrolled)]
        measure(root, "enroll", given.enroll or given.people, words, given.database)


if __name__ == "__main__":
    main()
