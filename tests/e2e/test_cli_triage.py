"""Triage and reclassification at the command line: list, show, decide, take back, work through."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from foreign_mails import a_mail, parts

from sequencer.bootstrap import Workspace, open_workspace
from sequencer.cli.main import cli
from sequencer.cli.triage_words import EMPTY
from sequencer.engine.receive import receive
from sequencer.files.language_file import read_language
from sequencer.files.language_rules import load_rules
from sequencer.mail.classify import classify
from sequencer.mail.folder import Folder
from sequencer.store import mailboxes
from sequencer.store.inbound import Place
from sequencer.store.outside_tables import InboundRow

ZOE, ADA = "zoe@bank.example", "ada@mill.example"
AWAY = "Auto-Submitted: auto-replied"


def sequencer(root: Path, *arguments: str, said: str = "") -> Result:
    """Run one command in a workspace, and say something to its questions."""
    result = CliRunner().invoke(cli, ["--workspace", str(root), *arguments], obj={}, input=said)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def done(root: Path, *arguments: str, said: str = "") -> str:
    result = sequencer(root, *arguments, said=said)
    assert result.exit_code == 0, result.output
    return result.stdout


def answer(root: Path, *arguments: str) -> Any:
    """The JSON that a command prints."""
    return json.loads(done(root, *arguments, "--json"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with two people in a cadence."""
    people = tmp_path / "people.csv"
    rows = [f"{ZOE},Zoe,Ferrer,Buyer,Europe/Madrid", f"{ADA},Ada,Mill,Mill,Europe/Madrid"]
    people.write_text("\n".join(["email,first_name,last_name,company,timezone", *rows, ""]))
    for command in (
        ("init",),
        ("apply",),
        ("import", str(people)),
        ("enroll", "fintech-intro", ZOE, ADA),
    ):
        done(tmp_path, *command)
    return tmp_path


def take_in(root: Path, *headers: str, text: str, uid: int = 1) -> None:
    """A mail comes in, as the daemon takes it."""
    workspace = open_workspace(root, {})
    raw = a_mail(*headers, text=text)
    _receive(workspace, raw, uid)
    workspace.close()


def _receive(workspace: Workspace, raw: bytes, uid: int) -> None:
    now = workspace.clock.now() + timedelta(seconds=uid)
    verdict = classify(raw, load_rules())
    with workspace.database.write() as connection:
        mailboxes.ensure(connection, ["ana"])
        place = Place("ana", Folder.INBOX, 1, uid)
        receive(connection, workspace.desk, place, raw, verdict, now)


def invite(address: str) -> tuple[str, ...]:
    """Headers of an invitation, of which nobody knows what it means."""
    return (f"From: {address}", 'Content-Type: text/calendar; method=REQUEST; charset="utf-8"')


EVENT = (
    "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:Talk\x1b[31m\nEND:VEVENT\nEND:VCALENDAR"
)


@pytest.fixture
def doubtful(root: Path) -> Path:
    """A workspace with two mails that a person has to decide about."""
    take_in(root, *invite(ZOE), text=EVENT, uid=1)
    take_in(root, *invite(ADA), text=EVENT, uid=2)
    return root


def states(root: Path) -> list[str]:
    reports = [answer(root, "why", address) for address in (ZOE, ADA)]
    return [report["enrollments"][0]["state"] for report in reports]


def test_nothing_to_triage(root: Path) -> None:
    """An empty list is a sentence for people and an empty list for programs."""
    assert done(root, "triage").strip() == EMPTY
    assert answer(root, "triage") == []
    assert done(root, "triage", "work").strip() == EMPTY
    assert "No decision differs" in done(root, "triage", "suggestions")
    refused = sequencer(root, "triage", "show", "7")
    assert (refused.exit_code, refused.stderr.strip()) == (1, "There is no task 7.")


def test_the_list(doubtful: Path) -> None:
    """Who, since when, the verdict with what shows it, and what waits because of it."""
    [zoe, ada] = answer(doubtful, "triage")
    assert (zoe["sender"], zoe["mailbox"], zoe["verdict"]) == (ZOE, "ana", "calendar")
    assert zoe["evidence"][0]["where"] == "part text/calendar"
    assert zoe["paused"] == [{"prospect": ZOE, "cadence": "fintech-intro"}]
    assert f"sequencer triage decide {ada['number']} reply" in ada["commands"]
    shown = done(doubtful, "triage")
    assert "calendar (certain)" in shown
    assert f"sequencer triage show {zoe['number']}" in shown
    assert "\x1b[31m" not in shown
    assert len(answer(doubtful, "triage", "--mailbox", "ana")) == 2
    assert answer(doubtful, "triage", "--mailbox", "luis") == []
    assert answer(doubtful, "triage", "--rep", "nobody") == []


def test_a_page(doubtful: Path) -> None:
    """The headers, the text as it was written, and the end of the timeline."""
    page = answer(doubtful, "triage", "show", "1")
    assert page["headers"]["from"] == ZOE
    assert page["events"]
    shown = done(doubtful, "triage", "show", "1")
    assert "What happened last:" in shown
    assert "\x1b[31m" not in shown
    assert "sequencer triage decide 1 DECISION" in shown
    assert "sequencer triage decide 1" in done(doubtful, "task", "show", "1")


