"""What a cadence file says about time: hours, days, holidays, hours of single steps."""

import json
from pathlib import Path

import pytest

from sequencer.domain.cadence import Cadence, ZoneFrom
from sequencer.domain.window import Block
from sequencer.files.cadence import (
    LoadedCadence,
    cadence_from_document,
    content_hash,
    load_cadence,
)
from sequencer.files.problem import ConfigError

TEXT = """\
cadence: fintech-intro
title: First contact
schedule:
  window: {mon-fri: ["8:30-17:00"]}
  first_window: {tue-thu: ["10:00-11:30"]}
  holidays: [mailbox]
from: {mailboxes: [ana]}
steps:
  - {id: intro, email: intro.md, day: 2}
  - {id: bump, email: bump.md, day: 4}
  - id: night
    email: bump.md
    day: 4
    window: {fri: ["22:00-02:00"]}
  - id: last
    email: bump.md
    day: 9
    at: "9:30"
"""

BY_WAITS = """\
cadence: fintech-intro
title: First contact
from: {mailboxes: [ana]}
steps:
  - {id: intro, email: intro.md}
  - {id: bump, email: bump.md, wait: 3 business_days, when: 'stage == "lead"'}
"""
BY_WAITS_HASH = "c2020a9a833f4c12559734f45357cd72a7229f0561e9fb7c71c18882842ba22e"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "templates/fintech-intro"
    folder.mkdir(parents=True)
    for name in ("intro.md", "bump.md"):
        (folder / name).write_text(f"---\nsubject: {name}\n---\n{name}\n")
    (tmp_path / "config/cadences").mkdir(parents=True)
    return tmp_path


def load(workspace: Path, text: str) -> LoadedCadence:
    path = workspace / "config/cadences/intro.yaml"
    path.write_text(text)
    return load_cadence(path)


def said(workspace: Path, text: str) -> list[str]:
    with pytest.raises(ConfigError) as raised:
        load(workspace, text)
    found = raised.value.problems
    return [f"{each.line}:{each.column} {each.message} | {each.hint}" for each in found]


def cadence(workspace: Path, *changes: tuple[str, str]) -> Cadence:
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return load(workspace, text).cadence


def test_windows(workspace: Path) -> None:
    """First touches, follow-ups and single steps have each their own hours."""
    found = cadence(workspace)
    first = found.window_of("intro").days
    assert first == ((), *((Block(600, 690),),) * 3, *((),) * 3)
    assert found.window_of("bump").days[4] == (Block(510, 1_020),)
    assert found.window_of("night").days[4] == (Block(1_320, 1_560),)
    assert found.window_of("last").days == ((Block(570, 600),),) * 5 + ((),) * 2


def test_clock_time_of_the_first_step(workspace: Path) -> None:
    """The first step keeps to the days of first touches."""
    found = cadence(workspace, ("day: 2}", 'day: 2, at: "9:00"}'))
    assert found.window_of("intro").days == ((), *((Block(540, 570),),) * 3, *((),) * 3)


def test_days_become_waits(workspace: Path) -> None:
    """Day 1 is the day of the enrolment; a later step waits for the business days in between."""
    waits = [str(step.wait) for step in cadence(workspace).steps]
    assert waits == ["1 business_day", "2 business_days", "0 minutes", "5 business_days"]
    first_day = cadence(workspace, ("day: 2}", "day: 1}"))
    assert str(first_day.steps[0].wait) == "0 minutes"


def test_whose_holidays(workspace: Path) -> None:
    """Both by default, in one order; one of them, or nobody's."""
    key = ("  holidays: [mailbox]\n", "")
    assert cadence(workspace).schedule.holidays == (ZoneFrom.MAILBOX,)
    both = (ZoneFrom.PROSPECT, ZoneFrom.MAILBOX)
    assert cadence(workspace, key).schedule.holidays == both
    assert cadence(workspace, ("[mailbox]", "[mailbox, prospect]")).schedule.holidays == both
    assert cadence(workspace, ("[mailbox]", "[]")).schedule.holidays == ()


