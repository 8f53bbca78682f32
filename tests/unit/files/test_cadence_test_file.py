"""A file of cadence tests: what it means, and every mistake in it with its place."""

from datetime import UTC, datetime
from typing import Any

import pytest
from builders import a_cadence, a_step

from sequencer.domain.cadence_test import CadenceTest, Given
from sequencer.domain.variant import Variant
from sequencer.files.cadence_test_file import Known, read_cadence_tests
from sequencer.files.problem import ConfigError
from sequencer.files.yaml_source import parse_yaml

FILE = "config/cadences/fintech-intro.test.yaml"
HEAD = """\
cadence: fintech-intro
begin: 2026-04-20 09:00
prospect: {timezone: Europe/Madrid, language: es}
tests:
  - test: silence
"""
WORDINGS = (Variant("plain", "intro.md"), Variant("question", "question.md"))
CADENCES = {
    "fintech-intro": a_cadence(),
    "other": a_cadence(slug="other", steps=(a_step(variants=WORDINGS),)),
}
KNOWN = Known(CADENCES, broken=("broken",), mailboxes=("ana",))


def read(text: str) -> list[CadenceTest]:
    return read_cadence_tests(parse_yaml(text, FILE), KNOWN)


def problems(text: str) -> list[Any]:
    with pytest.raises(ConfigError) as caught:
        read(text)
    return list(caught.value.problems)


def test_a_test() -> None:
    """Begin, people, what is given and what is expected, with their places."""
    [test] = read(HEAD + "    given: [reply on day 4]\n    expect:\n      - ends as replied\n")
    assert (test.id, test.line) == ("fintech-intro: silence", 5)
    assert test.begin == datetime(2026, 4, 20, 7, tzinfo=UTC)
    assert test.people["prospect"]["language"] == "es"
    assert test.people["prospect"]["email"].endswith(".example")
    assert [(each.form, each.line, each.column) for each in test.given] == [(Given.REPLIES, 6, 13)]
    assert [(each.words, each.line, each.column) for each in test.expected] == [
        ("ends as replied", 8, 9)
    ]


def test_a_test_alone() -> None:
    """One phrase needs no list; a test may have people and a begin of its own."""
    [test] = read(
        HEAD + "    begin: 2026-05-04 10:30 Mexico City\n"
        "    prospect: {first_name: Zoe, language: fr}\n"
        "    given: 'reply on day 2'\n    expect: bump happens\n"
    )
    assert test.begin == datetime(2026, 5, 4, 16, 30, tzinfo=UTC)
    person = test.people["prospect"]
    assert (person["first_name"], person["timezone"], person["language"]) == (
        "Zoe",
        "Europe/Madrid",
        "fr",
    )
    assert (test.given[0].line, test.given[0].column) == (8, 13)


def test_what_somebody_writes() -> None:
    """It follows the phrase as the value of a key, over several lines if need be."""
    [test] = read(
        HEAD + "    given:\n      - reply on day 2: |\n          No.\n          Not now.\n"
        "    expect: bump happens\n"
    )
    assert (test.given[0].words, test.given[0].text) == ("reply on day 2", "No.\nNot now.")


