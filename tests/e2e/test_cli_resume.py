"""Resuming many: the plan is shown before it is confirmed, for people and for programs."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sequencer.cli.main import cli

PEOPLE = [f"p{number:02}@firm{number}.example" for number in range(12)]
SHOWN = "First mail "


def sequencer(root: Path, *arguments: str, said: str = "") -> Result:
    """Run one command in a workspace, and say something to its questions."""
    options = ["--workspace", str(root), *arguments]
    return CliRunner().invoke(cli, options, obj={}, input=said)


def answer(root: Path, *arguments: str) -> Any:
    """The JSON that a command prints."""
    return json.loads(sequencer(root, *arguments, "--json").stdout)


@pytest.fixture
def paused(tmp_path: Path) -> Path:
    """Twelve people who are paused."""
    rows = [f"{email},Zoe,Ferrer,Buyer,Europe/Madrid" for email in PEOPLE]
    people = tmp_path / "people.csv"
    people.write_text("email,first_name,last_name,company,timezone\n" + "\n".join(rows) + "\n")
    commands: tuple[tuple[str, ...], ...] = (
        ("init",),
        ("apply",),
        ("import", str(people)),
        ("enroll", "fintech-intro", "--all"),
        *(("pause", email) for email in PEOPLE),
    )
    for command in commands:
        assert sequencer(tmp_path, *command).exit_code == 0, command
    return tmp_path


def running(root: Path) -> int:
    """How many people are not paused."""
    rows = answer(root, "status")["enrollments"]
    return sum(row["number"] for row in rows if row["state"] == "active")


def test_plan_and_question(paused: Path) -> None:
    """Nothing happens before somebody has said yes, and a dry run does not even ask."""
    dry = sequencer(paused, "resume", "--cadence", "fintech-intro", "--dry-run")
    assert dry.exit_code == 0
    assert SHOWN in dry.stdout
    assert "▇" in dry.stdout
    no = sequencer(paused, "resume", "--all", said="n\n")
    assert no.exit_code == 1
    assert SHOWN in no.stdout
    assert running(paused) == 0
    yes = sequencer(paused, "resume", "--all", said="y\n")
    assert yes.exit_code == 0
    assert "12 enrollments resumed." in yes.stdout
    assert running(paused) == 12


def test_for_programs(paused: Path) -> None:
    """The plan as JSON: per day and mailbox, the first and the last; `--yes` asks nothing."""
    plan = answer(paused, "resume", "--reason", "manual", "--dry-run")
    assert plan["resumed"] == 0
    assert plan["plan"]["enrollments"] == 12
    assert plan["plan"]["left_out"] == 0
    assert sum(day["mails"] for day in plan["plan"]["days"]) == 12
    assert plan["plan"]["first_at"] <= plan["plan"]["last_at"]
    done = answer(paused, "resume", PEOPLE[0], PEOPLE[1], "--yes")
    assert done["resumed"] == 2
    assert running(paused) == 2


def test_one_needs_no_question(paused: Path) -> None:
    """Who names one person means that person."""
    done = sequencer(paused, "resume", PEOPLE[3])
    assert "1 enrollment resumed." in done.stdout
    assert "nothing was changed" in sequencer(paused, "resume", PEOPLE[3]).stdout
    assert running(paused) == 1


@pytest.mark.parametrize(
    "arguments", [(), ("a@b.example", "--all"), ("--all", "--cadence", "x"), ("--reason", "tired")]
)
def test_unclear_wish(paused: Path, arguments: tuple[str, ...]) -> None:
    """People, or what they have in common, or all; a wish that says two things is refused."""
    assert sequencer(paused, "resume", *arguments).exit_code == 2
    assert running(paused) == 0


def test_usage_in_status(paused: Path) -> None:
    """The status names what a mailbox has used of each limit."""
    shown = sequencer(paused, "status").stdout
    assert "24 h" in shown
    assert "0 of 50" in shown
    usage = answer(paused, "status")["mailboxes"][0]["usage"]
    assert usage["per_hour"] == 10
    assert usage["by_hand_24h"] == 0
