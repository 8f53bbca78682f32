"""A mail in doubt, and a mailbox that cannot be reached, at the command line."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sequencer.bootstrap import open_workspace
from sequencer.cli.main import cli
from sequencer.cli.sends_words import EMPTY
from sequencer.domain.send import SendEvent
from sequencer.store import enrollments, prospects, sends

ZOE = "zoe@bank.example"
SECRETS = {"SEQUENCER_MAILBOXES__ANA__PASSWORD": "hers"}
SETTINGS = """\
web: {{port: 0}}
mailboxes:
  ana:
    address: ana@seller.example
    name: Ana Ruiz
    provider: other
    smtp: {{host: 127.0.0.1, port: {port}, tls: plain}}
    imap: {{host: 127.0.0.1, port: {port}, tls: plain}}
"""


def sequencer(root: Path, *arguments: str, said: str = "") -> Result:
    """Run one command in a workspace, and say something to its questions."""
    options = ["--workspace", str(root), *arguments]
    return CliRunner(env=SECRETS).invoke(cli, options, obj={}, input=said)


def answer(root: Path, *arguments: str) -> Any:
    """The JSON that a command prints."""
    return json.loads(sequencer(root, *arguments, "--json").stdout)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with one person in a cadence."""
    people = tmp_path / "people.csv"
    row = f"{ZOE},Zoe,Ferrer,Buyer,Europe/Madrid"
    people.write_text(f"email,first_name,last_name,company,timezone\n{row}\n")
    for command in (
        ("init",),
        ("apply",),
        ("import", str(people)),
        ("enroll", "fintech-intro", ZOE),
    ):
        assert sequencer(tmp_path, *command).exit_code == 0, command
    return tmp_path


@pytest.fixture
def number(root: Path) -> int:
    """The mail to that person, parked."""
    workspace = open_workspace(root, {})
    with workspace.database.write() as connection:
        person = prospects.find(connection, ZOE)
        assert person is not None
        [stored] = enrollments.of_prospect(connection, person.id)
        [send] = sends.of_enrollment(connection, stored.id)
        now = workspace.clock.now()
        marks = {"message_id": "<m1@seller.example>", "recipient": ZOE}
        sends.move(connection, [send.id], SendEvent.CLAIM, subject="Hello\x1b[31m", **marks)
        sends.move(connection, [send.id], SendEvent.HAND, handed_at=now)
        sends.move(connection, [send.id], SendEvent.DOUBT, why="line lost")
        sends.move(connection, [send.id], SendEvent.PARK, why="nobody knows")
    workspace.close()
    return send.id


def test_nothing_in_doubt(root: Path) -> None:
    """An empty list is a sentence for people and an empty list for programs."""
    assert sequencer(root, "sends", "unknown").stdout.strip() == EMPTY
    assert answer(root, "sends", "unknown") == []
    done = sequencer(root, "sends", "resolve", "7", "--sent")
    assert done.exit_code == 1
    assert "There is no mail 7" in done.stderr


def test_the_list(root: Path, number: int) -> None:
    """It names the person, the step and the mailbox, and what to do next."""
    [doubt] = answer(root, "sends", "unknown")
    assert (doubt["number"], doubt["prospect"], doubt["state"]) == (number, ZOE, "parked")
    assert f"sequencer sends resolve {number} --again" in doubt["commands"]
    shown = sequencer(root, "sends", "unknown").stdout
    assert ZOE in shown
    assert f"sequencer sends resolve {number} --sent" in shown


def test_a_word_is_confirmed(root: Path, number: int) -> None:
    """What will happen is told before it does; nothing happens without a yes."""
    no = sequencer(root, "sends", "resolve", str(number), "--again", said="n\n")
    assert no.exit_code == 1
    assert "there twice" in no.stderr
    assert "\x1b" not in no.stderr
    assert len(answer(root, "sends", "unknown")) == 1
    yes = sequencer(root, "sends", "resolve", str(number), "--sent", "--by", "Eva", said="y\n")
    assert yes.exit_code == 0
    assert "counts as sent" in yes.stdout
    assert answer(root, "sends", "unknown") == []
    assert "counted as sent by Eva" in sequencer(root, "log", ZOE).stdout


def test_json(root: Path, number: int) -> None:
    """A program says yes beforehand, and reads what became of it."""
    done = answer(root, "sends", "resolve", str(number), "--drop", "--yes")
    assert (done["number"], done["state"]) == (number, "cancelled")


def test_no_word(root: Path, number: int) -> None:
    """Without one of the three words nothing is guessed."""
    done = sequencer(root, "sends", "resolve", str(number))
    assert done.exit_code == 2
    assert "--sent, --again or --drop" in done.stderr


@pytest.mark.parametrize("words", [("--sent", "--drop"), ("--again", "--sent", "--drop")])
def test_several_words(root: Path, number: int, words: tuple[str, ...]) -> None:
    """Of words that contradict each other none is taken, also where nobody is asked."""
    done = sequencer(root, "sends", "resolve", str(number), *words, "--yes")
    assert done.exit_code == 2
    assert "one of --sent, --again or --drop" in done.stderr
    assert len(answer(root, "sends", "unknown")) == 1


@pytest.fixture
def unreachable(tmp_path: Path) -> Path:
    """A mailbox whose servers do not listen."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    settings = tmp_path / "config/sequencer.yaml"
    settings.parent.mkdir()
    settings.write_text(SETTINGS.format(port=port))
    (tmp_path / ".sequencer").mkdir()
    (tmp_path / ".sequencer/secret.key").write_text("0123456789abcdef0123456789abcdef\n")
    return tmp_path


def test_a_mailbox_that_cannot_be_reached(unreachable: Path) -> None:
    """It is said what failed, where and what to look at; and the command fails."""
    done = sequencer(unreachable, "mailbox", "check")
    assert done.exit_code == 1
    assert "ana <ana@seller.example>" in done.stdout
    assert done.stdout.count("failed: ") == 2
    assert done.stdout.count("hint: ") == 2
    assert "parked for a person" in done.stdout
    assert "Traceback" not in done.output
    [found] = answer(unreachable, "mailbox", "check", "ana", "--no-probe")
    assert (found["ok"], found["known"], found["resends"]) == (False, None, False)


def test_a_mailbox_nobody_has(unreachable: Path) -> None:
    """A name that is not in the settings is answered with those that are."""
    done = sequencer(unreachable, "mailbox", "check", "luis")
    assert done.exit_code == 2
    assert "There are: ana" in done.stderr
