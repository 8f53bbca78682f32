"""`sequencer test` as marketing uses it: what it prints, and its exit code."""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner
from golden_text import golden

from sequencer.cli.main import cli
from sequencer.files.phrase_book import EXPECTED, GIVEN

WRONG = """\
cadence: missed-you
begin: 2026-04-30 09:00
prospect: {country: ES, timezone: Europe/Madrid}
tests:
  - test: a second mail on the next morning
    given:
      - reply 2 hours after missed-you
      - cancels on day 2
    expect:
      - missed-you on 30 Apr
      - another-time on 1 May
      - ends as completed
  - test: one mail
    given: [reply 2 hours after missed-you]
    expect: [exactly 1 mail]
"""


class Done(NamedTuple):
    """A command that has ended."""

    returncode: int
    stdout: str
    stderr: str


def sequencer(root: Path, *arguments: str) -> Done:
    """Run one command in a workspace."""
    result = CliRunner().invoke(cli, ["--workspace", str(root), *arguments], obj={})
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Done(result.exit_code, result.stdout, result.stderr)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace as `init` writes it; no database was made."""
    assert sequencer(tmp_path, "init").returncode == 0
    return tmp_path


def write(workspace: Path, text: str) -> Path:
    """Put this into the file of tests of `missed-you`."""
    path = workspace / "config" / "cadences" / "missed-you.test.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_new_workspace_passes(workspace: Path) -> None:
    """What `init` writes holds; no database is made, and nothing is written."""
    done = sequencer(workspace, "test")
    assert done.returncode == 0, done.stdout
    assert re.search(r"(\d+) tests: \1 passed, in ", done.stdout)
    assert sorted(path.name for path in (workspace / ".sequencer").iterdir()) == [
        ".gitignore",
        "secret.key",
    ]


def test_failures(workspace: Path) -> None:
    """What was expected, what happened instead, the line of the file, and the whole story."""
    write(workspace, WRONG)
    done = sequencer(workspace, "test", "missed-you")
    assert done.returncode == 1
    golden("cadence_test_fails.txt", re.sub(r"in \d+\.\d s", "in 0.1 s", done.stdout))


def test_json(workspace: Path) -> None:
    """The same for programs; the story has instants and reasons."""
    write(workspace, WRONG)
    done = sequencer(workspace, "test", "missed-you", "--json")
    found: dict[str, Any] = json.loads(done.stdout)
    assert (done.returncode, found["passed"], found["failed"]) == (1, 1, 1)
    first, second = found["tests"]
    assert (first["passed"], first["line"], first["timezone"]) == (False, 5, "Europe/Madrid")
    assert [(miss["phrase"], miss["line"], miss["column"]) for miss in first["misses"]] == [
        ("cancels on day 2", 8, 9),
        ("another-time on 1 May", 11, 9),
        ("ends as completed", 12, 9),
    ]
    assert {told["kind"] for told in second["story"]} >= {"enrolled", "sent", "finished"}


def test_junit(workspace: Path) -> None:
    """A build server finds every test, and what is wrong with those that fail."""
    write(workspace, WRONG.replace("one mail", "one mail & <more>"))
    path = workspace / "tests.xml"
    assert sequencer(workspace, "test", "missed-you", "--junit", str(path)).returncode == 1
    text = path.read_text(encoding="utf-8")
    assert 'tests="2" failures="1"' in text
    assert 'name="one mail &amp; &lt;more&gt;"' in text
    assert "expected: another-time on 1 May" in text


def test_junit_names_what_cannot_be_read(workspace: Path) -> None:
    """A file of tests that cannot be read is an error on the build server, too."""
    write(workspace, WRONG.replace("30 Apr", "30 Apl"))
    path = workspace / "tests.xml"
    assert sequencer(workspace, "test", "missed-you", "--junit", str(path)).returncode == 3
    text = path.read_text(encoding="utf-8")
    assert 'tests="1" failures="0" errors="1"' in text
    assert 'classname="config/cadences/missed-you.test.yaml"' in text
    assert "`30` does not fit here" in text


def test_junit_without_tests(workspace: Path) -> None:
    """The file is there even where there is nothing to test."""
    for found in (workspace / "config" / "cadences").glob("*.test.yaml"):
        found.unlink()
    path = workspace / "tests.xml"
    assert sequencer(workspace, "test", "--junit", str(path)).returncode == 0
    assert 'tests="0" failures="0" errors="0"' in path.read_text(encoding="utf-8")


def test_chosen_by_name(workspace: Path) -> None:
    """`-k` chooses by the name, whatever its case; none at all is a mistake."""
    done = sequencer(workspace, "test", "-k", "LABOUR day", "--verbose")
    assert "1 test: 1 passed" in done.stdout
    assert "What happened, Europe/Madrid time:" in done.stdout
    done = sequencer(workspace, "test", "-k", "zebra")
    assert (done.returncode, "no test with `zebra`" in done.stderr) == (2, True)
    done = sequencer(workspace, "test", "fintch-intro")
    assert (done.returncode, "did you mean `fintech-intro`?" in done.stderr) == (2, True)


def test_mistakes_in_a_file(workspace: Path) -> None:
    """The mistakes are told, the tests of other files run, and it ends with 3."""
    write(workspace, WRONG.replace("30 Apr", "30 Apl"))
    done = sequencer(workspace, "test")
    assert done.returncode == 3
    assert "missed-you.test.yaml:10:23: `30` does not fit here" in done.stderr
    assert " passed, in " in done.stdout


@pytest.mark.parametrize("text", ["cadence: missed-you\n", "cadence: missed-you\nsteps: [\n"])
def test_a_broken_cadence(workspace: Path, text: str) -> None:
    """A test of a cadence that has mistakes of its own says where they are listed."""
    cadence = workspace / "config" / "cadences" / "missed-you.yaml"
    cadence.write_text(text, encoding="utf-8")
    done = sequencer(workspace, "test", "missed-you")
    assert done.returncode in {2, 3}
    done = sequencer(workspace, "test", "--json")
    found = [each["message"] for each in json.loads(done.stdout)["problems"]]
    assert "the cadence `missed-you` has mistakes of its own" in found
    assert done.returncode == 3


def test_no_tests_yet(workspace: Path) -> None:
    """Whoever has none is shown how to begin, by an example that passes as it is."""
    for path in (workspace / "config" / "cadences").glob("*.test.yaml"):
        path.unlink()
    done = sequencer(workspace, "test")
    assert (done.returncode, "There are no cadence tests yet." in done.stdout) == (0, True)
    example = done.stdout.partition("\n\n")[2].partition("\n\n")[0]
    file = re.search(r"into (\S+),", done.stdout)
    assert file is not None
    (workspace / file[1]).write_text(f"{example}\n", encoding="utf-8")
    done = sequencer(workspace, "test")
    assert (done.returncode, "1 test: 1 passed" in done.stdout) == (0, True), done.stdout
    assert json.loads(sequencer(workspace, "test", "--json").stdout)["passed"] == 1


def test_words(workspace: Path) -> None:
    """Every phrase is listed, with its example; that needs no workspace."""
    done = sequencer(workspace / "nowhere", "test", "--words")
    assert done.returncode == 0
    for entry in (*GIVEN, *EXPECTED):
        assert entry.form in done.stdout
        assert f"- {entry.example}" in done.stdout
