"""Companies at the command line: imported, refused row by row, and undone by the old file."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sequencer.cli.main import cli

SETTINGS = """\
workspace: {postal_address: 1 Street}
account_fields: [tier, renewal]
mailboxes:
  ana: {address: ana@seller.example, name: Ana Ruiz, provider: google_workspace}
"""
CADENCE = """\
cadence: first
title: First
from: {mailboxes: [ana]}
steps:
  - id: intro
    email: intro.md
"""


def sequencer(root: Path, *arguments: str) -> Result:
    """Run one command in a workspace."""
    return CliRunner().invoke(cli, ["--workspace", str(root), *arguments], obj={})


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with a cadence whose mail needs a value of the account."""
    assert sequencer(tmp_path, "init").exit_code == 0
    for path in (tmp_path / "config/cadences").iterdir():
        path.unlink()
    (tmp_path / "config/sequencer.yaml").write_text(SETTINGS)
    (tmp_path / "config/cadences/first.yaml").write_text(CADENCE)
    folder = tmp_path / "templates/first"
    folder.mkdir()
    text = "---\nsubject: Hello\n---\nYour plan is {{ account.tier }}.\n"
    (folder / "intro.md").write_text(text)
    (tmp_path / "people.csv").write_text("email\nzoe@bank.example\n")
    done = sequencer(tmp_path, "apply", "--yes")
    assert done.exit_code == 0, done.output
    assert sequencer(tmp_path, "import", str(tmp_path / "people.csv")).exit_code == 0
    return tmp_path


def accounts(root: Path, text: str, *options: str) -> Result:
    """Import these companies."""
    path = root / "accounts.csv"
    path.write_text(text)
    return sequencer(root, "import", "--accounts", str(path), *options)


def may_enter(root: Path) -> bool:
    """Whether somebody of the bank would be let in."""
    return sequencer(root, "enroll", "first", "zoe@bank.example", "--dry-run").exit_code == 0


def test_import_and_undo(root: Path) -> None:
    """What was imported opens the gate; a row without values closes it again."""
    refused = sequencer(root, "enroll", "first", "zoe@bank.example", "--dry-run")
    assert "missing_variable:account.tier" in refused.output
    done = accounts(root, "domain,tier,size\nbank.example,gold,9\n")
    assert done.exit_code == 0
    assert "The column `size` is none of `account_fields`: left out" in done.output
    assert "1 companies added, 0 changed, 0 as before" in done.output
    assert may_enter(root)
    done = accounts(root, "domain,tier\nbank.example,\n")
    assert "1 without values any more" in done.output
    assert not may_enter(root)


def test_refused_rows(root: Path) -> None:
    """Each is listed with its reason and written to a file; the good ones are taken."""
    text = "domain,tier\nbank.example,gold\ngmail.com,gold\n"
    done = accounts(root, text, "--json")
    assert done.exit_code == 5
    told = json.loads(done.stdout)
    assert (told["added"], [each["code"] for each in told["refused"]]) == (1, ["domain_invalid"])
    assert "gmail.com" in Path(told["rejects"]).read_text("utf-8-sig")
    again = json.loads(accounts(root, text, "--json").stdout)
    assert (again["added"], again["changed"], again["unchanged"]) == (0, 0, 1)
    changed = json.loads(accounts(root, "domain,tier\nbank.example,silver\n", "--json").stdout)
    assert (changed["changed"], changed["rejects"]) == (1, None)
    assert accounts(root, "domain,tier\nnothing,gold\n").exit_code == 1


def test_files_that_cannot_be_used(root: Path) -> None:
    """No company, no declared value, and no row at all are said plainly."""
    assert "no column is called `account` or `domain`" in accounts(root, "tier\n1\n").output
    declared = accounts(root, "domain,size\na.example,1\n")
    assert declared.exit_code != 0
    assert "declared there: tier, renewal" in declared.output
    assert "no row below the headings" in accounts(root, "domain,tier\n").output
