"""Steps of every kind: what they become, and what is said about the ones that cannot be."""

from pathlib import Path

import pytest

from sequencer.domain.cadence import StepKind, TaskType, Thread
from sequencer.domain.delay import Delay, Unit
from sequencer.files.cadence import (
    LoadedCadence,
    cadence_from_document,
    content_hash,
    load_cadence,
)
from sequencer.files.problem import ConfigError

HEAD = """\
cadence: first
title: First
from: {mailboxes: [ana]}
steps:
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "templates/first"
    folder.mkdir(parents=True)
    for name in ("intro.md", "call.md"):
        (folder / name).write_text("Hello\n")
    (tmp_path / "config/cadences").mkdir(parents=True)
    return tmp_path


def load(root: Path, steps: str) -> LoadedCadence:
    path = root / "config/cadences/first.yaml"
    path.write_text(HEAD + steps)
    return load_cadence(path)


def said(root: Path, steps: str) -> list[str]:
    """Problems as `line:column message (hint)`."""
    with pytest.raises(ConfigError) as raised:
        load(root, steps)
    return [
        f"{each.line}:{each.column} {each.message} ({each.hint})" for each in raised.value.problems
    ]


EVERY_KIND = """\
  - id: intro
    email: intro.md
  - id: note
    wait: 1 day
    manual_email: intro.md
    thread: new
    skip_after: 2 days
  - id: call
    wait: 1 day
    call: call.md
    when: "not intro.sent"
    goto: letter
  - id: hello
    wait: 1 day
    task: call.md
    type: social
  - id: letter
    wait: 1 day
    task: call.md
    when: >
      call.connected
      or phone
"""


def test_every_kind(root: Path) -> None:
    """Each key reaches its step, and what is not written has its default."""
    steps = load(root, EVERY_KIND).cadence.steps
    assert [step.kind for step in steps] == [
        StepKind.EMAIL,
        StepKind.MANUAL_EMAIL,
        StepKind.CALL,
        StepKind.TASK,
        StepKind.TASK,
    ]
    assert [step.task_type for step in steps[3:]] == [TaskType.SOCIAL, TaskType.OTHER]
    assert (steps[1].thread, steps[1].skip_after) == (Thread.NEW, Delay(2, Unit.DAYS))
    assert (steps[2].template, steps[2].goto) == ("call.md", "letter")
    assert steps[2].when == "not intro.sent"
    assert steps[4].when == "call.connected or phone"


def test_the_normal_form(root: Path) -> None:
    """The stored form says everything once, leaves out what is not there, and is read as it was."""
    loaded = load(root, EVERY_KIND)
    assert cadence_from_document(loaded.document) == loaded.cadence
    spelt = EVERY_KIND.replace('"not intro.sent"', "not intro.sent").replace("2 days", "2  day")
    again = load(root, spelt)
    assert content_hash(again.document, {}) == content_hash(loaded.document, {})
    steps = loaded.document["steps"]
    assert isinstance(steps, list)
    assert sorted(steps[0]) == ["email", "id", "thread", "wait"]
    assert sorted(steps[3]) == ["id", "task", "type", "wait"]


def test_the_first_mail_begins_a_thread(root: Path) -> None:
    """Whatever comes before it."""
    text = "  - {id: call, call: call.md}\n  - {id: intro, wait: 1 day, email: intro.md}\n"
    assert load(root, text).cadence.steps[1].thread is Thread.NEW


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("{id: a}", "5:5 the step does not say what it is (a step has one of"),
        ("{id: a, email: intro.md, call: call.md}", "5:30 the step is a `email` already"),
        ("{id: a, email: intro.md, type: social}", "5:30 only a `task` has a `type`"),
        ("{id: a, email: intro.md, skip_after: 1 day}", "5:30 nobody has to do an `email`"),
        ("{id: a, call: call.md, thread: new}", "5:28 only a mail belongs to a thread"),
        ("{id: a, email: intro.md, goto: a}", "5:36 `a` is this step itself"),
        ("{id: a, email: intro.md, goto: b}", "5:36 there is no step `b`"),
        ("{id: a, call: nothing.md}", "5:19 there is no template `nothing.md`"),
        ("{id: a, task: call.md, type: phone}", "one of `social`, `letter` or `other` is expected"),
        ("{id: a, call: call.md, skip_after: soon}", "a delay is a number and a unit"),
        ("{id: a, cal: call.md}", "unknown key `cal`"),
        ('{id: a, email: intro.md, when: ""}', "it must not be empty"),
    ],
)
def test_mistakes(root: Path, step: str, words: str) -> None:
    """Each mistake has its line and column, once."""
    few = "`steps`: at least 1"  # said where the only step cannot be read
    problems = [each for each in said(root, f"  - {step}\n") if few not in each]
    assert len(problems) == 1, problems
    assert words in problems[0]


def test_a_jump_back(root: Path) -> None:
    """A `goto` only leads down the list, so nobody comes by a step twice."""
    steps = "  - {id: a, email: intro.md}\n  - {id: b, wait: 1 day, email: intro.md, goto: a}\n"
    [problem] = said(root, steps)
    assert problem.startswith("6:49 `a` is a step further up")
    assert "nobody gets a step twice" in problem


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ("intro.sent and", "7:25 a name is expected, not the end"),
        ('"intro.sent & phone"', "7:23 `&` means nothing here"),
        ("intr.sent", "7:11 there is no step `intr` (did you mean `intro`?)"),
        ("b.sent", "7:11 `b` has not happened yet when this step is reached"),
        ("'call.connected == \"x\"'", "7:12 only a field has a text to compare"),
        ("x" * 501, "at most 500 characters"),
    ],
)
def test_guards_that_cannot_be_read(root: Path, when: str, words: str) -> None:
    """The column points into the guard, at what is wrong."""
    steps = "  - {id: intro, email: intro.md}\n"
    steps += f"  - id: b\n    when: {when}\n    wait: 1 day\n    call: call.md\n"
    assert any(words in each for each in said(root, steps)), said(root, steps)


def test_a_guard_over_several_lines(root: Path) -> None:
    """Where a guard stands on several lines, the problem is where it begins."""
    steps = "  - id: a\n    email: intro.md\n    when: >\n      phone\n      &\n"
    [problem] = said(root, steps)
    assert problem.startswith("7:11 `&` means nothing here")
