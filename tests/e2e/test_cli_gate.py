"""Who may be in a cadence, on the command line: enrol, ask why, give to another rep."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from sequencer.cli.main import cli

HEADINGS = "email,first_name,company,timezone,country,stage,owner,consent\n"
ROWS = (
    "zoe@buyer.example,Zoe,Buyer,Europe/Madrid,US,,ana,\n"
    "kim@client.example,Kim,Client,Europe/Madrid,US,customer,ana,\n"
    "lea@bank.example,Lea,Bank,Europe/Berlin,DE,,luis,\n"
    "tom@bank.example,Tom,Bank,Europe/Berlin,DE,,luis,2026-02-01 trade fair\n"
)
ALL = ["zoe@buyer.example", "kim@client.example", "lea@bank.example", "tom@bank.example"]


def sequencer(root: Path, *arguments: str, code: int = 0) -> str:
    """What a command prints; it has to end with that code."""
    result = CliRunner().invoke(cli, ["--workspace", str(root), *arguments], obj={})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.output


def answer(root: Path, *arguments: str, code: int = 0) -> Any:
    return json.loads(sequencer(root, *arguments, "--json", code=code))


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """The example workspace with four people, nobody enrolled."""
    sequencer(tmp_path, "init")
    people = tmp_path / "people.csv"
    people.write_text(HEADINGS + ROWS)
    sequencer(tmp_path, "import", str(people))
    return tmp_path


def edited(root: Path, old: str, new: str) -> None:
    """Apply the example cadence with one change."""
    path = root / "config/cadences/intro.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    sequencer(root, "apply")


def test_each_gets_an_answer(workspace: Path) -> None:
    """Everybody's reasons are in the answer, as JSON and in words; a dry run changes nothing."""
    sequencer(workspace, "apply")
    for _ in range(2):
        found = answer(workspace, "enroll", "fintech-intro", *ALL, "--dry-run", code=5)
        assert found["dry_run"] is True
        assert found["enrolled"] == [ALL[0], ALL[3]]
        assert {each["prospect"]: each["reasons"][0]["code"] for each in found["refused"]} == {
            ALL[1]: "stage_excluded",
            ALL[2]: "country_needs_consent",
        }
    words = sequencer(workspace, "enroll", "fintech-intro", *ALL, code=5)
    assert (
        "stage_excluded: The cadence is not for people of this stage. (customer, not lead)" in words
    )
    assert "2 enrolled, 2 refused." in words


def test_pending(workspace: Path) -> None:
    """Who waits for room is enrolled, and shown as pending with the reason."""
    edited(workspace, "throttle: {new_per_day: 200}", "throttle: {max_active: 1}")
    words = sequencer(workspace, "enroll", "fintech-intro", ALL[0], ALL[3])
    assert "2 enrolled, 1 of them pending, 0 refused." in words
    assert "1 of 1 are active" in words
    shown = sequencer(workspace, "why", ALL[3])
    assert "throttled" in shown
    assert sequencer(workspace, "status")


def test_starts(workspace: Path) -> None:
    """A start is a date in the workspace's zone, or an instant of its own."""
    sequencer(workspace, "apply")
    found = answer(workspace, "enroll", "fintech-intro", ALL[0], "--starts", "2099-05-04")
    [pending] = found["pending"]
    assert pending["reasons"][0]["code"] == "starts_later"
    until = datetime.fromisoformat(pending["reasons"][0]["until"])
    assert until == datetime.fromisoformat("2099-05-04T00:00+02:00")
    assert "date or a time is expected" in sequencer(
        workspace, "enroll", "fintech-intro", ALL[3], "--starts", "soon", code=2
    )


def test_differences(workspace: Path) -> None:
    """What is different for one person is stored; what does not fit the cadence is refused."""
    sequencer(workspace, "apply")
    options = ["--start-at", "bump", "--wait", "last-mail=2 days", "--set", "company=Bank"]
    sequencer(workspace, "enroll", "fintech-intro", ALL[0], *options)
    assert "bump" in sequencer(workspace, "why", ALL[0])
    wrong = sequencer(workspace, "enroll", "fintech-intro", ALL[3], "--skip", "nothing", code=1)
    assert "no step nothing" in wrong
    for option in (["--wait", "bump"], ["--wait", "bump=soon"], ["--set", "=x"]):
        sequencer(workspace, "enroll", "fintech-intro", ALL[3], *option, code=2)


def test_ownership(workspace: Path) -> None:
    """`--as` says for whom; others' prospects are refused."""
    edited(workspace, "  stages: [lead] ", "  ownership: own\n  stages: [lead] ")
    found = answer(workspace, "enroll", "fintech-intro", ALL[0], ALL[3], "--as", "ana", code=5)
    assert found["enrolled"] == [ALL[0]]
    assert found["refused"][0]["reasons"][0]["code"] == "not_your_prospect"


def test_every_rule(workspace: Path) -> None:
    """Every rule is listed with yes or no, for who runs and for who wants to enter."""
    sequencer(workspace, "apply")
    entering = sequencer(workspace, "why", ALL[1], "--enter", "fintech-intro")
    assert "no   stage_excluded" in entering
    assert "ok   opted_out" in entering
    rules = answer(workspace, "why", ALL[0], "--enter", "fintech-intro", "--as", "ana")["rules"]
    assert all(rule["passes"] for rule in rules)
    sequencer(workspace, "enroll", "fintech-intro", ALL[0])
    shown = sequencer(workspace, "why", ALL[0], "--all")
    assert "ok   suppressed_domain" in shown
    assert "no   sync_stale" in shown
    assert "ok   throttled (asked at: activation)" in shown
    assert len(answer(workspace, "why", ALL[0])["enrollments"][0]["rules"]) > 30
    sequencer(workspace, "why", ALL[0], "--enter", "nothing", code=1)


def test_assign(workspace: Path) -> None:
    """A prospect is given to another rep, by command and by import, with what runs."""
    sequencer(workspace, "apply")
    sequencer(workspace, "enroll", "fintech-intro", ALL[0])
    words = sequencer(workspace, "assign", ALL[0], ALL[1], "--to", "luis")
    assert "zoe@buyer.example: luis's now; 1 cadences and 0 tasks moved." in words
    assert "from luis" in sequencer(workspace, "why", ALL[0])
    assert "to luis: the prospect is luis's now" in sequencer(workspace, "log", ALL[0])
    words = sequencer(workspace, "assign", ALL[0], "--to", "maria")
    assert "maria has no mailbox that works" in words
    people = workspace / "again.csv"
    people.write_text(HEADINGS + ROWS)
    assert "2 have another owner; 1 cadences moved with them." in sequencer(
        workspace, "import", str(people)
    )
    assert answer(workspace, "assign", ALL[0], "--to", "ana") == [
        {"address": ALL[0], "enrollments": 0, "tasks": 0, "stayed": 0}
    ]
    sequencer(workspace, "assign", "nobody@x.example", "--to", "ana", code=1)
    sequencer(workspace, "assign", ALL[0], "--to", " ", code=2)
