"""From an edit to a plan, somebody's word, and what runs; command by command."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sequencer.cli.main import cli


def sequencer(root: Path, *arguments: str) -> Result:
    """What a command in that workspace came to; whatever nobody foresaw is raised."""
    command = ["--workspace", str(root), *arguments]
    return CliRunner().invoke(cli, command, obj={}, catch_exceptions=False)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace in which everything runs and everybody of the example is enrolled."""
    assert sequencer(tmp_path, "init").exit_code == 0
    assert sequencer(tmp_path, "apply", "--yes").exit_code == 0
    people = str(tmp_path / "config/prospects.csv")
    assert sequencer(tmp_path, "import", people).exit_code == 0
    assert sequencer(tmp_path, "enroll", "fintech-intro", "--all").exit_code in {0, 5}
    return tmp_path


def edit(root: Path, old: str, new: str) -> None:
    """Another text in the file of the cadence."""
    [path] = [
        path
        for path in (root / "config/cadences").iterdir()
        if "cadence: fintech-intro" in path.read_text("utf-8") and ".test." not in path.name
    ]
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_edit_becomes_a_plan(root: Path) -> None:
    """There is something to apply after an edit, and nothing after it was applied."""
    assert sequencer(root, "plan", "--detailed-exitcode").exit_code == 0
    edit(root, "title:", "title: Other ")
    planned = sequencer(root, "plan", "--detailed-exitcode", "--migrate", "fintech-intro")
    assert planned.exit_code == 4
    assert "~ fintech-intro: changed" in planned.output
    applied = sequencer(root, "apply", "--yes", "--migrate", "fintech-intro", "--json")
    assert applied.exit_code == 0
    done = {each["slug"]: each for each in json.loads(applied.stdout)}
    assert done["fintech-intro"]["moved"] > 0
    assert sequencer(root, "plan", "--detailed-exitcode").exit_code == 0


def test_plan_file_is_refused_when_files_moved(root: Path) -> None:
    """A plan that was written down is applied only as long as the files are the same."""
    edit(root, "title:", "title: Other ")
    file = root / "plan.json"
    assert sequencer(root, "plan", "--out", str(file)).exit_code == 0
    edit(root, "title: Other", "title: Third")
    refused = sequencer(root, "apply", str(file), "--yes")
    assert refused.exit_code == 3
    assert "fintech-intro: its files have changed since" in refused.output
    edit(root, "title: Third", "title: Other")
    assert sequencer(root, "apply", str(file), "--yes").exit_code == 0


def test_many_mails_need_another_word(root: Path) -> None:
    """Above the limit of the settings nothing is applied until somebody else agrees."""
    settings = root / "config/sequencer.yaml"
    settings.write_text(f"{settings.read_text('utf-8')}\napproval: {{above_mails: 0}}\n", "utf-8")
    edit(root, "title:", "title: Other ")
    file = root / "plan.json"
    move = ["--migrate", "fintech-intro"]
    assert "sequencer approve" in sequencer(root, "apply", "--yes", *move).output
    sequencer(root, "plan", *move, "--out", str(file), "--by", "marta")
    refused = sequencer(root, "apply", str(file), "--yes")
    assert (refused.exit_code, "somebody else has to agree" in refused.output) == (3, True)
    own = sequencer(root, "approve", str(file), "--by", "Marta")
    assert (own.exit_code, "marta's own" in own.output) == (1, True)
    agreed = sequencer(root, "approve", str(file), "--by", "luis", "--json")
    assert json.loads(agreed.stdout)["new"] is True
    assert sequencer(root, "apply", str(file), "--yes").exit_code == 0


def test_limit_is_told_and_lifted(root: Path) -> None:
    """A first live run is shown in the plan until `apply` is run without a limit."""
    edit(root, "title:", "title: Other ")
    applied = sequencer(root, "apply", "--limit", "1", "--yes")
    assert "at most 1 begin" in applied.output
    assert "at most 1 people begin for now" in sequencer(root, "plan").output
    sequencer(root, "apply", "--yes")
    assert "begin for now" not in sequencer(root, "plan").output


@pytest.mark.parametrize(
    "arguments",
    [
        ["plan", "--decide", "fintech-intro=next"],
        ["plan", "--decide", "fintech-intro:intro=delete"],
        ["plan", "--migrate", "nowhere"],
        ["apply", "nowhere.json"],
        ["apply", "plan.json", "--migrate", "fintech-intro"],
    ],
)
def test_wrong_options_are_told(root: Path, arguments: list[str]) -> None:
    """A slip in an option ends with a sentence."""
    done = sequencer(root, *arguments)
    assert done.exit_code in {1, 2, 3}
    assert done.output


def test_broken_file_plans_nothing(root: Path) -> None:
    """With an error in a file there is no plan, for the cadence is not gone."""
    edit(root, "title:", "titel:")
    done = sequencer(root, "plan")
    assert done.exit_code == 3
    assert "Nothing is planned" in done.output
