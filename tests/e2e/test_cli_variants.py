"""Variants at the command line: results, stop and start."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sequencer.cli.main import cli

PEOPLE = [f"p{number}@bank{number}.example" for number in range(20)]
SETTINGS = """\
workspace: {postal_address: 1 Street}
mailboxes:
  ana:
    address: ana@seller.example
    name: Ana Ruiz
    provider: google_workspace
pools: {madrid: [ana]}
"""
CADENCE = """\
cadence: first
title: First
from: {pool: madrid}
steps:
  - id: intro
    variants: {plain: intro.md, question: {email: question.md, weight: 3}}
    winner: {by: positive_replies, minimum: 100}
"""


def sequencer(root: Path, *arguments: str) -> Result:
    """Run one command in a workspace."""
    return CliRunner().invoke(cli, ["--workspace", str(root), *arguments], obj={})


def answer(root: Path, *arguments: str) -> Any:
    """The JSON that a command prints."""
    return json.loads(sequencer(root, *arguments, "--json").stdout)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with twenty people in a cadence whose mail has two wordings."""
    assert sequencer(tmp_path, "init").exit_code == 0
    for path in (tmp_path / "config/cadences").iterdir():
        path.unlink()
    (tmp_path / "config/sequencer.yaml").write_text(SETTINGS)
    (tmp_path / "config/cadences/first.yaml").write_text(CADENCE)
    folder = tmp_path / "templates/first"
    folder.mkdir()
    (folder / "intro.md").write_text("---\nsubject: Hello\n---\nHello.\n")
    (folder / "question.md").write_text("---\nsubject: May I ask?\n---\nMay I ask?\n")
    people = tmp_path / "people.csv"
    people.write_text("\n".join(["email", *PEOPLE]) + "\n")
    for command in (("apply",), ("import", str(people)), ("enroll", "first", *PEOPLE)):
        done = sequencer(tmp_path, *command)
        assert done.exit_code == 0, (command, done.output)
    return tmp_path


def test_before_anything_is_sent(root: Path) -> None:
    """One sees who gets what, and that nothing can be said yet."""
    shown = sequencer(root, "variants", "first")
    assert shown.exit_code == 0, shown.output
    assert "first intro" in shown.output
    assert "No verdict: each variant needs 100 delivered mails" in shown.output
    assert re.search(
        r"plain .*intro.md, weight 1; 0 delivered of 0 sent; \d+ waiting", shown.output
    )
    [step] = answer(root, "variants", "show", "first", "intro")
    assert step == answer(root, "variants", "first")[0]
    assert step["verdict"] == "too_few"
    assert sum(each["waiting"] for each in step["variants"]) == len(PEOPLE)
    assert step["variants"][0]["positive_replies"] == {
        "hits": 0,
        "of": 0,
        "rate": 0.0,
        "low": 0.0,
        "high": 1.0,
    }


def test_stop_and_start(root: Path) -> None:
    """What was stopped says since when and why; the last one cannot be."""
    done = sequencer(root, "variants", "stop", "first", "intro", "plain", "--why", "a wrong price")
    assert done.output.startswith("Nobody gets the variant plain of intro from now on.")
    assert sequencer(root, "variants", "stop", "first", "intro", "plain").exit_code == 0
    shown = sequencer(root, "variants", "first").output
    assert re.search(r"plain .* stopped \d{4}-\d\d-\d\d by .*: a wrong price", shown)
    assert "Everybody gets question." in shown
    last = sequencer(root, "variants", "stop", "first", "intro", "question")
    assert last.exit_code == 1
    assert "question is the last variant of intro that anybody gets" in last.output
    told = answer(root, "variants", "start", "first", "intro", "plain")
    assert (told["stopped"], told["new"]) == (False, True)
    assert "not stopped" in sequencer(root, "variants", "start", "first", "intro", "plain").output


def test_what_nobody_knows(root: Path) -> None:
    """A plain sentence, with what may have been meant."""
    wrong = sequencer(root, "variants", "stop", "first", "intro", "questoin")
    assert wrong.exit_code == 1
    assert "did you mean `question`?" in wrong.output
    assert "No cadence named second" in sequencer(root, "variants", "second").output
    assert sequencer(root, "variants", "first", "bump").exit_code == 1


def test_no_variants_at_all(root: Path) -> None:
    """That is said, with how to have some."""
    plain = CADENCE[: CADENCE.index("    variants")] + "    email: intro.md\n"
    other = plain.replace("cadence: first", "cadence: other")
    (root / "config/cadences/other.yaml").write_text(other)
    (root / "templates/other").mkdir()
    (root / "templates/other/intro.md").write_text("---\nsubject: Hello\n---\nHello.\n")
    assert sequencer(root, "apply").exit_code == 0
    assert "No mail of other has variants" in sequencer(root, "variants", "other").output
    assert answer(root, "variants", "other") == []
