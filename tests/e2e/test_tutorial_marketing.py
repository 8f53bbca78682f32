"""The tutorial for marketing, followed word by word: what it shows is what is printed."""

import re
import shlex
from collections.abc import Callable, Iterator
from contextlib import chdir
from pathlib import Path

from click.testing import CliRunner
from house.tree import ROOT

from sequencer.cli.main import cli

PAGE = ROOT / "docs" / "tutorial-marketing.md"
HASH = re.compile(r"\b[0-9a-f]{12}\b")
# Whatever depends on the day or the machine.
VOLATILE = re.compile(
    r"\d\d:\d\d|\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) |December|, (US|IN|ES|ES-MD): | in [\d.]+ s$"
    r"|^Touches by day|^Apply this|\.\.\.$"
)
INTRO = Path("config/cadences/intro.yaml")
BUMP = Path("templates/fintech-intro/bump.md")


def shown() -> Iterator[tuple[list[str], list[str]]]:
    """Every command of the page in its order, with the lines that follow it there."""
    command, lines = None, list[str]()
    page = re.sub(r"^```.*?^```$", "", PAGE.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    for line in page.splitlines():
        if line and not line.startswith("    "):
            continue
        text = line.removeprefix("    ")
        if text.startswith("$ "):
            if command:
                yield command, lines
            words = shlex.split(text.removeprefix("$ "))
            command, lines = (words[1:] if words[0] == "sequencer" else None), []
        elif text:
            lines.append(text)
    if command:
        yield command, lines


def edit(file: Path, before: str, after: str) -> Callable[[], None]:
    """What the reader is asked to change."""

    def do() -> None:
        text = file.read_text("utf-8")
        assert before in text
        file.write_text(text.replace(before, after, 1), "utf-8")

    return do


# Before which command, counted from 0, the reader changes what.
EDITS: dict[int, tuple[Callable[[], None], ...]] = {
    1: (edit(INTRO, "    wait: 3", "    wiat: 3"),),
    2: (edit(INTRO, "    wiat: 3", "    wait: 3"), edit(BUMP, "at {{ company", "at {{ compnay")),
    3: (edit(BUMP, "at {{ compnay", "at {{ company"),),
    10: (edit(INTRO, "wait: 3 business_days", "wait: 4 business_days"),),
    16: (edit(INTRO, "- id: bump", "- id: reminder"),),
}


def plain(line: str) -> str:
    """A line without the digits of versions, and without its end."""
    return HASH.sub("#", line).rstrip()


def test_tutorial(tmp_path: Path) -> None:
    """Each line that the page shows is printed, as far as it does not depend on the day."""
    every = list(shown())
    assert [command[0] for command, _ in every].count("plan") == 4
    looked_at = 0
    with chdir(tmp_path):
        CliRunner().invoke(cli, every[0][0], obj={}, catch_exceptions=False)
    with chdir(tmp_path / "outreach"):
        for number, (command, lines) in enumerate(every):
            for change in EDITS.get(number, ()):
                change()
            words = ["init", "../again"] if number == 0 else command
            done = CliRunner().invoke(cli, words, obj={}, catch_exceptions=False)
            printed = {plain(line) for line in done.output.splitlines()}
            wanted = {plain(line) for line in lines if not VOLATILE.search(line)}
            assert wanted <= printed, (number, command, sorted(wanted - printed), done.output)
            looked_at += len(wanted)
    assert looked_at > 60
