import subprocess
import sys

import pytest

from sequencer.cli.commands import COMMANDS

SLOW = {"alembic", "fastapi", "jinja2", "sqlalchemy", "starlette", "uvicorn"}
SCRIPT = """
import sys
sys.argv = ["sequencer", *{arguments!r}]
from sequencer.__main__ import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print("imported:", *sys.modules)
"""


def imported(*arguments: str) -> set[str]:
    """Modules that are loaded when the command line has run."""
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(arguments=list(arguments))],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(run.stdout.rpartition("imported:")[2].split())


@pytest.mark.parametrize(
    "arguments", [("--help",), ("--version",), *((name, "--help") for name in COMMANDS)]
)
def test_help_imports_nothing_slow(arguments: tuple[str, ...]) -> None:
    """Help and version answer at once: neither database nor web server is imported for them."""
    modules = imported(*arguments)
    assert "sequencer.cli.main" in modules
    assert modules & SLOW == set()
