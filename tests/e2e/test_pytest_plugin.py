"""pytest collects the cadence tests of a workspace, and leaves every other project alone."""

import subprocess
import sys
from pathlib import Path

import pytest

from sequencer.files.new_workspace import write_workspace
from sequencer.simulation.cadence_tests import find_tests

pytest_plugins = ["pytester"]

QUIET = ("-p", "no:asyncio", "-p", "no:cacheprovider")  # the plugin itself is found as installed
WRONG = """\
cadence: missed-you
begin: 2026-04-30 09:00
tests:
  - test: three mails
    expect: [exactly 3 mails]
"""
TEST_FILE = "missed-you.test.yaml"


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> None:
    """Import now what a run inside this process would import, and forget again, each time."""
    find_tests(Path(__file__).parents[2], {}).rehearsal.close()


@pytest.fixture
def workspace(pytester: pytest.Pytester) -> Path:
    """A workspace with the tests of one cadence."""
    write_workspace(pytester.path, "k" * 64)
    folder = pytester.path / "config" / "cadences"
    for path in folder.glob("*.test.yaml"):
        if path.name != TEST_FILE:
            path.unlink()
    return folder


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest_inprocess(*QUIET, *arguments)


def test_collected(pytester: pytest.Pytester, workspace: Path) -> None:
    """Without any conftest each test of the workspace is one of pytest."""
    assert workspace.is_dir()
    result = run(pytester, "-v")
    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(["*missed-you.test.yaml::an answer ends it PASSED*"])


def test_chosen(pytester: pytest.Pytester, workspace: Path) -> None:
    """One file, or one test by a part of its name."""
    run(pytester, str(workspace / TEST_FILE), "-k", "Mexico").assert_outcomes(
        passed=1, deselected=3
    )


def test_failure(pytester: pytest.Pytester, workspace: Path) -> None:
    """A failure tells the story, not where in our code it was noticed."""
    (workspace / TEST_FILE).write_text(WRONG, encoding="utf-8")
    result = run(pytester)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*missed-you: three mails*",
            "  config/cadences/missed-you.test.yaml:5:14",
            "    expected: exactly 3 mails",
            "    instead: 2 mails: missed-you on Thu 30 Apr *",
            "  What happened, *",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*pytest_plugin.py*")


def test_mistake_in_a_file(pytester: pytest.Pytester, workspace: Path) -> None:
    """A file with a mistake is an error of collection, told with its line."""
    (workspace / TEST_FILE).write_text(WRONG.replace("exactly", "exatly"), encoding="utf-8")
    result = run(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["config/cadences/missed-you.test.yaml:5:14: *`exatly`*"])


def test_mistake_in_the_settings(pytester: pytest.Pytester, workspace: Path) -> None:
    """So is one in the settings."""
    (workspace.parent / "sequencer.yaml").write_text("workspace: 7\n", encoding="utf-8")
    result = run(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["config/sequencer.yaml:1:*"])


@pytest.mark.parametrize(
    "path", ["a.test.yaml", "config/a.test.yaml", "config/cadences/a.test.yaml", "test.yaml"]
)
def test_other_projects(pytester: pytest.Pytester, path: str) -> None:
    """A file of that name is none of ours where there is no workspace."""
    target = pytester.path / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("- anything\n", encoding="utf-8")
    pytester.makepyfile("def test_own():\n    assert True\n")
    run(pytester).assert_outcomes(passed=1)


def test_nothing_heavy_is_imported(tmp_path: Path) -> None:
    """Where nothing is collected, pytest starts with none of our modules but this one."""
    heavy = ("pydantic", "sqlalchemy", "ruamel", "jinja2", "click", "structlog", "rich")
    (tmp_path / "conftest.py").write_text(
        "import sys\n"
        "def pytest_sessionfinish():\n"
        f"    print('loaded:', sorted({heavy!r} & sys.modules.keys()))\n".replace(
            repr(heavy), repr(set(heavy))
        ),
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-s", "-p", "sequencer.cli.pytest_plugin"],
        cwd=tmp_path,
        env={"PATH": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "loaded: []" in done.stdout, done.stdout + done.stderr
