"""What goes wrong beside a command is logged: on standard error, without the values at hand."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from click.testing import CliRunner, Result

from sequencer.cli.main import cli
from sequencer.files.workspace import OPT_OUTS

ZOE = "zoe@buyer.example"


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """The next test logs as if no command had run."""
    yield
    structlog.reset_defaults()


def run(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--workspace", str(root), *arguments], obj={})


def test_an_error_shows_no_values(tmp_path: Path) -> None:
    """An answer stays whole while something fails beside it, and no variable's value is told."""
    assert run(tmp_path, "init").exit_code == 0
    (tmp_path / OPT_OUTS).mkdir()
    done = run(tmp_path, "suppress", "add", ZOE, "--json")
    assert json.loads(done.stdout)[0]["new"] is True
    assert "event=opt_out_not_logged" in done.stderr
    assert ZOE not in done.stderr
