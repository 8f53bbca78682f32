"""`sequencer check` as a person, a script and a workflow of GitHub use it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from golden_text import golden

from sequencer.cli.main import cli

FILES = {
    "config/sequencer.yaml": """\
workspace: {name: Acme}
web: {public_url: http://acme.example}
mailboxes:
  ana: {address: ana@acme.example, name: ana@acme.example, provider: google_workspace}
""",
    "config/cadences/broken.yaml": """\
cadence: broken
title: Broken
from: {mailboxes: [aan]}
steps:
  - id: intro
    email: intro.md
  - id: bump
    wiat: 3 business_days
    email: bmup.md
""",
    "config/cadences/loud.yaml": """\
cadence: loud
title: Loud, 100% of the time
schedule: {window: {fri: ["09:00-12:00"]}}
from: {mailboxes: [ana]}
steps:
  - id: intro
    email: intro.md
  - id: bump
    wait: 1 business_day  # allow: too-close because they asked for two in a row
    email: bump.md
  - id: last
    wait: 1 day
    when: intro.sent and intro.skipped
    email: bump.md
""",
    "templates/broken/intro.md": "Hello\n",
    "templates/loud/intro.md": """\
---
subject: LAST CHANCE today
---
Hi {% if first_name %}{{ first_name }}{% endif %},

act now!!! [acme.example](http://bit.ly/x) {{ compnay }}
""",
    "templates/loud/bump.md": "Hello {{ first_name }},\n\nany news?\n",
    "templates/loud/old.md": "Hello\n",
}
PEOPLE = "email,first_name,country,language\nzoe@bank.example,,DE,pt\nmax@bank.example,Max,US,en\n"


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A workspace in which much is wrong."""
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "config/people.csv").write_text(PEOPLE, "utf-8")
    return tmp_path


def check(root: Path, *arguments: str) -> Result:
    """Run the command in a workspace."""
    return CliRunner().invoke(cli, ["--workspace", str(root), "check", *arguments], obj={})


def test_text(broken: Path) -> None:
    """People read place, message, rule, the line with its caret, the hint and the page."""
    done = check(broken)
    assert done.exit_code == 3
    golden("check_broken.txt", done.output)


def test_json(broken: Path) -> None:
    """Scripts get every finding with its rule, and those that are waived with their reason."""
    done = check(broken, "--json")
    assert done.exit_code == 3
    golden("check_broken.json", done.stdout)
    told = json.loads(done.stdout)
    assert told["cadences"] == ["loud"]
    assert [each["reason"] for each in told["waived"]] == ["they asked for two in a row"]
    assert check(broken, "--format", "json").stdout == done.stdout


def test_github(broken: Path) -> None:
    """A workflow prints one line for each finding, with its place."""
    done = check(broken, "--format", "github")
    assert done.exit_code == 3
    golden("check_broken_github.txt", done.stdout)
    assert done.stderr == ""


def test_prospects(broken: Path) -> None:
    """With a list it is told how its people would fare."""
    path = str(broken / "config/people.csv")
    done = check(broken, "loud", "--prospects", path, "--on", "2026-12-21")
    golden("check_broken_people.txt", done.output)
    told = json.loads(check(broken, "loud", "--prospects", path, "--json").stdout)
    assert told["outlooks"][0]["people"] == 2


def test_warnings_alone(broken: Path) -> None:
    """Warnings end with 0, unless they are to count."""
    (broken / "config/cadences/broken.yaml").unlink()
    (broken / "templates/loud/intro.md").write_text("---\nsubject: News\n---\nHello\n")
    assert check(broken).exit_code == 0
    assert check(broken, "--strict").exit_code == 3
    assert check(broken, "--strict", "--json").exit_code == 3


def test_one_cadence(broken: Path) -> None:
    """Findings about other cadences are left out; a misspelt name is answered with the nearest."""
    done = check(broken, "loud")
    assert "broken" not in done.output
    assert "sequencer.yaml" in done.output
    wrong = check(broken, "luod")
    assert wrong.exit_code == 2
    assert "There is no cadence `luod`. did you mean `loud`?" in wrong.stderr


def test_nothing_at_all(tmp_path: Path) -> None:
    """A folder that is no workspace is told so, in every form."""
    for form in ("text", "json", "github"):
        done = check(tmp_path, "--format", form)
        assert done.exit_code == 3
        assert "no-workspace" in done.output


def test_explain() -> None:
    """A rule is told with its reason, its fix and both examples."""
    done = check(Path(), "--explain", "too-close")
    assert done.exit_code == 0
    golden("check_explain.txt", done.stdout)
    told = json.loads(check(Path(), "--explain", "TOO-CLOSE", "--json").stdout)
    assert told["code"] == "too-close"
    assert check(Path(), "--explain", "cycle").exit_code == 0


def test_explain_what_is_no_rule() -> None:
    """A code that is none is answered with the nearest."""
    done = check(Path(), "--explain", "to-close")
    assert done.exit_code == 2
    assert "did you mean `too-close`?" in done.stderr


def test_the_example(tmp_path: Path) -> None:
    """What `init` writes has no findings at all."""
    assert CliRunner().invoke(cli, ["--workspace", str(tmp_path), "init"], obj={}).exit_code == 0
    done = check(tmp_path, "--strict", "--json")
    assert json.loads(done.stdout)["problems"] == []
    assert json.loads(done.stdout)["waived"] == []
    assert done.exit_code == 0
    assert check(tmp_path, "--format", "github").stderr == ""


def test_the_environment(broken: Path) -> None:
    """A finding about a variable has no file that GitHub could show."""
    arguments = ["--workspace", str(broken), "check", "--format", "github"]
    done = CliRunner().invoke(cli, arguments, obj={}, env={"SEQUENCER_WEB__PORT": "x"})
    assert "::error title=bad-value::" in done.stdout
    unknown = CliRunner().invoke(cli, arguments, obj={}, env={"SEQUENCER_WBE__PORT": "1"})
    assert "::error title=bad-variable::" in unknown.stdout
