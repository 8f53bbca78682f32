"""A workspace moves to a PostgreSQL server and back by command, as the how-to says."""

import json
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from click.testing import CliRunner
from servers.databases import Databases

from sequencer.cli.main import cli

SETTINGS = Path("config/sequencer.yaml")


def done(root: Path, *arguments: str) -> str:
    result = CliRunner().invoke(cli, ["--workspace", str(root), *arguments], obj={})
    assert result.exit_code == 0, result.output
    return result.stdout


def answer(root: Path, *arguments: str) -> Any:
    return json.loads(done(root, *arguments, "--json"))


def use(root: Path, url: str) -> None:
    """Set the database in the settings of a workspace."""
    lines = (root / SETTINGS).read_text().splitlines()
    kept = [line for line in lines if not line.startswith("database:")]
    (root / SETTINGS).write_text("\n".join([f"database: {url}", *kept, ""]))


def test_there_and_back(postgres_server: Databases, tmp_path: Path) -> None:
    """At each place everything is as it was, and new people get numbers that nobody had."""
    done(tmp_path, "init")
    rows = (tmp_path / "config/prospects.csv").read_text("utf-8").splitlines(keepends=True)
    leads = tmp_path / "leads.csv"
    leads.write_text("".join(row for row in rows if ",customer," not in row), "utf-8")
    done(tmp_path, "apply")
    done(tmp_path, "import", str(leads))
    done(tmp_path, "enroll", "fintech-intro", "--all")
    proved = answer(tmp_path, "verify")
    server = sa.make_url(postgres_server.new()).set(drivername="postgresql").render_as_string()
    for url in (server, "sqlite:///back.db"):
        moved = answer(tmp_path, "db", "move", url, "--yes")
        assert "moved to" in answer(tmp_path, "db", "check")["held"]
        use(tmp_path, moved["target"])
        assert answer(tmp_path, "verify") == proved
        found = answer(tmp_path, "db", "check")
        assert (found["held"], found["problem"]) == ("", "")
        assert found["rows"] == {name: each["rows"] for name, each in moved["tables"].items()}
        new = tmp_path / "new.csv"
        new.write_text(f"email,first_name\nnew@{len(url)}.example,New\n")
        assert "1 added" in done(tmp_path, "import", str(new))
