"""How long does it take to check fifty cadences, at first and when one template has changed?

Prints a JSON line for ordinary cadences (four mails in one language) and one for copies of the
example (several wordings and languages each): medians of whole processes, and how much is gained by
what is remembered.

    python benchmarks/check.py [--cadences 50] [--runs 5]
"""

import argparse
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from kit.measure import say
from startup import measured

from sequencer.files.builtin import builtin_files
from sequencer.files.workspace import CHECKED, cadence_files

EXAMPLE = "fintech-intro"
SETTINGS = """\
workspace: {postal_address: "1 Example Street"}
web: {public_url: https://sales.example}
mailboxes: {ana: {address: ana@sales.example, name: Ana, provider: google_workspace}}
"""
CADENCE = """\
cadence: ordinary-NUMBER
title: Ordinary
from: {mailboxes: [ana]}
steps:
  - {id: a, email: a.md}
  - {id: b, wait: 3 business_days, email: b.md}
  - {id: c, wait: 3 business_days, email: c.md}
  - {id: d, wait: 3 business_days, email: d.md}
"""
MAIL = """\
Hello {{ first_name | or("there") }},

how many days does it take you to close a month? This is letter NAME of cadence NUMBER.
Is it a matter at {{ company | or("your company") }}?

{{ sender.name }}
"""


def ordinary(root: Path, number: int) -> Path:
    """So many cadences of four mails, no two of them the same; one of their templates."""
    (root / "config/cadences").mkdir(parents=True)
    (root / "config/sequencer.yaml").write_text(SETTINGS, "utf-8")
    for each in map(str, range(number)):
        path = root / f"config/cadences/ordinary-{each}.yaml"
        path.write_text(CADENCE.replace("NUMBER", each), "utf-8")
        folder = root / f"templates/ordinary-{each}"
        folder.mkdir(parents=True)
        for name in "abcd":
            head = f"---\nsubject: The month {each}\n---\n" if name == "a" else ""
            mail = MAIL.replace("NUMBER", each).replace("NAME", name)
            (folder / f"{name}.md").write_text(head + mail, "utf-8")
    return root / "templates/ordinary-0/b.md"


def copies(root: Path, number: int) -> Path:
    """The example workspace with its first cadence so many times; one of its templates."""
    for relative, content in builtin_files():
        path = root / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    [source] = [
        path for path in cadence_files(root) if f"cadence: {EXAMPLE}" in path.read_text("utf-8")
    ]
    text = source.read_text("utf-8")
    for each in range(number - len(cadence_files(root))):
        slug = f"copy-{each}"
        copied = text.replace(f"cadence: {EXAMPLE}", f"cadence: {slug}")
        (root / f"config/cadences/{slug}.yaml").write_text(copied, "utf-8")
        shutil.copytree(root / "templates" / EXAMPLE, root / "templates" / slug)
    return root / "templates" / EXAMPLE / "bump.md"


def measure(what: str, write: Callable[[Path, int], Path], cadences: int, runs: int) -> None:
    """Write such a workspace, check it so many times, and print what it took."""
    program = str(Path(sys.executable).with_name("sequencer"))
    with tempfile.TemporaryDirectory(prefix="check-") as name:
        root = Path(name)
        template = write(root, cadences)
        (root / CHECKED).parent.mkdir()
        words = [program, "--workspace", name, "check"]
        first, again = [], []
        for run in range(runs):
            (root / CHECKED).unlink(missing_ok=True)
            first.append(measured(words))
            template.write_text(f"{template.read_text('utf-8')}\nA line, {run}.\n", "utf-8")
            again.append(measured(words))
        cold, warm = (
            [statistics.median(each) for each in zip(*of, strict=True)] for of in (first, again)
        )
        templates = len([*(root / "templates").rglob("*.md")])
        say(
            f"check/{what}",
            cadences=cadences,
            templates=templates,
            first_s=cold[0],
            first_cpu_s=cold[1],
            again_s=warm[0],
            again_cpu_s=warm[1],
            ratio=round(cold[1] / warm[1], 2),
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Check many cadences.")
    parser.add_argument("--cadences", type=int, default=50)
    parser.add_argument("--runs", type=int, default=5)
    chosen = parser.parse_args()
    measure("ordinary", ordinary, chosen.cadences, chosen.runs)
    measure("copies", copies, chosen.cadences, chosen.runs)


if __name__ == "__main__":
    main()
