"""The database on the command line: look at it, move it, and what keeps it from being moved."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sequencer.adapters.instance_lock import InstanceLock
from sequencer.cli.main import cli

SECRET = "a-password"


def run(root: Path, *arguments: str, say: str = "") -> Result:
    result = CliRunner().invoke(cli, ["--workspace", str(root), *arguments], input=say, obj={})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def done(root: Path, *arguments: str, say: str = "") -> str:
    result = run(root, *arguments, say=say)
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(root: Path, *arguments: str, say: str = "") -> str:
    result = run(root, *arguments, say=say)
    assert result.exit_code != 0
    assert SECRET not in result.output
    return result.stderr


def answer(root: Path, *arguments: str) -> Any:
    return json.loads(done(root, *arguments, "--json"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace with all leads of the example enrolled."""
    done(tmp_path, "init")
    done(tmp_path, "apply")
    rows = (tmp_path / "config/prospects.csv").read_text("utf-8").splitlines(keepends=True)
    leads = tmp_path / "leads.csv"
    leads.write_text("".join(row for row in rows if ",customer," not in row), "utf-8")
    done(tmp_path, "import", str(leads))
    done(tmp_path, "enroll", "fintech-intro", "--all")
    return tmp_path


def use(root: Path, url: str) -> None:
    """Set the database, as the last words of a move say."""
    settings = root / "config/sequencer.yaml"
    settings.write_text(f"database: {url}\n{settings.read_text()}")


def test_look(root: Path) -> None:
    """What the database is, how much is in it, and that it can be written to."""
    said = done(root, "db", "check")
    assert "SQLite" in said
    assert "25  enrollment" in said
    assert "It can be written to." in said
    found = answer(root, "db", "check")
    assert (found["rows"]["prospect"], found["revision"]) == (25, "0001")
    assert (found["held"], found["problem"]) == ("", "")
    assert found["size_bytes"] > 0


def test_only_look_whether_it_can_be_moved(root: Path) -> None:
    """A dry run tells how much there is, and leaves nothing behind."""
    before = sorted(root.rglob("*"))
    assert "25  prospect" in done(root, "db", "move", "sqlite:///other.db", "--dry-run")
    ahead = answer(root, "db", "move", "sqlite:///other.db", "--dry-run")
    assert ahead["target"] == f"sqlite:///{root}/other.db"
    assert sorted(root.rglob("*")) == before


def test_move(root: Path) -> None:
    """Everything is at the new place, proved as before, and the old one sends nothing more."""
    before = answer(root, "verify")
    status = answer(root, "status")
    said = done(root, "db", "move", "sqlite:///other.db", say="y\n")
    assert "read again and found the same" in said
    assert f"set `database: sqlite:///{root}/other.db`" in said
    said = done(root, "db", "check")
    assert f"Nothing is sent: everything was moved to sqlite:///{root}/other.db" in said
    use(root, "sqlite:///other.db")
    assert answer(root, "verify") == before
    assert answer(root, "status")["enrollments"] == status["enrollments"]
    assert answer(root, "db", "check")["held"] == ""
    third = answer(root, "db", "move", "sqlite:///third.db", "--yes")
    assert third["tables"]["prospect"]["rows"] == 25
    assert len(third["tables"]["prospect"]["digest"]) == 64


def test_what_was_moved_is_not_let_go(root: Path) -> None:
    """Nobody is told to release the old database, and nobody does it by mistake."""
    done(root, "db", "move", "sqlite:///other.db", "--yes")
    where = f"sqlite:///{root}/other.db"
    told = " ".join(done(root, "status").split())
    assert f"To do: set `database:` to {where}." in told
    assert "reconcile" not in told
    for more in (["--yes"], ["--yes", "--since", "2026-01-01"], ["--dry-run"]):
        assert f"set `database:` to {where}" in refused(root, "reconcile", *more)
    assert answer(root, "db", "check")["held"].startswith("everything was moved to")
    assert "was moved" not in refused(root, "reconcile", "--force", "--yes")


def test_a_server_that_is_away(root: Path) -> None:
    """A script that looks at the database reads why it cannot be looked at."""
    use(root, "postgresql://ana@127.0.0.1:1/name")
    result = run(root, "db", "check", "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert list(found) == ["problem"]
    assert "127.0.0.1" in found["problem"]
    assert "127.0.0.1" in refused(root, "db", "check")


def test_second_thoughts(root: Path) -> None:
    """Whoever says no has moved nothing; a script has to have said yes before."""
    assert "Aborted" in refused(root, "db", "move", "sqlite:///other.db", say="n\n")
    assert "give --yes or --dry-run" in refused(root, "db", "move", "sqlite:///other.db", "--json")
    assert answer(root, "db", "check")["held"] == ""
    assert not (root / "other.db").exists()


def test_while_a_daemon_runs(root: Path) -> None:
    """Neither from under a daemon nor to where one works."""
    with InstanceLock(root / ".sequencer/sequencer.db"):
        assert "is in use by process" in refused(root, "db", "move", "sqlite:///o.db", "--yes")
    with InstanceLock(root / "o.db"):
        assert "is in use by process" in refused(root, "db", "move", "sqlite:///o.db", "--yes")
    assert answer(root, "db", "check")["held"] == ""


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite:///.sequencer/sequencer.db", "is the database that is in use already"),
        ("sqlite:///no/folder/o.db", "there is no folder"),
        ("sqlite://", "a file is expected"),
        (f"mysql://ana:{SECRET}@host/name", "the address of a database is expected"),
        (f"postgresql://ana:{SECRET}@127.0.0.1:1/name", "postgresql://ana@127.0.0.1:1/name"),
        (f"postgresql://127.0.0.1:1/name?password={SECRET}", "postgresql://127.0.0.1:1/name"),
        (f"postgresql://ana:p@{SECRET}@127.0.0.1/name", "as %40"),
        (f"postgresql://ana:p/{SECRET}@127.0.0.1/name", "as %40"),
        (f"postgresql://ana:{SECRET}", "the address of a database is expected"),
    ],
)
def test_where_it_cannot_go(root: Path, url: str, words: str) -> None:
    """An address that leads nowhere is refused in a sentence, and without its password."""
    assert words in refused(root, "db", "move", url, "--yes")
    assert answer(root, "db", "check")["held"] == ""
