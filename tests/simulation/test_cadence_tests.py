"""Cadence tests: what is given happens, what is expected is judged, and the shipped ones hold."""

import shutil
import textwrap
from collections.abc import Sequence
from pathlib import Path

import pytest

from sequencer.files.cadence_test_file import read_cadence_tests
from sequencer.files.problem import ConfigError
from sequencer.files.yaml_source import parse_yaml
from sequencer.simulation.cadence_test import Result
from sequencer.simulation.cadence_tests import Found, find_tests

ROOT = Path(__file__).parents[2]
FOUND = find_tests(ROOT, {})
HEAD = """\
cadence: {slug}
begin: 2026-04-20 09:00
prospect: {{first_name: Lucía, country: ES, timezone: Europe/Madrid, language: {language}}}
tests:
  - test: this
"""


def run(
    given: Sequence[str],
    expected: Sequence[str],
    slug: str = "fintech-intro",
    language: str = "es",
    found: Found = FOUND,
) -> Result:
    """What comes of a test with these phrases."""
    text = HEAD.format(slug=slug, language=language)
    for key, phrases in (("given", given), ("expect", expected)):
        text += f"    {key}:\n" + "".join(f"      - {each}\n" for each in phrases)
    [test] = read_cadence_tests(parse_yaml(text, "this.test.yaml"), found.known)
    return found.rehearsal.run(test)


def told(result: Result) -> list[str]:
    return [f"{miss.phrase.words} -> {miss.happened}" for miss in result.misses]


@pytest.mark.parametrize("test", FOUND.tests, ids=lambda test: test.id)
def test_shipped(test: object) -> None:
    """The tests that a new workspace begins with hold."""
    [shipped] = [each for each in FOUND.tests if each is test]
    result = FOUND.rehearsal.run(shipped)
    assert result.passed, told(result)


def test_every_cadence_is_shipped_with_tests() -> None:
    """No cadence of ours is without one, and no file of them is wrong."""
    assert FOUND.problems == ()
    assert {test.slug for test in FOUND.tests} == set(FOUND.slugs)


@pytest.mark.parametrize(
    ("given", "holds"),
    [
        ("reply on day 2", ["ends as replied on day 2", "task reply", "exactly 1 mail"]),
        ("reply on day 4", ["no send after", "no send after that", "exactly 2 sends"]),
        ('"reply on day 2": Quíteme de su lista, por favor.', ["ends as opted_out on day 2"]),
        ("colleague replies on day 2", ["ends as colleague_replied", "colleague ends as replied"]),
        ("out of office until 3 May", ["waits until 4 May because auto_reply", "bump on 7 May"]),
        ("out of office from 22 Apr until 3 May", ["bump on 23 Apr", "waits until 4 May"]),
        ("out of office without a date", ["waits until 4 May because auto_reply"]),
        ("out of office until 3 May in German", ["waits until 4 May"]),
        ("intro bounces", ["ends as bounced on day 1", "is suppressed"]),
        ("bounces softly", ["ends as completed", "is not suppressed"]),
        ("opts out on day 2", ["ends as opted_out on day 2", "is suppressed"]),
        ("opts out by link 1 hour after bump", ["ends as opted_out", "exactly 2 mails"]),
        ("complains 1 day after intro", ["ends as complained on day 2", "is suppressed"]),
        ("books on day 2", ["ends as meeting_booked on day 2"]),
        ("first-call ends as not-interested", ["ends as disposition", "no last-mail"]),
        ("first-call ends as voicemail", ["last-mail happens"]),
        ("calls us on day 2 and ends as not-interested", ["ends as disposition on day 2"]),
        ("rep pauses on day 2", ["waits for a person because manual", "does not end", "no bump"]),
        ("rep stops on day 2", ["ends as removed on day 2", "no send after that"]),
        (
            "ana is away from 22 Apr until 30 Apr",
            ["waits until 1 May because rep_away", "bump happens"],
        ),
        ("nobody calls", ["first-call skipped because in time"]),
        ("intro in variant plain", ["intro in variant plain"]),
        ("intro in variant question", ["intro in variant question"]),
    ],
)
def test_given(given: str, holds: list[str]) -> None:
    """What is given reaches the engine, and it does what it always does."""
    result = run([given], holds)
    assert result.passed, [*told(result), *map(str, result.story)]