def test_decide_and_take_back(doubtful: Path) -> None:
    """A decision does what it says, and is taken back as a whole."""
    told = done(doubtful, "triage", "decide", "1", "opt-out", "--by", "Eva", "--because", "phone")
    assert f"{ZOE} gets nothing any more" in told
    assert "sequencer triage undo 1" in told
    assert states(doubtful) == ["finished", "paused"]
    assert "by Eva: phone" in done(doubtful, "log", ZOE)
    assert [row["number"] for row in answer(doubtful, "triage")] == [2]
    assert "open again" in done(doubtful, "triage", "undo", "1")
    assert states(doubtful) == ["paused", "paused"]
    assert done(doubtful, "suppress", "list").count(ZOE) == 0
    again = sequencer(doubtful, "triage", "undo", "1")
    assert again.exit_code == 1
    assert "nothing has been decided" in again.stderr


def test_json(doubtful: Path) -> None:
    """A program reads what followed."""
    decided = answer(doubtful, "triage", "decide", "2", "meeting")
    assert (decided["finished"], decided["decision"]) == (1, "meeting")
    assert answer(doubtful, "triage", "undo", "2")["decision"] is None


def test_dates(doubtful: Path) -> None:
    """A date is read or refused, and never guessed."""
    assert sequencer(doubtful, "triage", "decide", "1", "absence", "--until", "soon").exit_code == 2
    past = sequencer(doubtful, "triage", "decide", "1", "absence", "--until", "2001-01-01")
    assert past.exit_code == 1
    assert "365" in past.stderr
    wrong = sequencer(doubtful, "triage", "decide", "1", "reply", "--until", "2001-01-01")
    assert "no other" in wrong.stderr
    assert "paused, until" in done(doubtful, "triage", "decide", "1", "absence")


def test_work_through(doubtful: Path) -> None:
    """One key for each mail; the last decision is taken back, and asked for once more."""
    told = done(doubtful, "triage", "work", said="?\nr\nu\nx\no\ns\n")
    assert "no more mail to the whole company" in told
    assert "1: taken back." in told
    assert told.rstrip().endswith("1 decided.")
    assert states(doubtful) == ["finished", "paused"]


def test_work_with_a_date(doubtful: Path) -> None:
    """An absence asks for its date; one that is none is asked for again."""
    told = done(doubtful, "triage", "work", said="a\nsoon\na\n\nn\n")
    assert "'soon' is no date" in told
    assert told.rstrip().endswith("2 decided.")
    assert states(doubtful)[0] == "paused"
    assert states(doubtful)[1] in {"active", "pending"}


@pytest.mark.parametrize("said", ["", "q\n", "u\nq\n", "\x00\xff\n" * 20, "x" * 100_000])
def test_work_with_nonsense(doubtful: Path, said: str) -> None:
    """Whatever is typed decides nothing by accident, and the end of it is an end."""
    assert done(doubtful, "triage", "work", said=said).rstrip().endswith("0 decided.")
    assert states(doubtful) == ["paused", "paused"]


def test_suggestions(root: Path) -> None:
    """A decision that the rules would not have made becomes a snippet that a person may edit."""
    text = "Hello,\nI am travelling without any mail until further notice.\nZoe"
    plain = f"Content-Type: text/plain\n\n{text}"
    body = parts(plain, f"Content-Type: text/calendar; method=REQUEST\n\n{EVENT}")
    take_in(root, f"From: {ZOE}", 'Content-Type: multipart/mixed; boundary="b"', text=body)
    done(root, "triage", "decide", "1", "absence")
    [found] = answer(root, "triage", "suggestions")
    assert (found["language"], found["group"], found["wanted"]) == ("en", "absence", True)
    assert found["sentence"] in found["snippet"]
    read = read_language("en", found["snippet"])
    assert read.rules[0].yes == (found["sentence"],)
    assert found["snippet"] in done(root, "triage", "suggestions")


def old_rules(root: Path, **values: object) -> None:
    """Let the mails have been read by other rules."""
    workspace = open_workspace(root, {})
    with workspace.database.write() as connection:
        connection.execute(sa.update(InboundRow).values(version="1-old", **values))
    workspace.close()


def test_reclassify(root: Path) -> None:
    """It shows before it does, asks, and does then; the second time there is nothing to do."""
    ticket = "We have received your message and opened ticket 4711."
    take_in(root, f"From: {ZOE}", AWAY, text=ticket)
    assert "0 mails" in done(root, "reclassify", "--dry-run")
    old_rules(root, raw=a_mail(f"From: {ZOE}", text="Yes, call me."))
    shown = done(root, "reclassify", "--dry-run")
    assert "auto_reply (acknowledgement)" in shown
    assert "stops at once" in shown
    found = answer(root, "reclassify", "--dry-run")
    assert found["counts"]["follows"] == {"stop": 1}
    assert found["changes"][0]["new"]["kind"] == "reply"
    assert states(root)[0] != "finished"
    no = sequencer(root, "reclassify", said="n\n")
    assert no.exit_code == 1
    assert states(root)[0] != "finished"
    assert "1 stopped" in done(root, "reclassify", said="y\n")
    assert states(root)[0] == "finished"
    assert "0 mails" in done(root, "reclassify", "--yes")
    assert answer(root, "reclassify", "--yes", "--all")["counts"]["same"] == 1
    assert sequencer(root, "reclassify", "--json").exit_code == 2


def test_reclassify_since(root: Path) -> None:
    """Mails from before are left; what is no date is refused."""
    take_in(root, f"From: {ZOE}", AWAY, text="We have received your message, ticket 4711.")
    old_rules(root)
    assert answer(root, "reclassify", "--dry-run", "--since", "2999-01-01")["changes"] == []
    assert sequencer(root, "reclassify", "--dry-run", "--since", "soon").exit_code == 2
