import json
from pathlib import Path

import pytest

from sequencer.domain.audience import (
    Again,
    Audience,
    ColleagueAction,
    ColleagueRule,
    Exclusive,
    Ownership,
    Throttle,
)
from sequencer.files.audience_keys import colleague_rule
from sequencer.files.cadence import LoadedCadence, cadence_from_document, load_cadence
from sequencer.files.problem import ConfigError
from sequencer.files.section import HintedError

REST = """\
cadence: fintech-intro
title: First contact
from: {mailboxes: [ana]}
steps:
  - {id: intro, email: intro.md}
"""
FULL = """\
audience:
  stages: [Customer, lead, customer]
  again: if_inactive
  exclusive: exclusive
  min_days_since_touch: 14
  max_active_per_account: 2
  ownership: own
throttle: {max_active: 100, new_per_day: 20}
stop_on: {colleague_reply: pause  14  days}
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "templates/fintech-intro").mkdir(parents=True)
    (tmp_path / "templates/fintech-intro/intro.md").write_text("Hello\n")
    (tmp_path / "config/cadences").mkdir(parents=True)
    return tmp_path


def load(workspace: Path, text: str) -> LoadedCadence:
    path = workspace / "config/cadences/intro.yaml"
    path.write_text(text + REST)
    return load_cadence(path)


def test_defaults(workspace: Path) -> None:
    """A file that says nothing of its audience is for leads nobody else is in touch with."""
    cadence = load(workspace, "").cadence
    assert cadence.audience == Audience(
        stages=frozenset({"lead"}),
        again=Again.NEVER,
        exclusive=Exclusive.ALL,
        min_days_since_touch=7,
        max_active_per_account=None,
        ownership=Ownership.ANY,
    )
    assert cadence.throttle == Throttle()
    assert cadence.colleagues == ColleagueRule(ColleagueAction.FINISH)


def test_everything(workspace: Path) -> None:
    """Every key reaches the cadence, and the stored form gives the same cadence again."""
    loaded = load(workspace, FULL)
    cadence = loaded.cadence
    assert cadence.audience == Audience(
        stages=frozenset({"lead", "customer"}),
        again=Again.IF_INACTIVE,
        exclusive=Exclusive.EXCLUSIVE,
        min_days_since_touch=14,
        max_active_per_account=2,
        ownership=Ownership.OWN,
    )
    assert cadence.throttle == Throttle(100, 20)
    assert cadence.colleagues == ColleagueRule(ColleagueAction.PAUSE, 14)
    assert cadence_from_document(json.loads(json.dumps(loaded.document))) == cadence


def test_normal_form(workspace: Path) -> None:
    """Another spelling and another order of the same audience make the same document."""
    other = FULL.replace("[Customer, lead, customer]", "[lead, CUSTOMER]").replace("  14  ", " 14 ")
    assert load(workspace, other).document == load(workspace, FULL).document


def test_everybody(workspace: Path) -> None:
    """An empty list of stages is for everybody."""
    assert load(workspace, "audience: {stages: []}\n").cadence.audience.stages == frozenset()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("finish", ColleagueRule(ColleagueAction.FINISH)),
        (" ignore ", ColleagueRule(ColleagueAction.IGNORE)),
        ("pause 1 day", ColleagueRule(ColleagueAction.PAUSE, 1)),
        ("pause 365 days", ColleagueRule(ColleagueAction.PAUSE, 365)),
    ],
)
def test_colleague_rule(text: str, rule: ColleagueRule) -> None:
    """The three forms of the rule."""
    assert colleague_rule(text) == rule


@pytest.mark.parametrize(
    "text",
    [
        "",
        "pause",
        "pause 0 days",
        "pause 366 days",
        "pause -1 days",
        "pause \N{ARABIC-INDIC DIGIT ONE} days",
        "stop",
        "x" * 9_999,
    ],
)
def test_no_colleague_rule(text: str) -> None:
    """What is none of them is refused, in as few words whatever it is."""
    with pytest.raises(HintedError) as raised:
        colleague_rule(text)
    assert len(str(raised.value)) < 100


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("again: if_inactive", "again: maybe", "3:10 `audience.again`: one of `never`, `if_ina"),
        ("exclusive: exclusive", "exclusive: yes", "4:14 `audience.exclusive`: one of `all`, "),
        ("touch: 14", "touch: -1", "5:25 `audience.min_days_since_touch`: at least 0"),
        ("touch: 14", "touch: 400", "5:25 `audience.min_days_since_touch`: at most 365"),
        ("account: 2", "account: 0", "6:27 `audience.max_active_per_account`: at least 1"),
        ("account: 2", "account: many", "6:27 `audience.max_active_per_account`: a whole n"),
        ("ownership: own", "ownership: mine", "7:14 `audience.ownership`: one of `own` or `a"),
        ("[Customer, lead, customer]", "lead", "2:11 `audience.stages`: a list"),
        ("[Customer, lead, customer]", "['  ']", "2:12 `audience.stages[1]`: a stage is a wor"),
        ("stages:", "stage:", "2:3 unknown key `stage`"),
        ("max_active: 100", "max_active: 0", "8:24 `throttle.max_active`: at least 1"),
        ("new_per_day: 20", "new_per_day: 1.5", "8:42 `throttle.new_per_day`: a whole number"),
        ("pause  14  days", "finsh", "9:28 `stop_on.colleague_reply`: `finish`, `ignore` or a "),
        ("pause  14  days", "pause 900 days", "9:28 `stop_on.colleague_reply`: a pause has "),
        ("pause  14  days", "14", "9:28 `stop_on.colleague_reply`: text is expected"),
    ],
)
def test_mistakes(workspace: Path, old: str, new: str, expected: str) -> None:
    """Each mistake has its line and column, and words that say what was expected."""
    assert FULL.count(old) == 1
    with pytest.raises(ConfigError) as raised:
        load(workspace, FULL.replace(old, new))
    said = [f"{each.line}:{each.column} {each.message}" for each in raised.value.problems]
    assert any(each.startswith(expected) for each in said), said


@pytest.mark.parametrize(
    ("written", "normal", "ends"),
    [
        ("", "finish", False),
        ("stop_on: {meeting: finish}\n", "finish", False),
        ("stop_on: {meeting: account}\n", "account", True),
    ],
)
def test_whom_a_meeting_ends(workspace: Path, written: str, normal: str, *, ends: bool) -> None:
    """A meeting ends the cadence of the person, or that of the account where the file says so."""
    loaded = load(workspace, written)
    assert loaded.cadence.meeting_ends_account is ends
    stop_on = loaded.document["stop_on"]
    assert isinstance(stop_on, dict)
    assert stop_on["meeting"] == normal
    assert cadence_from_document(loaded.document) == loaded.cadence


def test_whom_a_meeting_cannot_end(workspace: Path) -> None:
    """What is neither is answered with both."""
    with pytest.raises(ConfigError) as raised:
        load(workspace, "stop_on: {meeting: company}\n")
    [problem] = raised.value.problems
    assert (problem.line, problem.column) == (1, 20)
    assert "`finish` or `account`" in problem.message


def test_hint(workspace: Path) -> None:
    """A misspelt rule or key is answered with the one that was meant."""
    with pytest.raises(ConfigError) as raised:
        load(workspace, FULL.replace("pause  14  days", "finsh").replace("again:", "agian:"))
    assert {each.hint for each in raised.value.problems} >= {
        "did you mean `finish`?",
        "did you mean `again`?",
    }