@pytest.mark.parametrize(
    ("given", "holds"),
    [
        (["cancels on day 4"], ["task call on Fri 24 Apr", "no send after the cancellation"]),
        (["we cancel on day 4"], ["ends as meeting_booked", "no send after the booking"]),
        (["does not come"], ["enrolled in missed-you on 30 Apr", "missed-you/missed-you on 4 May"]),
        (
            ["does not come", "comes after all 2 hours after the no-show"],
            ["not enrolled in missed-you"],
        ),
        (["no-show"], ["enrolled in missed-you on 30 Apr"]),
        (["comes to the meeting"], ["no task call", "not enrolled in missed-you"]),
        (
            ["moves on day 3 to 30 Apr at 16:00", "does not come"],
            ["enrolled in missed-you on Mon 4 May"],
        ),
    ],
)
def test_meetings(given: list[str], holds: list[str]) -> None:
    """A meeting that was booked may be moved, cancelled, missed or held."""
    result = run(["books on day 2 for Wed 29 Apr at 11:00", *given], holds)
    assert result.passed, [*told(result), *map(str, result.story)]


@pytest.mark.parametrize("language", ["de", "en", "es", "fr", "it", "nl", "pt", "sv"])
def test_languages(language: str) -> None:
    """In each language a notice holds, an opt-out stops, and an answer is an answer."""
    away = run(["out of office until 3 May"], ["waits until 4 May"], language=language)
    undated = run(["out of office without a date"], ["waits until 4 May"], language=language)
    out = run(["opts out on day 2"], ["ends as opted_out"], language=language)
    reply = run(["reply on day 2"], ["ends as replied"], language=language)
    assert [told(each) for each in (away, undated, out, reply)] == [[], [], [], []]


# What holds where somebody says nothing: intro on 20 April, bump on 23, a call on 24, last-mail.
@pytest.mark.parametrize(
    ("expected", "instead"),
    [
        ("bump on 24 Apr", "bump left on Thu 23 Apr"),
        ("bump on 23 Apr 13:00-14:00", "bump left on Thu 23 Apr"),
        ("bump on 23 Apr 08:30-11:30 Mexico City", "bump left on"),
        ("bump before 08:00", "bump left on"),
        ("bump 2 days after intro", "and intro was on Mon 20 Apr"),
        ("bump 2 hours after intro", "and intro was on"),
        ("bump 1 day after the reply", "the reply never happened"),
        ("missed-you/missed-you happens", "they are not in missed-you"),
        ("no bump", "bump left on Thu 23 Apr"),
        ("bump skipped", "bump left on Thu 23 Apr"),
        ("first-call skipped because it rained", "first-call was skipped on Tue 28 Apr"),
        ("exactly 2 mails", "3 mails: intro on Mon 20 Apr"),
        ("no mails", "3 mails: intro"),
        ("at most 2 mails", "3 mails: intro"),
        ("no send after day 2", "bump left on Thu 23 Apr"),
        ("no send after bump", "last-mail left on"),
        ("no send after the reply", "the reply never happened"),
        ("no send after that", "what was given never happened"),
        ("only intro and bump", "first-call on Fri 24 Apr"),
        ("bump then intro", "intro on Mon 20 Apr"),
        ("ends as replied", "it ended as completed on"),
        ("ends as completed on day 2", "it ended as completed on"),
        ("does not end", "it ended as completed on"),
        ("waits until 4 May", "it never waited for anything"),
        ("task letter", "the tasks were: call for ana on Fri 24 Apr"),
        ("task call for luis", "the tasks were: call for ana"),
        ("task call on 25 Apr", "the tasks were: call for ana"),
        ("no task call", "task call for ana on Fri 24 Apr"),
        ("enrolled in missed-you", "they never were in missed-you"),
        ("enrolled in fintech-intro on day 2", "they were enrolled in it on Mon 20 Apr"),
        ("not enrolled in fintech-intro", "they were enrolled in it on Mon 20 Apr"),
        ("is refused because stage_excluded", "they were let in"),
        ("is suppressed", "they are not on the suppression list"),
        ('subject of intro contains "Zebra"', "the subject is"),
        ('subject of intro is "Una"', "the subject is"),
        ('intro says "Zebra"', "it says"),
        ('intro does not say "Lucía"', "Lucía"),
        ('intro does not say "lucÍA"', "Lucía"),
        ('intro does not say "una PREGUNTA sobre su"', 'its subject is "Una pregunta'),
        ('subject of intro is "cierre de mes"', "the subject is"),
        ('subject of intro is "This contains it"', "the subject is"),
        ('first-call says "Zebra"', "first-call is no mail"),
        ("intro in variant plain", "it was in variant question"),
        ("intro from luis", "it left from ana"),
        ("intro answers bump", "it is in another thread"),
        ("bump begins a new thread", "it answers a mail"),
    ],
)
def test_what_does_not_hold(expected: str, instead: str) -> None:
    """What was expected and is not so fails, and says what is."""
    [line] = told(run([], [f"'{expected}'"]))
    assert instead in line


