from pathlib import Path
from typing import Any

import pytest

from sequencer.domain.delay import NO_DELAY, Delay, Unit
from sequencer.domain.meeting_rule import MeetingCase, MeetingRule
from sequencer.domain.task import TaskKind
from sequencer.files.cadence import cadence_from_document, content_hash, load_cadence
from sequencer.files.check import check_workspace
from sequencer.files.problem import ConfigError

SETTINGS = """\
workspace: {postal_address: "1 Example Street"}
web: {public_url: https://sales.example}
mailboxes:
  ana: {address: ana@sales.example, name: Ana, provider: google_workspace, rep: Ana Ruiz}
reps:
  marta: {name: Marta, address: marta@sales.example, timezone: Europe/Madrid}
"""
CADENCE = """\
cadence: {slug}
title: First
audience: {{min_days_since_touch: {days}, again: {again}}}
from: {{mailboxes: [ana]}}
steps:
  - {{id: intro, email: intro.md}}
"""
INTRO = '---\nsubject: For {{ company | or("you") }}\n---\nHello!\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "config/cadences").mkdir(parents=True)
    (tmp_path / "config/sequencer.yaml").write_text(SETTINGS)
    write(tmp_path, "first", "")
    write(tmp_path, "second", "")
    return tmp_path


def write(root: Path, slug: str, on: str, days: int = 0, again: str = "never") -> Path:
    (root / "templates" / slug).mkdir(parents=True, exist_ok=True)
    (root / "templates" / slug / "intro.md").write_text(INTRO)
    path = root / "config/cadences" / f"{slug}.yaml"
    path.write_text(CADENCE.format(slug=slug, days=days, again=again) + on)
    return path


def rules(root: Path, on: str) -> tuple[MeetingRule, ...]:
    return load_cadence(write(root, "first", f"on:\n{on}")).cadence.on


def test_every_rule_that_may_be_written(root: Path) -> None:
    """A rule by itself or a list of them, with what is not written taken as usual."""
    found = rules(
        root,
        "  meeting.no_show: {enroll: second}\n"
        "  meeting.cancelled:\n"
        "    - {after: 1 business_day, task: call, assign: owner}\n"
        "    - {reopen: next_step}\n"
        "  meeting.cancelled_by_host: {assign: marta}\n",
    )
    cancelled = MeetingCase.CANCELLED
    day, by_host = Delay(1, Unit.DAYS), MeetingCase.CANCELLED_BY_HOST
    assert found == (
        MeetingRule(cancelled, Delay(1, Unit.BUSINESS_DAYS), TaskKind.CALL, assign="owner"),
        MeetingRule(cancelled, day, reopen=True),
        MeetingRule(by_host, day, assign="marta"),
        MeetingRule(MeetingCase.NO_SHOW, NO_DELAY, enroll="second"),
    )
    assert check_workspace(root).problems == ()


def test_one_spelling_one_version(root: Path) -> None:
    """Order, spelling and what is usual anyway change no version; what is stored reads back."""
    one = load_cadence(
        write(
            root,
            "first",
            "on:\n  meeting.no_show: {enroll: second}\n  meeting.held: {task: call}\n",
        )
    )
    other = load_cadence(
        write(
            root,
            "first",
            "on:\n  meeting.held: [{task: call, after: '0   minutes'}]\n"
            "  meeting.no_show: {enroll: second, after: 0 minutes}\n",
        )
    )
    assert content_hash(one.document, {}) == content_hash(other.document, {})
    assert cadence_from_document(one.document) == one.cadence


def test_without_rules(root: Path) -> None:
    """A cadence that says nothing has none, and one that was stored without the key reads back."""
    loaded = load_cadence(write(root, "first", ""))
    assert loaded.cadence.on == ()
    document: dict[str, Any] = {key: each for key, each in loaded.document.items() if key != "on"}
    assert cadence_from_document(document) == loaded.cadence


