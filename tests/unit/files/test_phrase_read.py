"""The phrases of cadence tests: what each means, and what is said of one that is none."""

from datetime import date
from typing import Any

import pytest

from sequencer.domain.cadence_test import Day, Expected, Given, Hours
from sequencer.domain.delay import Delay, Unit
from sequencer.files.phrase_book import EXPECTED, GIVEN, PLACES, Entry
from sequencer.files.phrase_form import MOST_WORDS
from sequencer.files.phrase_read import PhraseError, read_phrase
from sequencer.files.phrase_slots import EVENTS, Vocabulary

STEPS = ("intro", "bump", "first-call", "last-mail", "say-hello", "missed-you/another-time")
NAMES = {
    "DISPOSITION": ("name: a disposition", ["interested", "not-interested"]),
    "MAILBOX": ("name: a mailbox", ["ana", "luis"]),
    "CADENCE": ("name: a cadence", ["missed-you"]),
    "VARIANT": ("name: a variant", ["plain", "question"]),
    "OWNER": ("owner: a rep", ["ana", "marta"]),
}
KNOWN = Vocabulary(date(2026, 4, 20), "fintech-intro", STEPS, NAMES)


def given(phrase: str, text: str | None = None) -> Any:
    return read_phrase(phrase, GIVEN, KNOWN, text)


def expected(phrase: str) -> Any:
    return read_phrase(phrase, EXPECTED, KNOWN)


@pytest.mark.parametrize("entry", [*GIVEN, *EXPECTED], ids=lambda entry: entry.form)
def test_examples(entry: Entry) -> None:
    """The example of every phrase is that phrase."""
    book = GIVEN if entry in GIVEN else EXPECTED
    found = read_phrase(entry.example, book, KNOWN)
    assert found.form == entry.kind
    assert found.words == entry.example


def test_every_kind_has_a_phrase() -> None:
    """Nothing that can be done or asked is without words."""
    assert {entry.kind for entry in GIVEN} == set(Given)
    assert {entry.kind for entry in EXPECTED} == set(Expected)


def test_every_place_is_explained() -> None:
    """The reference says of every word in capitals what may stand there."""
    explained = {name for names, _ in PLACES for name in names.split(", ")}
    forms = " ".join(entry.form for entry in (*GIVEN, *EXPECTED))
    used = {word.strip("[]|") for word in forms.replace("|", " ").split()}
    assert {word for word in used if word.isupper()} <= explained


@pytest.mark.parametrize(
    ("phrase", "day"),
    [
        ("bump on day 4", Day(number=4)),
        ("bump on business day 4", Day(number=4, is_business=True)),
        ("bump on 24 Apr", Day(date(2026, 4, 24))),
        ("bump on 24th April 2027", Day(date(2027, 4, 24))),
        ("bump on Fri 24 Apr", Day(date(2026, 4, 24))),
        ("Bump on 2026-12-01".replace("B", "b"), Day(date(2026, 12, 1))),
        ("bump on 19 Jan", Day(date(2027, 1, 19))),
        ("bump on 19 Apr 2027", Day(date(2027, 4, 19))),
        ("bump on 20 Apr", Day(date(2026, 4, 20))),
    ],
)
def test_days(phrase: str, day: Day) -> None:
    """A day is counted, or a date; without a year it is the first from the begin on."""
    assert expected(phrase).day == day


@pytest.mark.parametrize(
    ("phrase", "hours"),
    [
        ("bump 08:30-11:30", Hours(510, 690)),
        ("bump 08:30\u201311:30 Madrid", Hours(510, 690, "Europe/Madrid")),
        ("bump before 12:00", Hours(0, 720)),
        ("bump after 13:00 Mexico City time", Hours(780, 1440, "America/Mexico_City")),
        ("bump at 9:15 Europe/Berlin", Hours(555, 556, "Europe/Berlin")),
    ],
)
def test_hours(phrase: str, hours: Hours) -> None:
    """Hours are on the clock of the prospect unless a zone or its city is named."""
    assert expected(phrase).hours == hours


@pytest.mark.parametrize(
    ("phrase", "anchor", "delay"),
    [
        ("reply 2 days after bump", "bump", Delay(2, Unit.DAYS)),
        ("reply 3 business days after the booking", "the booking", Delay(3, Unit.BUSINESS_DAYS)),
        ("reply right after intro", "intro", None),
        ("reply after missed-you/another-time", "missed-you/another-time", None),
    ],
)
def test_anchors(phrase: str, anchor: str, delay: Delay | None) -> None:
    """Something may come so and so long after a step, or after something else that is given."""
    found = given(phrase)
    assert (found.anchor, found.delay, found.day) == (anchor, delay, None)