@pytest.mark.parametrize("phrase", ["colleague replies on day 3", "reply on day 3"])
def test_colleagues(phrase: str) -> None:
    """There is a colleague of the same company as soon as a phrase names one."""
    [test] = read(HEAD + f"    given: [{phrase}]\n    expect: bump happens\n")
    assert ("colleague" in test.people) == phrase.startswith("colleague")
    hosts = {person["email"].partition("@")[2] for person in test.people.values()}
    assert len(hosts) == 1


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ("tests: []\n", (1, None), "is missing", ""),
        (HEAD, (5, 5), "the key `expect` is missing", ""),
        (HEAD + "    expects: x\n", (6, 5), "unknown key `expects`", "did you mean `expect`?"),
        (HEAD + "    expect: []\n", (6, 13), "expects nothing", "add a phrase"),
        (HEAD + "    expect: bmp happens\n", (6, 13), "begins with `bmp`", "did you mean `bump`?"),
        (HEAD + "    expect:\n      - bump on dy 4\n", (7, 17), "`dy` does not fit", ""),
        (HEAD + '    expect: ["bump on dy 4"]\n', (6, 23), "`dy` does not fit", ""),
        (HEAD + "    expect: reply on day 4\n", (6, 13), "no phrase", "belongs under `given`"),
        (
            HEAD + "    given: no last-mail\n    expect: bump happens\n",
            (6, 12),
            "no phrase begins with `no`",
            "this belongs under `expect`",
        ),
        (HEAD + "    expect: {bump happens: now}\n", (6, 14), "nothing may follow", "colon"),
        (
            HEAD + "    expect: bump happens\n  - test: silence\n    expect: bump happens\n",
            (7, 11),
            "another test of this file has that name",
            "change one",
        ),
        (
            HEAD.replace("fintech", "fintch") + "    expect: bump happens\n",
            (1, 10),
            "there is no cadence `fintch-intro`",
            "did you mean `fintech-intro`?",
        ),
        (
            HEAD.replace("fintech-intro", "broken") + "    expect: bump happens\n",
            (1, 10),
            "has mistakes of its own",
            "`sequencer check`",
        ),
        (
            HEAD.replace("2026-04-20 09:00", "tomorrow") + "    expect: bump happens\n",
            (2, 8),
            "is not a day and a time",
            "begin: 2026-04-20 09:00",
        ),
        (
            HEAD.replace("09:00", "09:00 Atlantis") + "    expect: bump happens\n",
            (2, 8),
            "`Atlantis` is not a time zone",
            "",
        ),
        (
            HEAD.replace("04-20", "04-31") + "    expect: bump happens\n",
            (2, 8),
            "there is no such day",
            "",
        ),
        (
            HEAD.replace("begin: 2026-04-20 09:00\n", "") + "    expect: bump happens\n",
            (1, 1),
            "needs to know when it begins",
            "begin: 2026-04-20",
        ),
        (
            HEAD + "    prospect: {frist_name: Zoe}\n    expect: bump happens\n",
            (6, 16),
            "prospects have no field `frist_name`",
            "did you mean `first_name`?",
        ),
        (
            HEAD + "    prospect: {timezone: Madird}\n    expect: bump happens\n",
            (6, 26),
            "is not the name of a time zone",
            "",
        ),
        (
            HEAD.replace("language: es", "country: Spain") + "    expect: bump happens\n",
            (3, 46),
            "two-letter country code",
            "",
        ),
        (
            HEAD + "    given: bump in variant plan\n    expect: bump happens\n",
            (6, 28),
            "`plan` does not fit",
            "did you mean `plain`?",
        ),
        (
            HEAD + "    given: bump in variant plain\n    expect: bump happens\n",
            (6, 12),
            "the step `bump` has no variant `plain` that anybody gets",
            "",
        ),
        (
            HEAD + "    given: other/intro in variant plain\n    expect: bump happens\n",
            (6, 12),
            "chosen in fintech-intro alone",
            "",
        ),
        (
            HEAD.replace("2026-04-20", "9999-12-31") + "    expect: bump happens\n",
            (2, 8),
            "the year of a begin lies between 2000 and 2100",
            "",
        ),
        (
            HEAD + "    given: ana is away from 4 May until 23 Apr\n    expect: bump happens\n",
            (6, 12),
            "an absence ends on the day it begins or later",
            "from 4 May 2026 until 23 April 2026",
        ),
        (
            HEAD + "    given: out of office from day 5 until day 2\n    expect: bump happens\n",
            (6, 12),
            "an absence ends on the day it begins or later",
            "from 24 April 2026 until 21 April 2026",
        ),
        (
            HEAD + "    expect: bump\n      on\n      dy 4\n",
            (8, 7),
            "`dy` does not fit",
            "",
        ),
        (
            HEAD + "    expect:\n      - >-\n        bump on\n        dy 4\n",
            (9, 9),
            "`dy` does not fit",
            "",
        ),
        (
            HEAD + '    expect: "bump\n      on dy 4"\n',
            (7, 10),
            "`dy` does not fit",
            "",
        ),
        (
            HEAD + '    expect: "bu\\x6Dp on dy 4"\n',
            (6, 14),
            "`dy` does not fit",
            "",
        ),
        (
            HEAD + "    expect:\n      - bump on\n        day\n",
            (8, 12),
            "something is missing at the end",
            "",
        ),
        (
            HEAD + "    colleague: {email: nobody}\n    expect: bump happens\n",
            (6, 24),
            "",
            "",
        ),
    ],
)
def test_mistakes(text: str, place: tuple[int, int | None], message: str, hint: str) -> None:
    """Each mistake has its line, its column, a sentence and, where one can be given, a hint."""
    found = problems(text)
    here = [each for each in found if (each.line, each.column) == place or place[1] is None]
    assert here, [each.render() for each in found]
    assert message in here[0].message
    assert hint in here[0].hint


@pytest.mark.parametrize(
    ("written", "message", "hint"),
    [
        ("['']", "`tests[1].expect[1]`: a phrase must not be empty", ""),
        ("''", "`tests[1].expect[1]`: a phrase must not be empty", ""),
        ("[7]", "`tests[1].expect[1]`: a phrase is words, not `7`", "put it in quotes"),
        ("7", "`tests[1].expect[1]`: a phrase is words, not `7`", "put it in quotes"),
        ("[true]", "`tests[1].expect[1]`: a phrase is words, not `true`", "put it in quotes"),
        ("[[]]", "`tests[1].expect[1]`: a phrase is words, not a list", ""),
        ("[{}]", "`tests[1].expect[1]`: a phrase must not be empty", ""),
        ("[{bump happens: []}]", "what somebody writes is text, not a list", ""),
        ("[{a: b, c: d}]", "`tests[1].expect[1]`: two phrases in one", "a dash before each"),
        ("[" + "x" * 600 + "]", "`tests[1].expect[1]`: at most 500 characters", ""),
        ("[{reply: " + "x" * 20_000 + "}]", "at most 10000 characters", ""),
    ],
)
def test_what_is_no_phrase(written: str, message: str, hint: str) -> None:
    """It is one problem, at its place, in words of ours and not of any library."""
    [problem] = problems(HEAD + f"    expect: {written}\n")
    assert (problem.line, message in problem.message) == (6, True), problem.render()
    assert hint in problem.hint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "cadence: [1]\ntests: 7\n",
        "cadence: fintech-intro\ntests: [{test: x, expect: [[]]}]\n",
        "cadence: fintech-intro\ntests: [{test: x, expect: [{}]}]\n",
        "cadence: fintech-intro\ntests: [{test: x, expect: [{a: b, c: d}]}]\n",
        "cadence: &a fintech-intro\ntests: *a\n",
        HEAD + "    expect: [" + "bump happens, " * 100 + "]\n",
        HEAD + "    expect: " + "x" * 1_000 + "\n",
        HEAD + "    expect: bump happens\n" + "  - {test: t, expect: bump happens}\n" * 600,
        HEAD + "    expect: bump says \u0000\n",
        HEAD + "    given: [{reply on day 2: " + "x" * 20_000 + "}]\n    expect: bump happens\n",
        "a: " + "[" * 100,
    ],
)
def test_hostile(text: str) -> None:
    """Whatever the file holds, it is refused in words."""
    with pytest.raises(ConfigError):
        read(text)
