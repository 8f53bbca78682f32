"""What a mail to a rep says, and what it must never carry."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from builders import NOON

from sequencer.domain.handover_record import Line, Record
from sequencer.mail.handover_letter import Letter, News, short_text, title_of, when_words, written

MADRID = ZoneInfo("Europe/Madrid")
RECORD = Record(
    person="Zoë Marín",
    email="zoe@bank.example",
    title="First talk",
    company="Bank & Co",
    position="CFO",
    phone="+34 91 1234567",
    starts_at=NOON,
    person_tz="America/New_York",
    rep_tz="Europe/Madrid",
    place="Calle Mayor 1",
    link="https://meet.example/1",
    notes="Please bring <figures>",
    cadence="First contact",
    intent="meeting_proposal",
    inside_rep="Ana Ruiz",
    timeline=(Line(NOON, "we wrote", "Hello\nDear Zoë"), Line(NOON, "they wrote", "")),
    calls=(Line(NOON, "call by ana: connected", "likes tables"),),
)
LETTER = Letter(
    news=News.OFFER,
    record=RECORD,
    tz=MADRID,
    now=NOON,
    because="Why you: owner.",
    url="https://seller.example/h/t",
    answer_by_at=NOON + timedelta(hours=5),
)


def test_an_offer() -> None:
    """Everything that is known, in order, the times in both zones."""
    said = written(LETTER)
    assert said.subject == "Meeting for you: Zoë Marín, Bank & Co"
    assert said.text.startswith("A meeting is offered to you.\nWhy you: owner.\n\n")
    for part in (
        "Take it or give it back: https://seller.example/h/t",
        "the next rep is asked",
        "Madrid time (",
        "New York time)",
        "Where: Calle Mayor 1",
        "Link: https://meet.example/1",
        "Company: Bank & Co",
        "Last answer: meeting proposal",
        "They wrote: Please bring <figures>",
        "call by ana: connected: likes tables",
        "we wrote: Hello\n  Dear Zoë",
        "So far with: Ana Ruiz",
    ):
        assert part in said.text
    assert said.text.index("Hello") > said.text.index("likes tables")
    assert "Please bring &lt;figures&gt;" in said.html
    assert '<a href="https://meet.example/1">https://meet.example/1</a>' in said.html
    assert "<figures>" not in said.html


@pytest.mark.parametrize("news", [News.CALLED_OFF, News.PASSED_ON])
def test_the_end_is_short(news: News) -> None:
    """Who has lost a meeting is asked for nothing, and told no more than which one it was."""
    said = written(replace(LETTER, news=news, because=""))
    assert "Zoë Marín" in said.text
    for part in ("/h/t", "likes tables", "Hello", "asked."):
        assert part not in said.text


@pytest.mark.parametrize("news", [News.REMINDER, News.CHANGED])
def test_nobody_is_hurried_by_what_asks_nothing(news: News) -> None:
    """A reminder names the page, and no limit."""
    said = written(replace(LETTER, news=news))
    assert "/h/t" in said.text
    assert "Without an answer" not in said.text


def test_what_is_not_known() -> None:
    """An almost empty record makes a mail that can be read, without empty lines of headings."""
    bare = Record(person="", email="zoe@bank.example")
    said = written(Letter(News.OFFER, bare, MADRID, NOON))
    assert said.subject == "Meeting for you: zoe@bank.example"
    assert "When: not agreed yet" in said.text
    assert "TELEPHONE" not in said.text
    assert title_of(bare) == "Meeting with zoe@bank.example"
    assert title_of(RECORD) == "First talk: Zoë Marín, Bank & Co"


def test_one_zone_is_told_once() -> None:
    """Where the person is on the rep's clock, one time is enough."""
    same = replace(RECORD, person_tz="Europe/Madrid")
    assert when_words(same, MADRID, NOON).count("time") == 1


def test_links_that_are_none() -> None:
    """Only a web address becomes a link."""
    said = written(replace(LETTER, record=replace(RECORD, link="javascript:alert(1)", place="")))
    assert "href" in said.html
    assert 'href="javascript' not in said.html
    spaced = written(replace(LETTER, record=replace(RECORD, link="https://x.example/ or so")))
    assert 'href="https://x' not in spaced.html


def test_in_the_calendar() -> None:
    """The calendar itself says the same."""
    assert short_text(LETTER) + "\n" == written(LETTER).text
