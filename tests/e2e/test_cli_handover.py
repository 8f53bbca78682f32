"""Meetings that are given to reps, on the command line: from the booking to the answer."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sequencer.adapters.clock import SystemClock
from sequencer.bootstrap import open_workspace
from sequencer.cli.main import cli
from sequencer.store import notices

ZOE = "zoe@buyer.example"
PEOPLE = f"email,first_name,company,phone,timezone\n{ZOE},Zoe,Buyer,+34 91 1234567,Europe/Madrid\n"
MAILBOX = """\
mailboxes:
  ana:
    address: ana@seller.example
    name: Ana Ruiz
    smtp: {host: smtp.seller.example}
    imap: {host: imap.seller.example}
"""
SETTINGS = """\
reps:
  omar: {name: Omar Haddad, address: omar@field.example, timezone: America/New_York}
  petra: {name: Petra Lang, address: petra@field.example, timezone: Europe/Berlin}
handover:
  to: [omar, petra]
"""


def run(root: Path, *arguments: str) -> Result:
    result = CliRunner().invoke(cli, ["--workspace", str(root), *arguments], obj={})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def done(root: Path, *arguments: str) -> str:
    result = run(root, *arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(root: Path, *arguments: str) -> str:
    result = run(root, *arguments)
    assert result.exit_code == 1
    return result.stderr


def answer(root: Path, *arguments: str) -> Any:
    return json.loads(done(root, *arguments, "--json"))


def write(root: Path, settings: str) -> None:
    (root / "config/sequencer.yaml").write_text(settings)


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A workspace with one person in it, and no reps."""
    done(tmp_path, "init")
    write(tmp_path, MAILBOX)
    (tmp_path / "people.csv").write_text(PEOPLE)
    done(tmp_path, "import", str(tmp_path / "people.csv"))
    return tmp_path


@pytest.fixture
def root(empty: Path) -> Path:
    """The same with two reps and a meeting, which is offered to the first."""
    write(empty, MAILBOX + SETTINGS)
    at = f"{SystemClock().now() + timedelta(days=30):%Y-%m-%d} 10:00"
    done(empty, "meeting", "book", ZOE, "--at", at, "--place", "Calle Mayor 1")
    return empty


def test_nothing_yet(empty: Path) -> None:
    """An empty list says why it is empty, and what is not there is not there."""
    assert "have no `handover:`" in done(empty, "handover", "list")
    assert answer(empty, "handover", "list") == []
    write(empty, MAILBOX + SETTINGS)
    assert "No meeting has been handed over yet." in done(empty, "handover", "list")
    for arguments in (("show", "1"), ("accept", "1"), ("refuse", "1")):
        assert "no handover 1" in refused(empty, "handover", *arguments)
    assert "no meeting 7" in refused(empty, "handover", "offer", "7")


def test_list_and_show(root: Path) -> None:
    """Who has which meeting, and all that the rep was told, in both zones."""
    listed = done(root, "handover", "list")
    for words in ("omar", "offered until", "New York time", "Buyer", "sequencer handover show 1"):
        assert words in listed
    assert done(root, "handover", "list", "--rep", "petra").startswith("No meeting")
    page = done(root, "handover", "show", "1")
    for words in (
        "meeting 1 for Omar Haddad, offered until",
        "Calle Mayor 1",
        "+34 91 1234567, zoe@buyer.example",
        "New York time",
        "Madrid time",
        "waits, to omar@field.example",
        "sequencer handover accept 1",
    ):
        assert words in page
    found = answer(root, "handover", "show", "1")
    assert found["handover"]["record"]["phone"] == "+34 91 1234567"
    assert found["mails"][0]["recipient"] == "omar@field.example"
    [line] = answer(root, "handover", "list", "--open")
    assert (line["rep"], line["state"], line["meeting_state"]) == ("omar", "offered", "booked")


def test_answers(root: Path) -> None:
    """A rep gives it back, the next one takes it; what is over is refused with its reason."""
    assert done(root, "handover", "refuse", "1", "--because", "ill") == (
        "Handover 1 is given back.\n"
    )
    assert "given back already" in refused(root, "handover", "accept", "1")
    assert answer(root, "handover", "accept", "2")["state"] == "accepted"
    assert "accepted" in done(root, "handover", "list", "--open")
    assert "given back by" in done(root, "log", ZOE)
    assert "petra has this meeting" in refused(root, "handover", "offer", "1", "--rep", "petra")
    offered = done(root, "handover", "offer", "1", "--rep", "omar", "--because", "he is back")
    assert offered == "Meeting 1 is offered to Omar Haddad: handover 3.\n"
    assert "did you mean `petra`?" in refused(root, "handover", "offer", "1", "--rep", "petar")
    found = answer(root, "handover", "offer", "1", "--rep", "petra")
    assert (found["number"], found["rep"]) == (4, "petra")


def test_what_a_client_sees(root: Path) -> None:
    """What is our own is not there for a client."""
    assert answer(root, "handover", "list", "--client", "acme") == []
    assert "no handover 1" in refused(root, "handover", "show", "1", "--client", "acme")


def test_cancelled(root: Path) -> None:
    """A meeting that is called off is nobody's."""
    done(root, "meeting", "cancel", "1", "--by", "invitee")
    assert "withdrawn" in done(root, "handover", "list")
    assert "is cancelled: nobody can take it" in refused(root, "handover", "offer", "1")
    assert "taken back" in refused(root, "handover", "accept", "1")
    assert "Mails to the rep:\n  none yet" in done(root, "handover", "show", "1")


def test_a_mail_that_was_sent(root: Path) -> None:
    """What became of the mail stands with the handover."""
    workspace = open_workspace(root, {})
    now = workspace.clock.now()
    with workspace.database.write() as connection:
        [number] = [waiting.id for waiting in [notices.due(connection, "ana", now)] if waiting]
        assert notices.hand(connection, number, now)
        notices.end(connection, notices.Tried(number, now), "accepted", now)
    workspace.close()
    assert "to omar@field.example: accepted" in done(root, "handover", "show", "1")
