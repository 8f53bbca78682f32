"""The booking tools at the command line."""

import json
from pathlib import Path

import pytest
from builders import NOON
from click.testing import CliRunner, Result

from sequencer.bootstrap import booking_sources, open_workspace
from sequencer.cli.main import cli
from sequencer.engine.hooks import apply_delivery, store_delivery
from sequencer.store import hooks

SECRETS = {"SEQUENCER_HOOKS__CALENDLY__SIGNING_KEYS": "a signing key"}


def sequencer(root: Path, *arguments: str) -> Result:
    """Run one command in a workspace."""
    options = ["--workspace", str(root), *arguments]
    return CliRunner(env=SECRETS).invoke(cli, options, obj={})


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace that Calendly reports to, and once sent nonsense to."""
    assert sequencer(tmp_path, "init").exit_code == 0
    workspace = open_workspace(tmp_path, SECRETS)
    sources = booking_sources(workspace.settings)
    with workspace.database.write() as connection:
        store_delivery(connection, sources["calendly"], b"{}", NOON)
        [number] = hooks.waiting(connection)
        apply_delivery(connection, workspace.desk, sources, number, NOON)
    workspace.close()
    return tmp_path


def test_list(root: Path) -> None:
    """Each tool is listed, with what failed and how to try it again, for people and programs."""
    told = sequencer(root, "hooks", "list")
    assert told.exit_code == 0
    for words in ("calendly", "/hooks/calendly", "event is missing", "sequencer hooks again NO"):
        assert words in told.stdout
    found = json.loads(sequencer(root, "hooks", "list", "--json").stdout)
    assert found["sources"][0]["states"] == {"failed": 1}
    assert found["failed"][0]["why"] == "event is missing"
    assert found["calendly"] == []


def test_again(root: Path) -> None:
    """A delivery that failed is put back, once."""
    assert sequencer(root, "hooks", "again", "1").exit_code == 0
    refused = sequencer(root, "hooks", "again", "1")
    assert refused.exit_code == 1
    assert "no delivery 1" in refused.output


def test_ask_without_a_token(root: Path) -> None:
    """Without a token Calendly cannot be asked, and that is said."""
    refused = sequencer(root, "hooks", "list", "--ask")
    assert refused.exit_code == 2
    assert "hooks.calendly.api_token" in refused.output
