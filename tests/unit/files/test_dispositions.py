from pathlib import Path

import pytest

from sequencer.domain.delay import Delay, Unit
from sequencer.domain.disposition import Action, Disposition
from sequencer.domain.enrollment import FinishReason
from sequencer.files.builtin import builtin_files
from sequencer.files.check import check_workspace
from sequencer.files.dispositions import DISPOSITIONS, dispositions_from, load_dispositions
from sequencer.files.problem import ConfigError
from sequencer.files.yaml_source import parse_yaml


def said(*entries: str) -> list[str]:
    text = "dispositions:\n" + "".join(f"  - {each}\n" for each in entries)
    with pytest.raises(ConfigError) as raised:
        dispositions_from(parse_yaml(text, "d.yaml"))
    return [f"{each.line}:{each.column} {each.message}" for each in raised.value.problems]


def test_everything_written() -> None:
    """Each key reaches its disposition, in the order of the file."""
    text = """\
dispositions:
  - {name: busy, outcome: not_connected, wait: 2 hours}
  - {name: later, outcome: connected, action: goto, step: last-mail}
  - {name: no, outcome: connected, action: finish}
  - {name: never, outcome: connected, action: finish, finish: opted_out}
"""
    known = dispositions_from(parse_yaml(text, "d.yaml"))
    assert list(known.values()) == [
        Disposition("busy", "not_connected", wait=Delay(2, Unit.HOURS)),
        Disposition("later", "connected", Action.GOTO, "last-mail"),
        Disposition("no", "connected", Action.FINISH),
        Disposition("never", "connected", Action.FINISH, finish_as=FinishReason.OPTED_OUT),
    ]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("{outcome: connected}", "the key `name` is missing"),
        ("{name: busy}", "the key `outcome` is missing"),
        ("{name: Busy!, outcome: x}", "lower-case letters"),
        ("{name: done, outcome: x}", "2:12 `done` means something already"),
        ("{name: a, outcome: x, action: jump}", "one of `advance`, `finish` or `goto`"),
        ("{name: a, outcome: x, action: goto}", "`goto` needs the `step`"),
        ("{name: a, outcome: x, step: b}", "only `goto` has a `step`"),
        ("{name: a, outcome: x, action: finish, wait: 1 day}", "nothing follows a `finish`"),
        ("{name: a, outcome: x, finish: replied}", "only an `action: finish` has a reason"),
        (
            "{name: a, outcome: x, action: finish, finish: bounced}",
            "one of `disposition`, `replied`, `meeting_booked` or `opted_out` is expected",
        ),
        ("{name: a, outcome: x, wait: soon}", "a delay is a number and a unit"),
        ("{name: a, outcome: x, colour: red}", "unknown key `colour`"),
        (f"{{name: {'a' * 41}, outcome: x}}", "at most 40 characters"),
    ],
)
def test_mistakes(entry: str, words: str) -> None:
    """Each mistake is told with its place."""
    assert any(words in each for each in said(entry)), said(entry)


def test_a_name_that_is_taken() -> None:
    """A name stands for one thing."""
    assert said("{name: a, outcome: x}", "{name: a, outcome: y}") == [
        "3:12 the name `a` is taken by entry 1"
    ]


def test_too_many() -> None:
    """A list that nobody could choose from is refused."""
    entries = [f"{{name: a{number}, outcome: x}}" for number in range(51)]
    assert "at most 50 are possible" in said(*entries)[0]


@pytest.mark.parametrize("text", ["", "[]", "dispositions: 3", "dispositions: [[]]", "- a"])
def test_no_such_list(text: str) -> None:
    """What is no list of dispositions is told as such."""
    with pytest.raises(ConfigError):
        dispositions_from(parse_yaml(text, "d.yaml"))


def test_no_file(tmp_path: Path) -> None:
    """A workspace without the file has none."""
    assert dict(load_dispositions(tmp_path)) == {}


def test_the_example(tmp_path: Path) -> None:
    """The example that `init` writes is in order, and knows the usual ways of a call."""
    for relative, content in builtin_files():
        (tmp_path / relative).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / relative).write_bytes(content)
    known = load_dispositions(tmp_path)
    assert {"voicemail", "interested", "not-interested", "do-not-contact"} <= set(known)
    assert known["do-not-contact"].finish_as is FinishReason.OPTED_OUT
    assert check_workspace(tmp_path).problems == ()


def test_checked_with_the_workspace(tmp_path: Path) -> None:
    """A mistake in it is found by `check`."""
    (tmp_path / DISPOSITIONS).parent.mkdir(parents=True)
    (tmp_path / DISPOSITIONS).write_text("dispositions: 3\n")
    files = [problem.file for problem in check_workspace(tmp_path).problems]
    assert DISPOSITIONS.as_posix() in files
