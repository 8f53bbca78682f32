"""What we write for calendars: by the letter of RFC 5545, whatever people call their meetings."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from builders import NOON
from icalendar import Calendar

from sequencer.mail.calendar_text import Event, Method, calendar_text, is_web_address
from sequencer.mail.compose_error import ComposeError
from sequencer.mail.draft import Mailbox

ANA = Mailbox("ana@seller.example", "Ana Ruiz")
OMAR = Mailbox("omar@field.example", 'Omar "the ^" Haddad; Sales')
EVENT = Event(
    method=Method.REQUEST,
    uid="abc@seller.example",
    revision=2,
    stamp_at=NOON,
    organizer=ANA,
    attendee=OMAR,
    title="First talk; Bank, AG",
    starts_at=datetime(2026, 3, 5, 10, 0, tzinfo=timezone(timedelta(hours=1))),
    ends_at=datetime(2026, 3, 5, 10, 45, tzinfo=timezone(timedelta(hours=1))),
    description="Line one\r\nLine two\\n",
    place="Calle Mayor 1",
    link="https://meet.example/j/1?a=b",
    alarms=(timedelta(hours=2),),
)
ASKED = "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE"


def lines(event: Event) -> list[str]:
    return calendar_text(event).decode().replace("\r\n ", "").split("\r\n")


def test_a_request() -> None:
    """Every property once, in UTC, with its text escaped."""
    assert lines(EVENT) == [
        "BEGIN:VCALENDAR",
        "PRODID:-//Sequencer//Handover//EN",
        "VERSION:2.0",
        "CALSCALE:GREGORIAN",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        "UID:abc@seller.example",
        "SEQUENCE:2",
        f"DTSTAMP:{NOON:%Y%m%dT%H%M%SZ}",
        "DTSTART:20260305T090000Z",
        "DTEND:20260305T094500Z",
        r"SUMMARY:First talk\; Bank\, AG",
        r"DESCRIPTION:Line one\nLine two\\n",
        "LOCATION:Calle Mayor 1",
        "URL:https://meet.example/j/1?a=b",
        "STATUS:CONFIRMED",
        'ORGANIZER;CN="Ana Ruiz":mailto:ana@seller.example',
        f"{ASKED};CN=\"Omar 'the ^^' Haddad; Sales\":mailto:omar@field.example",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        r"DESCRIPTION:First talk\; Bank\, AG",
        "TRIGGER:-PT120M",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_a_cancel() -> None:
    """It names the same meeting, asks for nothing and rings no more."""
    found = lines(replace(EVENT, method=Method.CANCEL, description=" ", place="", link="tel:1"))
    assert {"METHOD:CANCEL", "STATUS:CANCELLED", "UID:abc@seller.example"} <= set(found)
    assert not any("RSVP" in each or "VALARM" in each for each in found)
    assert not any(each.startswith(("DESCRIPTION", "LOCATION", "URL")) for each in found)


@pytest.mark.parametrize("ends_at", [None, EVENT.starts_at, EVENT.starts_at - timedelta(1)])
def test_no_end_before_the_begin(ends_at: datetime | None) -> None:
    """An end that cannot be is left out."""
    assert not any(each.startswith("DTEND") for each in lines(replace(EVENT, ends_at=ends_at)))


def test_folding() -> None:
    """No line has more than 75 octets, and no character is cut in two."""
    raw = calendar_text(replace(EVENT, title="é€😀 " * 60))
    every = raw.split(b"\r\n")
    assert max(map(len, every)) <= 75
    for each in every:
        each.decode()
    [event] = Calendar.from_ical(raw.decode()).walk("VEVENT")
    assert str(event["SUMMARY"]) == "é€😀 " * 60


def test_a_strict_reader_takes_it() -> None:
    """What another library reads is what was meant."""
    calendar = Calendar.from_ical(calendar_text(EVENT).decode())
    [event] = calendar.walk("VEVENT")
    assert calendar["METHOD"] == "REQUEST"
    assert event.decoded("DTSTART") == EVENT.starts_at.astimezone(UTC)
    assert str(event["SUMMARY"]) == EVENT.title
    assert str(event["ATTENDEE"]) == "mailto:omar@field.example"
    assert event["ATTENDEE"].params["RSVP"] == "TRUE"
    assert not calendar.errors
    assert not event.errors


def test_no_names() -> None:
    """A mailbox without a name has none."""
    found = lines(
        replace(EVENT, organizer=Mailbox(ANA.address), attendee=Mailbox("o+x%y@f.example"))
    )
    assert "ORGANIZER:mailto:ana@seller.example" in found
    assert found[17].endswith("RSVP=TRUE:mailto:o+x%25y@f.example")


@pytest.mark.parametrize(
    ("changes", "header"),
    [
        ({"uid": " "}, "UID"),
        ({"starts_at": EVENT.starts_at.replace(tzinfo=None), "ends_at": None}, "DTSTART"),
        ({"attendee": Mailbox("no address")}, "ATTENDEE"),
        ({"organizer": Mailbox("á@seller.example")}, "ORGANIZER"),
    ],
)
def test_what_cannot_be_written(changes: dict[str, Any], header: str) -> None:
    """It is an error that names the property, never a guess."""
    with pytest.raises(ComposeError, match=header):
        calendar_text(replace(EVENT, **changes))


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("https://meet.example/1", True),
        ("HTTP://x", True),
        ("javascript:alert(1)", False),
        ("https://meet.example/a b", False),
        ("https://meet.example/\r\nX:1", False),
        ('https://meet.example/"', False),
        ("https://", False),
    ],
)
def test_web_addresses(text: str, *, is_one: bool) -> None:
    """Only what can stand as it is, and leads nowhere but to the web."""
    assert is_web_address(text) is is_one
