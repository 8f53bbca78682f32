import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from sequencer.domain.cadence import Thread, ZoneFrom
from sequencer.domain.delay import Delay, Unit
from sequencer.domain.window import Block
from sequencer.files.cadence import (
    LoadedCadence,
    cadence_from_document,
    content_hash,
    load_cadence,
)
from sequencer.files.problem import ConfigError, Problem

SHORT = """\
cadence: fintech-intro
title: First contact
from: {mailboxes: [ana]}
steps:
  - {id: intro, email: intro.md}
"""
LONG = """\
cadence: fintech-intro
title: First contact
schedule:
  window:
    mon-fri: ["8:30-11:30", "13:30-17:00"]
    sat: ["10:00-24:00"]
  timezone: mailbox
  jitter_minutes: 5
  skip_dates: [2026-12-31, 2026-12-24]
from:
  mailboxes: [ana, luis]
stop_on: {reply: finish, meeting: finish}
steps:
  - id: intro
    email: intro.md
  - id: bump
    wait: 3 business_days
    email: bump.md
  - id: last
    wait: 1 day
    email: bump.md
    thread: new
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "templates/fintech-intro"
    folder.mkdir(parents=True)
    for name in ("intro.md", "intro.es.md", "bump.md", "unused.md"):
        (folder / name).write_text(f"{name}\n")
    (tmp_path / "config/cadences").mkdir(parents=True)
    return tmp_path


def load(workspace: Path, text: str) -> LoadedCadence:
    path = workspace / "config/cadences/intro.yaml"
    path.write_text(text)
    return load_cadence(path)


def problems(workspace: Path, text: str) -> list[Problem]:
    with pytest.raises(ConfigError) as raised:
        load(workspace, text)
    return list(raised.value.problems)


def said(workspace: Path, text: str) -> list[str]:
    return [f"{each.line}:{each.column} {each.message}" for each in problems(workspace, text)]


def test_defaults(workspace: Path) -> None:
    """What is not written has its documented value."""
    loaded = load(workspace, SHORT)
    cadence = loaded.cadence
    assert cadence.schedule.window.days == ((Block(510, 1_020),),) * 5 + ((),) * 2
    assert cadence.schedule.zone_from is ZoneFrom.PROSPECT
    assert cadence.schedule.jitter == timedelta(minutes=20)
    [step] = cadence.steps
    assert (step.wait, step.thread) == (Delay(0, Unit.MINUTES), Thread.NEW)
    assert sorted(loaded.templates) == ["intro.es.md", "intro.md"]


def test_everything_written(workspace: Path) -> None:
    """Each key reaches the cadence."""
    cadence = load(workspace, LONG).cadence
    assert (cadence.slug, cadence.title) == ("fintech-intro", "First contact")
    assert cadence.mailboxes == ("ana", "luis")
    assert cadence.schedule.window.days[0] == (Block(510, 690), Block(810, 1_020))
    assert cadence.schedule.window.days[5] == (Block(600, 1_440),)
    assert cadence.schedule.skip_dates == {date(2026, 12, 24), date(2026, 12, 31)}
    assert cadence.schedule.zone_from is ZoneFrom.MAILBOX
    assert [str(step.wait) for step in cadence.steps] == ["0 minutes", "3 business_days", "1 day"]
    assert [step.thread for step in cadence.steps] == [Thread.NEW, Thread.REPLY, Thread.NEW]


def test_first_step_begins_a_thread(workspace: Path) -> None:
    """There is nothing that a first mail could answer, whatever the file says."""
    text = SHORT.replace("intro.md}", "intro.md, thread: reply}")
    assert load(workspace, text).cadence.steps[0].thread is Thread.NEW


def test_document_and_back(workspace: Path) -> None:
    """The stored form is plain JSON, and gives the same cadence again."""
    loaded = load(workspace, LONG)
    stored = json.loads(json.dumps(loaded.document))
    assert stored == loaded.document
    assert cadence_from_document(stored) == loaded.cadence


def test_document_is_normal(workspace: Path) -> None:
    """Spelling, comments, order of keys and unwritten defaults leave no trace."""
    other = (
        "# a comment\ntitle: 'First contact'\n"
        "steps: [{email: intro.md, id: intro, wait: 0 minutes}]\n"
        'schedule: {window: {"mon,tue": ["08:30 - 17:00"], "wed-fri": ["8:30-17:00"]}}\n'
        "cadence: fintech-intro\nfrom:\n  mailboxes:\n    - ana\n"
    )
    assert load(workspace, SHORT).document == load(workspace, other).document


def test_document_of_another_making() -> None:
    """A document that no file could have made is refused."""
    with pytest.raises(ValueError, match="steps"):
        cadence_from_document({"cadence": "a", "title": "b", "from": {"mailboxes": ["ana"]}})


def test_hash(workspace: Path) -> None:
    """The hash changes with the content of the cadence or of a template, and with nothing else."""
    loaded = load(workspace, SHORT)
    name = content_hash(loaded.document, loaded.templates)
    assert len(name) == 64
    reordered = dict(reversed(loaded.document.items()))
    assert content_hash(reordered, loaded.templates) == name
    assert content_hash({**loaded.document, "title": "x"}, loaded.templates) != name
    assert content_hash(loaded.document, {**loaded.templates, "intro.md": "other"}) != name


def test_line_ends_are_no_content(workspace: Path) -> None:
    """A check-out with other line ends is the same version."""
    before = load(workspace, SHORT).templates
    (workspace / "templates/fintech-intro/intro.md").write_bytes(b"intro.md\r\n")
    assert load(workspace, SHORT).templates == before


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("title:", "tilte:", "2:1 unknown key `tilte`"),
        ("title: First contact\n", "", "1:1 the key `title` is missing"),
        ("title: First contact", "title: ''", "2:8 `title`: it must not be empty"),
        ("title: First contact", "title: 2026", "2:8 `title`: text is expected, not `2026`"),
        ("title: First contact", "title: [a]", "2:8 `title`: text is expected, not a list"),
        ("title: First contact", "title: true", "2:8 `title`: text is expected, not `true`"),
        ("title: First contact", "title:", "2:1 `title`: text is expected, not nothing"),
        ("title: First contact", "title: {a: b}", "2:8 `title`: text is expected, not a mapping"),
        ("title: First contact", 'title: "\\ud800"', "2:8 `title`: this value cannot be used"),
        ("fintech-intro", "a" * 81, "1:10 `cadence`: at most 80 characters"),
        ("fintech-intro", "Fintech_Intro", "1:10 `cadence`: lower-case letters, digits and hyp"),
        ("wait: 3 business_days", "wiat: 3 days", "17:5 unknown key `wiat`"),
        ("3 business_days", "soon", "17:11 `steps[2].wait`: a delay is a number and a unit"),
        ("3 business_days", "3", "17:11 `steps[2].wait`: text is expected, not `3`"),
        ("3 business_days", "900 days", "17:11 `steps[2].wait`: at most 365 days"),
        ("    wait: 1 day\n", "", "19:5 every step but the first needs a `wait`"),
        ("id: bump", "id: intro", "16:9 the step id `intro` is taken by step 1"),
        ("id: bump", "id: Bump!", "16:9 `steps[2].id`: lower-case letters, digits, hyphens and un"),
        ("thread: new", "thread: old", "22:13 `steps[3].thread`: one of `reply` or `new` is expe"),
        ("email: intro.md", "email: intor.md", "15:12 there is no template `intor.md` in templ"),
        ("email: intro.md", "email: ../x.md", "15:12 `steps[1].email`: the name of a file that"),
        ("email: intro.md", "email: /etc/x.md", "15:12 `steps[1].email`: the name of a file th"),
        ("sat:", "saturday:", "6:5 `schedule.window.saturday`: days are written `mon-fri`"),
        ('"10:00-24:00"', '"10-24"', "6:11 `schedule.window.sat[1]`: hours are written"),
        ("8:30-11:30", "8:30-14:00", "5:14 the hours 08:30-14:00 and 13:30-17:00 overlap on mon"),
        ("sat:", "mon:", "6:10 the hours 08:30-11:30 and 10:00-24:00 over"),
        ("[2026-12-31, 2026-12-24]", "[20261231]", "9:16 `schedule.skip_dates[1]`: a date is wr"),
        ("[2026-12-31, 2026-12-24]", "2026-12-31", "9:15 `schedule.skip_dates`: a list"),
        ("[2026-12-31, 2026-12-24]", "[2026-02-30]", "9:16 `schedule.skip_dates[1]`: day is out"),
        ("jitter_minutes: 5", "jitter_minutes: -1", "8:19 `schedule.jitter_minutes`: at least 0"),
        ("jitter_minutes: 5", "jitter_minutes: x", "8:19 `schedule.jitter_minutes`: a whole numb"),
        ("timezone: mailbox", "timezone: mine", "7:13 `schedule.timezone`: one of `prospect`, `"),
        ("[ana, luis]", "[]", "11:14 `from.mailboxes`: at least 1 is needed"),
        ("[ana, luis]", "ana", "11:14 `from.mailboxes`: a list"),
        ("reply: finish", "reply: ignore", "12:18 `stop_on.reply`: one of `finish` is expected"),
    ],
)
def test_mistakes(workspace: Path, old: str, new: str, expected: str) -> None:
    """Each mistake has its line, its column and words that say what was expected."""
    assert LONG.count(old) >= 1
    found = said(workspace, LONG.replace(old, new, 1))
    assert any(each.startswith(expected) for each in found), found


def test_hints(workspace: Path) -> None:
    """A misspelt key or template is answered with the one that was meant, of the same place."""
    text = LONG.replace("wait: 1", "wayt: 1").replace("email: intro.md", "email: intro.m.md")
    hints = {each.message: each.hint for each in problems(workspace, text)}
    assert hints["unknown key `wayt`"] == "did you mean `wait`?"
    missing = "there is no template `intro.m.md` in templates/fintech-intro"
    assert hints[missing] == "did you mean `intro.md`?"


def test_all_problems_at_once(workspace: Path) -> None:
    """One run shows everything that is wrong, of the form and of the meaning."""
    text = (
        LONG.replace("title:", "tilte:")
        .replace("3 business_days", "soon")
        .replace("id: last", "id: bump")
        .replace("email: intro.md", "email: gone.md")
        .replace("8:30-11:30", "8:30-14:00")
    )
    lines = [each.line for each in problems(workspace, text)]
    assert lines == [1, 2, 5, 15, 17, 19]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "1:1 a mapping"),
        ("- a\n", "1:1 a mapping"),
        ("just words\n", "1:1 a mapping"),
        (SHORT.replace("steps:\n  - {id: intro, email: intro.md}", "steps: []"), "4:8 `steps`: at"),
        (SHORT.replace("steps:\n  - {id: intro, email: intro.md}", "steps: [x]"), "4:9 `steps[1]`"),
        (SHORT.replace("{id: intro, email: intro.md}", "{}"), "5:5 the key `id` is missing in"),
        (SHORT + "schedule: {window: {}}\n", "6:20 `schedule.window`: at least 1"),
        (SHORT + "schedule: {window: {mon: []}}\n", "6:20 the window is never open"),
        (SHORT + "schedule: 7\n", "6:11 `schedule`: a mapping"),
    ],
)
def test_wrong_shapes(workspace: Path, text: str, expected: str) -> None:
    """A file of quite another shape is told what was expected."""
    found = said(workspace, text)
    assert any(each.startswith(expected) for each in found), found


def test_number_of_steps(workspace: Path) -> None:
    """Fifty steps are possible, one more is not."""
    more = "".join(f"  - {{id: s{n}, wait: 1 day, email: bump.md}}\n" for n in range(50))
    assert len(load(workspace, SHORT + more[: more.rindex("  -")]).cadence.steps) == 50
    [found] = said(workspace, SHORT + more)
    assert found == "5:3 `steps`: at most 50 are possible"


def test_unreadable_template(workspace: Path) -> None:
    """A template with a wrong encoding is a problem of its own file."""
    (workspace / "templates/fintech-intro/intro.es.md").write_bytes(b"a\n\xe1")
    [problem] = problems(workspace, SHORT)
    assert (problem.file, problem.line) == ("templates/fintech-intro/intro.es.md", 2)


def test_file_of_another_workspace(
    workspace: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A file outside of the workspace it is loaded for is called by its full name."""
    path = tmp_path_factory.mktemp("elsewhere") / "a.yaml"
    path.write_text(SHORT.replace("title", "tilte"))
    with pytest.raises(ConfigError) as raised:
        load_cadence(path, workspace)
    assert raised.value.problems[0].file == str(path)


def test_file_outside_a_workspace(tmp_path: Path) -> None:
    """A cadence file that lies elsewhere looks for its templates beside itself."""
    (tmp_path / "templates/fintech-intro").mkdir(parents=True)
    (tmp_path / "templates/fintech-intro/intro.md").write_text("x")
    (tmp_path / "a.yaml").write_text(SHORT)
    loaded: Any = load_cadence(tmp_path / "a.yaml")
    assert loaded.templates == {"intro.md": "x"}
