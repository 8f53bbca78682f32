"""Who takes meetings, at the command line."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sequencer.cli.main import cli

SPANISH = "lucia.marin@banco-encina.example"
HOLIDAY, WORKDAY = "2030-05-01 10:00", "2030-05-02 10:00"


def sequencer(root: Path, *arguments: str) -> Result:
    """Run one command in a workspace."""
    return CliRunner().invoke(cli, ["--workspace", str(root), *arguments], obj={})


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The example workspace with its people."""
    assert sequencer(tmp_path, "init").exit_code == 0
    people = str(tmp_path / "config" / "prospects.csv")
    assert sequencer(tmp_path, "import", people).exit_code == 0
    return tmp_path


def test_who_takes_what(root: Path) -> None:
    """Every rep is told with what they take and have, for people and for programs."""
    told = sequencer(root, "reps")
    assert told.exit_code == 0
    for words in ("marta", "ES or PT", "0 of 8", "never", "Meetings are given by: owner, then"):
        assert words in told.stdout
    found = {each["name"]: each for each in json.loads(sequencer(root, "reps", "--json").stdout)}
    assert found["diego"]["weight"] == 2
    assert found["marta"]["most_per_week"] == 8
    assert found["marta"]["calendars"] == []


def test_try(root: Path) -> None:
    """A trial says who would get the meeting, and why everybody else would not."""
    told = sequencer(root, "reps", "try", SPANISH, "--at", WORKDAY)
    assert told.exit_code == 0
    assert "marta: territory ES or PT." in told.stdout
    assert "diego: takes AR or CO or MX alone" in told.stdout
    found = json.loads(sequencer(root, "reps", "try", SPANISH, "--json").stdout)
    assert found["rep"] == "marta"
    assert found["passed_over"] == [{"rep": "diego", "why": "takes AR or CO or MX alone"}]


def test_nobody(root: Path) -> None:
    """Where nobody can, that is said, with the reason of each."""
    told = sequencer(root, "reps", "try", SPANISH, "--at", HOLIDAY)
    assert "Nobody would get it" in told.stdout
    assert "marta: Labour Day, ES" in told.stdout
    found = json.loads(sequencer(root, "reps", "try", SPANISH, "--at", HOLIDAY, "--json").stdout)
    assert found["rep"] is None


def test_refused(root: Path) -> None:
    """A stranger and a time that is none are told as such."""
    assert "nobody@bank.example" in sequencer(root, "reps", "try", "nobody@bank.example").output
    assert sequencer(root, "reps", "try", "nobody@bank.example").exit_code == 1
    refused = sequencer(root, "reps", "try", SPANISH, "--at", "soon")
    assert refused.exit_code == 2
    assert "--at: 'soon'" in refused.output


def test_nothing_in_the_settings(root: Path) -> None:
    """Without reps, or without a way, it is said where to begin."""
    path = root / "config" / "sequencer.yaml"
    text = path.read_text()
    path.write_text(text[: text.index("\nhandover:")])
    assert "`handover.to` is empty" in sequencer(root, "reps").stdout
    assert "`handover.to` is empty" in sequencer(root, "reps", "try", SPANISH).stdout
    path.write_text(text[: text.index("\nreps:")])
    assert sequencer(root, "reps").stdout.startswith("No rep is in the settings: see docs/how-to/")
    assert json.loads(sequencer(root, "reps", "--json").stdout) == []