MISTAKES = [
    (
        "meeting.noshow: {task: call}",
        "8:3: `on.meeting.noshow`: `meeting.noshow` never happens to a meeting",
        "did you mean `meeting.no_show`?",
    ),
    (
        "weather.changed: {task: call}",
        "8:3: `on.weather.changed`: `weather.changed` never happens to a meeting",
        "known here: meeting.asked_again, meeting.booked",
    ),
    (
        "meeting.no_show: {tsk: call}",
        "8:21: unknown key `tsk`",
        "did you mean `task`?",
    ),
    (
        "meeting.no_show: [{task: call}, {task: dance}]",
        "8:42: `on.meeting.no_show[2].task`: one of `call`,",
        "",
    ),
    (
        "meeting.no_show: {task: dance}",
        "8:27: `on.meeting.no_show.task`: one of `call`,",
        "",
    ),
    ("meeting.no_show: {after: 3 weeks, task: call}", "8:28: `on.meeting.no_show.after`: a d", ""),
    ("meeting.no_show: {after: 1 day}", "8:3: `on.meeting.no_show`: the rule does nothing", "give"),
    ("meeting.no_show: {assign: owner}", "8:3: `on.meeting.no_show`: the rule does nothing", ""),
    ("meeting.no_show: {assign: ' '}", "8:29: `on.meeting.no_show.assign`: the short name", ""),
    (
        "meeting.no_show: {enroll: second, reopen: next_step}",
        "8:3: `on.meeting.no_show`: `enroll` and `reopen` exclude each other",
        "one of the two",
    ),
    ("meeting.no_show: {reopen: first}", "8:29: `on.meeting.no_show.reopen`: one of", ""),
    ("meeting.no_show: call", "8:20: `on.meeting.no_show`: a rule, or a list of rules", "write it"),
    ("meeting.no_show: []", "8:20: `on.meeting.no_show`: at least 1 is needed", ""),
    ("meeting.no_show: {enroll: first}", "8:29: `first` would enrol people in itself", "`reopen:"),
    (
        "meeting.booked: {reopen: next_step}",
        "8:28: nothing goes on because a meeting was booked",
        "`meeting.held`",
    ),
]


@pytest.mark.parametrize(("on", "message", "hint"), MISTAKES)
def test_mistakes(root: Path, on: str, message: str, hint: str) -> None:
    """A mistake is told with its place, and with what to do about it where that is known."""
    path = write(root, "first", f"on:\n  {on}\n")
    with pytest.raises(ConfigError) as caught:
        load_cadence(path)
    [problem] = caught.value.problems
    said = f"{problem.line}:{problem.column}: {problem.message}"
    assert said.startswith(message)
    assert problem.hint.startswith(hint)


def test_too_many(root: Path) -> None:
    """A case has five rules at most, and a name of a rep an end."""
    many = ", ".join(["{task: call}"] * 6)
    for on in (f"meeting.held: [{many}]", f"meeting.held: {{assign: {'x' * 200}}}"):
        with pytest.raises(ConfigError):
            rules(root, f"  {on}\n")


def shown(root: Path) -> list[str]:
    return [f"{each.severity} {each.message}" for each in check_workspace(root).problems]


def test_a_cadence_that_is_not_there(root: Path) -> None:
    """A rule that names an unknown cadence or rep is a mistake of the workspace."""
    on = "on: {meeting.no_show: {enroll: secnd}, meeting.held: {task: call, assign: mrta}}\n"
    write(root, "first", on)
    found = check_workspace(root).problems
    assert [(each.line, each.message, each.hint) for each in found] == [
        (7, "there is no cadence `secnd`", "did you mean `second`?"),
        (7, "there is no rep `mrta`", "did you mean `marta`?"),
    ]


@pytest.mark.parametrize("rep", ["marta", "Ana Ruiz", "ana", "owner"])
def test_reps_that_are_known(root: Path, rep: str) -> None:
    """A rep of the settings, the rep of a mailbox, and whoever has the prospect."""
    write(root, "first", f"on: {{meeting.held: {{task: call, assign: {rep}}}}}\n")
    assert shown(root) == []


def test_a_door_that_is_closed(root: Path) -> None:
    """Who has just had a mail could not enter such a cadence: a warning says so."""
    write(root, "first", "on: {meeting.no_show: {enroll: second}}\n")
    write(root, "second", "", days=7)
    assert shown(root) == ["warning `second` lets nobody in who had a mail within 7 days"]


def test_before_the_meeting(root: Path) -> None:
    """A cadence that is to prepare a meeting has to let people in who have one ahead."""
    write(root, "first", "on: {meeting.booked: {enroll: second}}\n")
    ahead = "lets nobody in who has a meeting ahead, as everybody has here"
    assert shown(root) == [f"warning `second` {ahead}"]
    path = root / "config/cadences/second.yaml"
    path.write_text(path.read_text().replace("again:", "beside_meeting: true, again:"))
    assert shown(root) == []


def test_round_and_round(root: Path) -> None:
    """Two cadences may lead to each other; a warning says so where nothing limits it."""
    to, back = (f"on: {{meeting.no_show: {{enroll: {slug}}}}}\n" for slug in ("second", "first"))
    write(root, "first", to)
    write(root, "second", back)
    assert shown(root) == []
    write(root, "first", to, again="always")
    assert shown(root) == []
    write(root, "second", back, again="if_inactive")
    assert len(shown(root)) == 2