def test_document_and_back(workspace: Path) -> None:
    """The stored form gives the same cadence again: days stay days, waits stay waits."""
    loaded = load(workspace, TEXT)
    stored = json.loads(json.dumps(loaded.document))
    assert cadence_from_document(stored) == loaded.cadence
    assert [step.day for step in loaded.cadence.steps] == [2, 4, 4, 9]
    by_waits = TEXT
    for day, wait in (
        ("day: 2}", "wait: 1 business_day}"),
        ("day: 4}", "wait: 2 business_days}"),
        ("day: 4\n", "wait: 0 minutes\n"),
        ("day: 9", "wait: 5 business_days"),
        ('"9:30"', '"09:30"'),
    ):
        assert day in by_waits
        by_waits = by_waits.replace(day, wait)
    waiting = load(workspace, by_waits)
    assert cadence_from_document(waiting.document) == waiting.cadence
    assert [step.wait for step in waiting.cadence.steps] == [
        step.wait for step in loaded.cadence.steps
    ]
    assert waiting.document != loaded.document


def test_name_of_a_version_by_waits(workspace: Path) -> None:
    """A cadence that was applied before steps had days is still the same one."""
    loaded = load(workspace, BY_WAITS)
    assert content_hash(loaded.document, loaded.templates) == BY_WAITS_HASH


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("day: 4}", "wait: 1 day}", "10:32 `wait` and `day` cannot be mixed in one cadence | give"),
        (", day: 4}", "}", "10:5 every step needs a `day`, as others have one | day 1 is the day"),
        ("    day: 9\n", "    day: 3\n", "17:10 day 3 comes after day 4: the days of the steps"),
        ("day: 2}", "day: 0}", "9:39 `steps[1].day`: at least 1"),
        ("day: 2}", "day: soon}", "9:39 `steps[1].day`: a whole number"),
        ("day: 2}", 'day: "2"}', "9:39 `steps[1].day`: a whole number is expected, not `2`"),
        ("day: 2}", "day: true}", "9:39 `steps[1].day`: a number is expected, not `true`"),
        ("from:", "  jitter_minutes: true\nfrom:", "7:19 `schedule.jitter_minutes`: a number"),
        ("day: 9", "day: 251", "17:10 `steps[4].day`: at most 250"),
        ('at: "9:30"', 'at: "24:00"', "18:9 `steps[4].at`: the midnight that ends a day is"),
        ('at: "9:30"', "at: noon", "18:9 `steps[4].at`: a time of day is written"),
        ("    day: 9\n", '    day: 9\n    window: {mon: ["9:00-10:00"]}\n', "15:5 `steps[4]`: a s"),
        ("tue-thu", "tuesday", "5:18 `schedule.first_window.tuesday`: days are written"),
        ('["10:00-11:30"]', "[]", "5:17 the window is never open | give at least one day"),
        ('["22:00-02:00"]', '["22:00-24:00", "23:00-23:30"]', "14:19 the hours 22:00-24:00 and 23"),
        ("[mailbox]", "[workspace]", "6:14 `schedule.holidays[1]`: one of `prospect` or `mailbox`"),
        ("[mailbox]", "mailbox", "6:13 `schedule.holidays`: a list"),
        (
            "  holidays",
            "  skip_dates: [1999-12-31]\n  holidays",
            "6:16 `schedule.skip_dates[1]`: a date lies",
        ),
        (
            "  holidays",
            "  skip_dates: [2101-01-01]\n  holidays",
            "6:16 `schedule.skip_dates[1]`: a date lies",
        ),
    ],
)
def test_mistakes(workspace: Path, old: str, new: str, expected: str) -> None:
    """Each mistake has its line, its column and words that say what was expected."""
    assert TEXT.count(old) >= 1
    found = said(workspace, TEXT.replace(old, new, 1))
    assert any(each.startswith(expected) for each in found), found


def test_night_into_the_morning(workspace: Path) -> None:
    """A night that has not ended when the next day's hours begin is told on that day."""
    text = TEXT.replace('{fri: ["22:00-02:00"]}', '{fri: ["22:00-02:00"], sat: ["01:00-05:00"]}')
    [found] = said(workspace, text)
    assert found.startswith("14:19 the hours 22:00-02:00 of fri and 01:00-05:00 overlap on sat")


def test_too_many_skipped_dates(workspace: Path) -> None:
    """A hundred dates may be skipped; who needs more means another window."""
    dates = ", ".join(f"2027-{month:02}-{day:02}" for month in range(1, 5) for day in range(1, 27))
    found = said(workspace, TEXT.replace("[mailbox]", f"[mailbox]\n  skip_dates: [{dates}]"))
    assert any("`schedule.skip_dates`: at most 100" in each for each in found)
