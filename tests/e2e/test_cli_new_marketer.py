"""What a marketer finds in the folder that `init` has just made, command by command."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sequencer.cli.main import cli

CADENCES = ("customer-upsell", "fintech-intro", "missed-you")


def sequencer(root: Path, *arguments: str) -> Result:
    """What a command in that workspace came to; whatever nobody foresaw is raised."""
    command = ["--workspace", str(root), *arguments]
    return CliRunner().invoke(cli, command, obj={}, catch_exceptions=False)


def answer(root: Path, *arguments: str) -> Any:
    """The one JSON value that it printed, and nothing else."""
    done = sequencer(root, *arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which nothing but `init` was done."""
    folder = tmp_path_factory.mktemp("new")
    assert sequencer(folder, "init").exit_code == 0
    return folder


def test_check(root: Path) -> None:
    """There is no finding at all, not even a warning."""
    assert answer(root, "check")["problems"] == []
    assert sequencer(root, "check", "--strict").exit_code == 0


def test_tests(root: Path) -> None:
    """The tests beside the cadences pass, and each cadence has some."""
    done = sequencer(root, "test")
    assert done.exit_code == 0, done.output
    for slug in CADENCES:
        assert f"{slug}.test.yaml" in done.output


@pytest.mark.parametrize("slug", CADENCES)
def test_simulate(root: Path, slug: str) -> None:
    """What would happen to the people of the example is one JSON object, twice the same."""
    people = str(root / "config/prospects.csv")
    wanted = ["simulate", slug, "--prospects", people, "--days", "60", "--seed", "1"]
    assert isinstance(answer(root, *wanted), dict)
    that_day = [*wanted, "--from", "2026-11-30"]
    assert answer(root, *that_day) == answer(root, *that_day)


def test_schemas(root: Path) -> None:
    """The schemas that the files name are there and up to date."""
    assert "nothing was changed" in sequencer(root, "schema", "--write").output


def test_plan_and_apply(root: Path) -> None:
    """There is something to apply, once; then there is not."""
    before = sequencer(root, "plan", "--detailed-exitcode")
    assert before.exit_code == 4, before.output
    assert all(slug in before.output for slug in CADENCES)
    applied = sequencer(root, "apply", "--yes")
    assert applied.exit_code == 0, applied.output
    after = sequencer(root, "plan", "--detailed-exitcode")
    assert after.exit_code == 0, after.output
    ran = answer(root, "history")["ran"]
    assert sorted(each["applied"]["slug"] for each in ran) == list(CADENCES)
    assert all(each["applied"]["by"] for each in ran)


def test_init_again(root: Path) -> None:
    """A workspace that is there is left alone, to the last file."""
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*") if path.is_file()}
    assert "nothing was changed" in sequencer(root, "init").output
    kept = answer(root, "init")
    assert kept["written"] == []
    assert "config/cadences/intro.yaml" in kept["kept"]
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_a_file_of_mine(tmp_path: Path) -> None:
    """What somebody wrote before `init` stays, and is told to stay."""
    mine = tmp_path / "config/cadences/intro.yaml"
    mine.parent.mkdir(parents=True)
    mine.write_text("# mine\n")
    assert "1 file was there already and was left alone" in sequencer(tmp_path, "init").output
    assert mine.read_text() == "# mine\n"


def test_deleted_examples(tmp_path: Path) -> None:
    """An example that was deleted stays away; a key that is missing is written, with a warning."""
    sequencer(tmp_path, "init")
    example, key = tmp_path / "config/cadences/missed-you.yaml", tmp_path / ".sequencer/secret.key"
    example.unlink()
    assert "nothing was changed" in sequencer(tmp_path, "init").output
    before = key.read_text()
    key.unlink()
    told = sequencer(tmp_path, "init").output
    assert ".sequencer/" in told
    assert "bring its key" in told
    assert not example.exists()
    assert key.read_text() != before


def test_out_of_use_and_back(tmp_path: Path) -> None:
    """A cadence is taken out of use and back; each command says what it did."""
    sequencer(tmp_path, "init")
    assert sequencer(tmp_path, "archive", "missed-you").exit_code == 1
    assert sequencer(tmp_path, "apply", "--yes").exit_code == 0
    away = sequencer(tmp_path, "archive", "missed-you")
    assert away.exit_code == 0
    assert "takes nobody in any more" in away.output
    assert "Remove config/cadences/missed-you.yaml" in away.output
    assert "nothing was changed" in sequencer(tmp_path, "archive", "missed-you").output
    assert "draining since" in sequencer(tmp_path, "status").output
    people = str(tmp_path / "config/prospects.csv")
    sequencer(tmp_path, "import", people)
    refused = sequencer(tmp_path, "enroll", "missed-you", "grace.holloway@hudson-ledger.example")
    assert "cadence_draining" in refused.output
    back = answer(tmp_path, "archive", "missed-you", "--undo")
    assert (back["slug"], back["changed"]) == ("missed-you", True)
    again = sequencer(tmp_path, "archive", "missed-you", "--undo")
    assert "takes people in, nothing was changed" in again.output


def test_what_changed(tmp_path: Path) -> None:
    """After an edit was applied, history names the two versions and what differs."""
    sequencer(tmp_path, "init")
    sequencer(tmp_path, "apply", "--yes")
    file = tmp_path / "templates/fintech-intro/last-mail.md"
    file.write_text(file.read_text("utf-8").replace("to you about this", "about this"), "utf-8")
    sequencer(tmp_path, "apply", "--yes")
    ran = answer(tmp_path, "history", "fintech-intro")["ran"]
    assert [each["is_current"] for each in ran] == [True, False]
    told = sequencer(tmp_path, "history", "fintech-intro", "--diff").output.splitlines()
    assert "-I will not write to you about this again." in told
    assert "+I will not write about this again." in told
    first = ran[1]["applied"]["version_hash"]
    changed = answer(tmp_path, "history", "fintech-intro", "--diff", first[:8])
    assert [each["file"] for each in changed["templates"]] == ["last-mail.md"]
    page = sequencer(tmp_path, "history", "--limit", "2").output
    assert "There is more: --below" in page


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("history", "--diff"), "--diff needs the name of a cadence"),
        (("history", "fintech-intro", "abcd"), "compared with --diff"),
        (("history", "fintech-intro", "--diff", "a", "b", "c"), "no more"),
        (("schema",), "Which one?"),
        (("schema", "cadence", "--write"), "leave the kind out"),
        (("schema", "mailbox"), "not one of"),
    ],
)
def test_wrong_usage(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    """What cannot be meant is a usage error with a sentence."""
    sequencer(tmp_path, "init")
    done = sequencer(tmp_path, *arguments)
    assert done.exit_code == 2
    assert said in done.output


def test_schema_on_its_own(tmp_path: Path) -> None:
    """A schema is printed anywhere, without a workspace."""
    done = sequencer(tmp_path, "schema", "cadence")
    assert json.loads(done.stdout)["properties"]["cadence"]
    assert list(tmp_path.iterdir()) == []