def test_a_colleague() -> None:
    """Each phrase may be about the colleague."""
    assert given("colleague replies on day 3").who == "colleague"
    assert expected("colleague ends as replied").who == "colleague"


def test_calls_have_an_end() -> None:
    """Nobody can note a call without how it ended, so the phrase asks for it."""
    assert given("calls us on day 3, ends as interested").name == "interested"
    with pytest.raises(PhraseError, match=r"missing at the end: .*`ends`"):
        given("calls us on day 3")


def test_subjects() -> None:
    """A subject is one whole text, or contains one; what the text says changes nothing."""
    assert expected('subject of intro is "It contains"').form is Expected.SUBJECT
    assert expected('subject of intro contains "It is"').form is Expected.SUBJECT_CONTAINS


def test_words_that_somebody_writes() -> None:
    """They follow after a colon, where somebody writes at all."""
    assert given("reply on day 4", " Call me.\n").text == "Call me."
    with pytest.raises(PhraseError, match="nothing may follow") as caught:
        given("complains on day 4", "Spam!")
    assert "colon" in caught.value.hint


def test_steps_in_a_row() -> None:
    """Commas and small words between steps are for the reader."""
    assert expected("only intro, bump and last-mail").steps == ("intro", "bump", "last-mail")
    found = expected("intro then bump, then last-mail")
    assert (found.step, found.steps) == ("intro", ("bump", "last-mail"))


def test_numbers_in_words() -> None:
    """`exactly two mails` is two."""
    assert expected("exactly two mails").number == 2
    assert expected("no mails at all").number == 0


def test_quotes() -> None:
    """Text in quotes of either kind is kept as it is."""
    assert expected('intro says "a, b  c"').text == "a, b  c"
    assert expected("intro says \u201cHola, Luc\u00eda\u201d").text == "Hola, Luc\u00eda"


@pytest.mark.parametrize(
    ("phrase", "at", "message", "hint"),
    [
        ("itro on 20 Apr", 0, "no phrase begins with `itro`", "did you mean `intro`?"),
        ("bump on Tue 4 May", 8, "the weekday of that date", "4 May 2026 is a Monday"),
        ("bump on 31 Apr", 8, "a day that the calendar has", "test --words"),
        ("bump on day", 11, "missing at the end: a number from 1 to 400", "day 1 is that of the"),
        ("bump on day 500", 12, "a number from 1 to 400", "day 1 is that of the enrolment"),
        ("bump on 4 May 08:30-11:30 Madird", 26, "a time zone", "test --words"),
        ("bump 11:30-08:30", 5, "hours, such as", "test --words"),
        ("bump at 25:00", 8, "a time, such as", "test --words"),
        ("ends as repleid", 8, "how it ends", "did you mean `replied`?"),
        ("no send after the replly", 18, "something that is given", "did you mean `reply`?"),
        ("exactly many mails", 8, "a number", "test --words"),
        ("intro says hello", 11, "words in quotes", 'such as "hello"'),
        ("bump happens twice", 13, "nothing more", "test --words"),
        ("enrolled in missed-yu", 12, "a cadence", "did you mean `missed-you`?"),
        ("bump 9 parsecs after intro", 5, "a delay, such as", "test --words"),
        ("bump 3 busines days after intro", 5, "a delay", "did you mean `business days`?"),
        ("bump 3 dys after intro", 5, "a delay", "did you mean `days`?"),
        ("only", 4, "missing at the end: a step of fintech-intro", "known here: bump"),
        ("bump on 19 Apr", 14, "the year", "would be 19 April 2027"),
        ("bump on 19 Apr 08:30-11:30", 15, "the year", "would be 19 April 2027"),
        ("bump on 2028-06-01", 8, "a day within two years of the begin", "test --words"),
        ("bump on 9999-12-31", 8, "a day within two years of the begin", "test --words"),
    ],
)
def test_mistakes(phrase: str, at: int, message: str, hint: str) -> None:
    """What does not fit is pointed at, with what would."""
    with pytest.raises(PhraseError) as caught:
        expected(phrase)
    assert message in str(caught.value)
    assert (caught.value.at, hint in caught.value.hint) == (at, True)


@pytest.mark.parametrize("phrase", ["", "colleague", "the", '"', "on " * MOST_WORDS, "\ud800"])
def test_nonsense(phrase: str) -> None:
    """Whatever is no phrase is refused in words."""
    with pytest.raises(PhraseError):
        given(phrase)
    with pytest.raises(PhraseError):
        expected(phrase)


def test_every_event_can_be_counted_from() -> None:
    """`the reply` and all the others are known as something to count from."""
    for event in EVENTS:
        assert given(f"books 1 day after the {event}").anchor == f"the {event}"