@pytest.mark.parametrize(
    ("given", "expected", "instead"),
    [
        ("opts out on day 2", "is not suppressed", "they are on the suppression list"),
        ("opts out on day 2", "bump happens", "bump never happened: it ended as opted_out on"),
        ("rep pauses on day 2", "bump happens", "bump never happened: it waits for a person"),
        ("rep pauses on day 2", "waits until 4 May", "it waited for a person (manual)"),
        ("first-call ends as interested", "last-mail happens", "last-mail was skipped: not for"),
    ],
)
def test_why_something_never_happened(given: str, expected: str, instead: str) -> None:
    """Why a step did not happen is said with it."""
    [line] = told(run([given], [expected]))
    assert instead in line


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("reply at 2026-04-20 09:00", "no mail had left for them by then"),
        ("cancels on day 2", "there was no meeting by then"),
        ("does not come", "there was no such meeting"),
        ("reply 2 days after the booking", "the booking never happened"),
        ("first-call ends as interested on day 2", "the task first-call was not open then"),
        ("rep resumes on day 2", "could be changed so then"),
        ("books on day 2 for 20 Apr", "is past"),
        ("last-mail bounces softly, reply on day 2", "last-mail never left"),
        ("out of office from day 300 until day 310", "no mail came to them in those days"),
        ("out of office from day 300 without a date", "no mail came to them in those days"),
        (
            "colleague out of office from day 100 until day 200, reply on day 2",
            "no mail came to them in those days",
        ),
        ("out of office from business day 5 until day 2", "ends on the day it begins or later"),
        ("ana is away from business day 9 until 21 Apr", "ends on the day it begins or later"),
        ("rep pauses on 2026-04-19", "that is before the begin of the test"),
        ("opts out on 2027-06-01", "the test was over by then, after 400 days"),
    ],
)
def test_what_cannot_be_given(given: str, why: str) -> None:
    """Something given that cannot happen fails the test: else it would prove nothing."""
    result = run(given.split(", "), ["intro happens"])
    assert [why in line for line in told(result)] == [True], told(result)


def test_variants_that_nobody_gets() -> None:
    """Two variants of one step cannot both be given."""
    given = ["intro in variant plain", "intro in variant question"]
    assert told(run(given, ["intro happens"])) == [
        f"{each} -> nobody gets these variants" for each in given
    ]


def test_variants_of_each() -> None:
    """The prospect and the colleague may get different wordings."""
    phrases = ["intro in variant plain", "colleague intro in variant question"]
    for chosen in (phrases, phrases[::-1]):
        assert told(run(chosen, phrases)) == []
    others = ["intro in variant question", "colleague intro in variant plain"]
    assert told(run(others, others)) == []


def test_the_absence_is_the_first_notice() -> None:
    """Whoever is written to while they are away shows it: later notices are no later absence."""
    away = ["out of office from 21 Apr until 30 May", "rep resumes 1 hour after the absence"]
    [line] = told(run(away, ["no send after the absence"]))
    assert "last-mail left on" in line


def test_the_same_each_time() -> None:
    """A test tells the same story each time that it is run."""
    first, again = (run(["reply on day 4"], ["bump happens"]) for _ in range(2))
    assert first.story == again.story
    assert first.story


SETTINGS = """\
workspace: {name: Closing Days, timezone: Europe/Madrid, postal_address: Madrid}
web: {public_url: https://go.closing-days.example}
mailboxes:
  luis: {address: luis@closing-days.example, name: Luis Ortega, provider: google_workspace}
"""


def a_workspace(root: Path, settings: str, cadence: str, template: str) -> Found:
    """A copy of the shipped workspace whose cadence `missed-you` is another one."""
    for folder in ("config", "templates"):
        shutil.copytree(ROOT / folder, root / folder)
    for path in (root / "config" / "cadences").glob("*.test.yaml"):
        path.unlink()
    (root / "config" / "sequencer.yaml").write_text(SETTINGS + settings, encoding="utf-8")
    (root / "config" / "cadences" / "missed-you.yaml").write_text(cadence, encoding="utf-8")
    (root / "templates" / "missed-you" / "hello.md").write_text(template, encoding="utf-8")
    return find_tests(root, {})


