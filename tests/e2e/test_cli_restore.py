"""Holding and letting go at the command line, in a workspace without a mailbox that answers."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sequencer.cli.main import cli

PASSWORDS = {
    "SEQUENCER_MAILBOXES__ANA__PASSWORD": "x",
    "SEQUENCER_MAILBOXES__LUIS__PASSWORD": "x",
}


def sequencer(root: Path, *arguments: str, said: str = "") -> Result:
    """Run one command in a workspace, and say something to its questions."""
    options = ["--workspace", str(root), *arguments]
    return CliRunner(env=PASSWORDS).invoke(cli, options, obj={}, input=said)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with a prospect, so that the ledger tells how old it is."""
    people = tmp_path / "people.csv"
    people.write_text("email,first_name\nzoe@bank.example,Zoe\n")
    for command in (("init",), ("apply",), ("import", str(people))):
        assert sequencer(tmp_path, *command).exit_code == 0, command
    return tmp_path


def test_hold(root: Path) -> None:
    """Whoever asks for the state is told first that nothing leaves, and what to do."""
    assert sequencer(root, "hold", "--because", "restored on Monday").exit_code == 0
    status = sequencer(root, "status").stdout
    assert status.startswith("Nothing leaves: restored on Monday.\nTo do: `sequencer reconcile`")
    assert "Nothing leaves: restored" in sequencer(root, "why", "zoe@bank.example").stdout
    again = json.loads(sequencer(root, "hold", "--json").stdout)
    told = {"held": True, "new": False, "why": "restored on Monday", "sent_is_read_from": None}
    assert again == told


def test_how_far_back(root: Path) -> None:
    """How far back the loss goes is asked for, and said by the hold or by what ends it."""
    assert "is not known" in sequencer(root, "hold").stdout
    done = sequencer(root, "reconcile", "--yes")
    assert done.exit_code == 1
    assert "hint: the day before the backup was made" in done.stderr
    said = sequencer(root, "hold", "--since", "2026-05-04T02:00+00:00", "--json")
    assert json.loads(said.stdout)["sent_is_read_from"] == "2026-05-03T02:00:00+00:00"
    assert "Sent will be read from" in sequencer(root, "hold").stdout
    assert sequencer(root, "hold", "--since", "2999-01-01").exit_code == 2


def test_a_rehearsal_without_mailboxes(root: Path) -> None:
    """A rehearsal that could read no mailbox ends with 5, as the real thing does."""
    done = sequencer(root, "reconcile", "--dry-run", "--since", "2026-05-04")
    assert done.exit_code == 5, done.output
    assert "cannot be compared" in done.stdout


def test_nothing_to_reconcile(root: Path) -> None:
    """Without a hold there is a plain sentence, and no question of how far back."""
    done = sequencer(root, "reconcile", "--yes")
    assert done.exit_code == 1
    assert "Nothing is held back" in done.stderr
    assert "Traceback" not in done.stderr


def test_force(root: Path) -> None:
    """To compare nothing is asked about, with what it means; then mails leave again."""
    sequencer(root, "hold")
    no = sequencer(root, "reconcile", "--force", said="n\n")
    assert no.exit_code == 1
    assert "is sent again" in no.stderr
    assert "Nothing leaves" in sequencer(root, "status").stdout
    done = sequencer(root, "reconcile", "--force", "--yes")
    assert (done.exit_code, done.stdout) == (0, "Mails leave again. Nothing was compared.\n")
    assert "Nothing leaves" not in sequencer(root, "status").stdout


def test_opt_outs_are_logged(root: Path) -> None:
    """Whatever a command puts on the list is in the log outside of the database, too."""
    assert sequencer(root, "suppress", "add", "zoe@bank.example").exit_code == 0
    [line] = (root / ".sequencer/opt-outs.log").read_text().splitlines()
    assert json.loads(line)["key"] == "zoe@bank.example"


def test_since_goes_with_sent(root: Path) -> None:
    """An instant says nothing to a proof from the database alone."""
    done = sequencer(root, "verify", "--since", "2026-05-04")
    assert done.exit_code == 2
    assert "--against-sent" in done.stderr