CADENCE = """\
cadence: missed-you
title: Hello
from: {sender}
steps:
  - {{id: hello, email: hello.md}}
"""
TEMPLATE = """\
---
subject: "For {{ first_name | or('you') }}"
---
Your plan is {{ account.tier | or("unknown") }}.
"""


def test_what_is_known_of_the_company(tmp_path: Path) -> None:
    """A test may say values of the account; a cadence may be sent by a pool of mailboxes."""
    settings = "account_fields: [tier]\npools: {spain: [luis]}\n"
    cadence = CADENCE.format(sender="{pool: spain}")
    found = a_workspace(tmp_path, settings, cadence, TEMPLATE)
    assert "missed-you" in found.slugs
    text = textwrap.dedent(
        """\
        cadence: missed-you
        begin: 2026-04-20 09:00
        account: {tier: gold}
        tests:
          - test: known
            expect: ['hello says "Your plan is gold."', hello from luis]
          - test: another
            account: {tier: silver}
            expect: ['hello says "Your plan is silver."']
        """
    )
    for test in read_cadence_tests(parse_yaml(text, "this.test.yaml"), found.known):
        assert told(found.rehearsal.run(test)) == []
    with pytest.raises(ConfigError, match="accounts have no field `teir`"):
        read_cadence_tests(parse_yaml(text.replace("tier: s", "teir: s"), "t"), found.known)


def test_a_cadence_that_nobody_sends(tmp_path: Path) -> None:
    """A cadence whose mailboxes the settings do not have cannot be tested, and that is said."""
    cadence = CADENCE.format(sender="{mailboxes: [nobody]}")
    found = a_workspace(tmp_path, "", cadence, TEMPLATE)
    text = "cadence: missed-you\nbegin: 2026-04-20 09:00\ntests: [{test: x, expect: no mails}]\n"
    with pytest.raises(ConfigError, match="has mistakes of its own"):
        read_cadence_tests(parse_yaml(text, "this.test.yaml"), found.known)


def test_subjects_with_small_words() -> None:
    """Words in quotes never decide what is asked: `is` in them is no `is` of the phrase."""
    [line] = told(run([], ["'subject of intro contains \"This is it\"'"]))
    assert "the subject is" in line
    story = run([], ["bump answers intro"]).story
    subject = next(each for each in story if each.kind == "sent").words.split('"')[1]
    assert told(run([], [f"'subject of intro is \"{subject}\"'"])) == []


def test_a_refusal_that_was_not_expected() -> None:
    """Whoever was not let in gets nothing; that alone must not make a test pass."""
    text = textwrap.dedent(
        """\
        cadence: fintech-intro
        begin: 2026-04-20 09:00
        prospect: {stage: customer}
        tests:
          - test: only negatives
            expect: [no last-mail, no mails at all, is not suppressed]
          - test: of a colleague
            prospect: {stage: lead}
            colleague: {stage: customer}
            expect: [intro happens, colleague no intro]
          - test: nobody asks about the colleague
            prospect: {stage: lead}
            colleague: {stage: customer}
            expect: [intro happens]
        """
    )
    tests = read_cadence_tests(parse_yaml(text, "this.test.yaml"), FOUND.known)
    why = "they were not let in: The cadence is not for people of this stage. (customer, not lead)"
    assert [told(FOUND.rehearsal.run(each)) for each in tests] == [
        [f"no last-mail -> {why}"],
        [f"colleague no intro -> {why}"],
        [],
    ]


def test_people_who_are_refused() -> None:
    """Whoever the gate does not let in gets nothing, and the sentence says why."""
    text = textwrap.dedent(
        """\
        cadence: fintech-intro
        begin: 2026-04-20 09:00
        prospect: {stage: customer}
        tests:
          - test: not for customers
            expect: [is refused because stage_excluded, no mails at all]
          - test: wrong
            expect: [is refused because suppressed_address, intro happens, does not end]
        """
    )
    first, second = read_cadence_tests(parse_yaml(text, "this.test.yaml"), FOUND.known)
    assert FOUND.rehearsal.run(first).passed
    assert [line.partition(" -> ")[2] for line in told(FOUND.rehearsal.run(second))] == [
        "they were refused because stage_excluded",
        "they were not let in: The cadence is not for people of this stage. (customer, not lead)",
        "it never began: The cadence is not for people of this stage. (customer, not lead)",
    ]
