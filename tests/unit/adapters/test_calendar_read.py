from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sequencer.adapters.calendar_feed.read import MOST_EVENTS, read_calendars
from sequencer.domain.feed import FeedEvent, FeedReading, Guest, Window

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
WINDOW = Window(NOON, NOON + timedelta(days=60))
MADRID = "Europe/Madrid"
GOOGLE = """BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
METHOD:PUBLISH
X-WR-CALNAME:marta@seller.example
X-WR-TIMEZONE:Europe/Madrid
BEGIN:VEVENT
DTSTART:20270305T090000Z
DTEND:20270305T093000Z
DTSTAMP:20270301T115959Z
ORGANIZER;CN=Marta Gil:mailto:marta@seller.example
UID:abc123@google.com
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN=Marta G
 il;X-NUM-GUESTS=0:mailto:marta@seller.example
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;CN="Zoe
  Diaz; Bank";X-NUM-GUESTS=0:MAILTO:zoe@bank.example
ATTENDEE;CUTYPE=RESOURCE;PARTSTAT=ACCEPTED:mailto:room1@resource.calendar.google.com
X-GOOGLE-CONFERENCE:https://meet.google.com/abc
CREATED:20270228T100000Z
DESCRIPTION:Powered by Calendly.com\\nhttps://calendly.com/cancellations/1
LAST-MODIFIED:20270228T100001Z
LOCATION:Room 1\\, first floor
SEQUENCE:1
STATUS:CONFIRMED
SUMMARY:Intro\\, shortly
TRANSP:OPAQUE
BEGIN:VALARM
ACTION:DISPLAY
TRIGGER:-PT10M
DTSTART:20200101T000000Z
END:VALARM
END:VEVENT
END:VCALENDAR
"""


def calendar(*events: str, head: str = "") -> bytes:
    """A calendar of events, each given by its lines."""
    written = "\n".join(
        f"BEGIN:VEVENT\nUID:u{number}\nDTSTAMP:20270301T000000Z\n{each}\nEND:VEVENT"
        for number, each in enumerate(events)
    )
    lines = f"BEGIN:VCALENDAR\nVERSION:2.0\n{head}\n{written}\nEND:VCALENDAR\n"
    return lines.replace("\n\n", "\n").replace("\n", "\r\n").encode()


def read(*contents: bytes, window: Window = WINDOW) -> FeedReading:
    return read_calendars(contents, window, MADRID)


def times(*events: str, head: str = "") -> list[str]:
    found = read(calendar(*events, head=head)).events
    return [f"{each.starts_at:%m-%d %H:%M}" for each in found]


def test_an_event_of_google() -> None:
    """With its people, and with what changes at each download left out."""
    (event,) = read(GOOGLE.encode()).events
    assert event == FeedEvent(
        uid="abc123@google.com",
        starts_at=datetime(2027, 3, 5, 9, tzinfo=UTC),
        ends_at=datetime(2027, 3, 5, 9, 30, tzinfo=UTC),
        revision=1,
        changed_at=datetime(2027, 2, 28, 10, 0, 1, tzinfo=UTC),
        by_tool=True,
        organizer="marta@seller.example",
        guests=(
            Guest("marta@seller.example", "Marta Gil", "ACCEPTED"),
            Guest("zoe@bank.example", "Zoe Diaz; Bank", "NEEDS-ACTION"),
            Guest("room1@resource.calendar.google.com", "", "ACCEPTED", is_person=False),
        ),
        tz=event.tz,
        title="Intro, shortly",
        place="Room 1, first floor",
        link=event.link,
    )


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("DTSTART:20270305T090000Z\nDTEND:20270305T093000Z", "03-05 09:00 to 03-05 09:30"),
        ("DTSTART;TZID=Europe/Berlin:20270305T090000\nDURATION:PT1H", "03-05 08:00 to 03-05 09:00"),
        ("DTSTART:20270305T090000", "03-05 08:00 to 03-05 08:00"),
        ("DTSTART;VALUE=DATE:20270305", "03-04 23:00 to 03-05 23:00"),
        (
            "DTSTART;VALUE=DATE:20270305\nDTEND;VALUE=DATE:20270307",
            "03-04 23:00 to 03-06 23:00",
        ),
        (
            "DTSTART;TZID=W. Europe Standard Time:20270305T150000\nDURATION:PT30M",
            "03-05 14:00 to 03-05 14:30",
        ),
    ],
)
def test_when_an_event_is(lines: str, expected: str) -> None:
    """In UTC, by its zone, or by the one of the calendar where it names none."""
    (event,) = read(calendar(lines)).events
    assert f"{event.starts_at:%m-%d %H:%M} to {event.ends_at:%m-%d %H:%M}" == expected


def test_the_calendars_own_zone() -> None:
    """It goes before the one of the rep."""
    assert times("DTSTART:20270305T090000", head="X-WR-TIMEZONE:America/New_York") == [
        "03-05 14:00"
    ]


CUSTOM = """BEGIN:VTIMEZONE
TZID:Our Own Zone
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0700
TZOFFSETTO:+0600
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0600
TZOFFSETTO:+0700
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE"""


def test_a_zone_that_is_described() -> None:
    """Where it has no name that is known; and an event that repeats keeps its hour there."""
    weekly = "DTSTART;TZID=Our Own Zone:20270322T090000\nRRULE:FREQ=WEEKLY;COUNT=2"
    assert times(weekly, head=CUSTOM) == ["03-22 03:00", "03-29 02:00"]


def test_free_or_busy() -> None:
    """What is marked as free takes no time, and neither does what Outlook calls free."""
    at = "DTSTART:20270305T090000Z\n"
    events = read(
        calendar(
            f"{at}TRANSP:OPAQUE",
            f"{at}TRANSP:TRANSPARENT",
            f"{at}X-MICROSOFT-CDO-BUSYSTATUS:FREE",
            f"{at}STATUS:CANCELLED",
        )
    ).events
    assert [each.is_busy for each in events] == [True, False, False, True]
    assert [each.is_cancelled for each in events] == [False, False, False, True]


def test_what_repeats() -> None:
    """Only what is within the window is told, each with a key of its own."""
    found = read(calendar("DTSTART;TZID=Europe/Madrid:20200106T100000\nRRULE:FREQ=WEEKLY")).events
    assert len(found) == 8
    assert (found[0].key, found[-1].key) == ("u0/20270308T090000Z", "u0/20270426T080000Z")
    assert found[2].starts_at == datetime(2027, 3, 22, 9, tzinfo=UTC)
    assert found[3].starts_at == datetime(2027, 3, 29, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("RRULE:FREQ=DAILY;UNTIL=20270307T090000Z", ["03-05", "03-06", "03-07"]),
        ("RRULE:FREQ=DAILY;UNTIL=20270306", ["03-05", "03-06"]),
        ("RRULE:FREQ=DAILY;UNTIL=20270306T100000", ["03-05", "03-06"]),
        ("RRULE:FREQ=DAILY;COUNT=4\nEXDATE:20270306T090000Z,20270307T090000Z", ["03-05", "03-08"]),
        ("RDATE:20270309T090000Z,20270310T090000Z/PT1H", ["03-05", "03-09", "03-10"]),
        ("RRULE:FREQ=DAILY;COUNT=2\nRDATE:20270309T090000Z", ["03-05", "03-06", "03-09"]),
        ("RRULE:FREQ=SECONDLY", ["03-05"]),
        ("RRULE:nonsense", ["03-05"]),
    ],
)
def test_which_days_count(lines: str, expected: list[str]) -> None:
    """Exceptions, further days, ends; a rule that is not understood leaves the first day."""
    found = times(f"DTSTART:20270305T090000Z\n{lines}")
    assert found == [f"{each} 09:00" for each in expected]


def test_whole_days_that_repeat() -> None:
    """By dates, as their exceptions are."""
    every = (
        "DTSTART;VALUE=DATE:20270305\nDTEND;VALUE=DATE:20270306\n"
        "RRULE:FREQ=DAILY;UNTIL=20270308\nEXDATE;VALUE=DATE:20270306"
    )
    found = read(calendar(every)).events
    assert [each.key for each in found] == ["u0/20270305", "u0/20270307", "u0/20270308"]


def test_an_instance_that_was_changed() -> None:
    """It takes the place of the one that it stands for, wherever it went."""
    series = "DTSTART:20270305T090000Z\nDTEND:20270305T100000Z\nRRULE:FREQ=DAILY;COUNT=3"
    moved = (
        "BEGIN:VEVENT\nUID:u0\nRECURRENCE-ID;TZID=Europe/Madrid:20270306T100000\n"
        "DTSTART:20270306T150000Z\nEND:VEVENT\n"
        "BEGIN:VEVENT\nUID:u0\nRECURRENCE-ID:20270307T090000Z\n"
        "DTSTART:20291231T090000Z\nEND:VEVENT"
    )
    reading = read(calendar(series, head=moved))
    assert sorted(f"{each.starts_at:%m-%d %H:%M}" for each in reading.events) == [
        "03-05 09:00",
        "03-06 15:00",
    ]
    assert "u0/20270307T090000Z" in reading.keys


def test_what_is_not_in_the_window() -> None:
    """It is counted and known by its key; what has begun and is not over is told."""
    reading = read(
        calendar(
            "DTSTART:20200305T090000Z",
            "DTSTART:20300305T090000Z",
            "DTSTART:20270301T110000Z\nDTEND:20270301T130000Z",
            "DTSTART:20270220T110000Z\nDURATION:P20D",
            "DTSTART:20200305T090000Z\nRRULE:FREQ=DAILY;UNTIL=20210101T000000Z",
        )
    )
    assert reading.held == 5
    assert reading.keys >= {"u0", "u1", "u2", "u3", "u4"}
    assert [each.key for each in reading.events] == ["u2", "u3"]
    put_off = read(calendar("DTSTART:20271105T090000Z", "DTSTART:20301105T090000Z"))
    assert (put_off.events, [each.key for each in put_off.later]) == ((), ["u0"])


def test_a_folded_uid() -> None:
    """Outlook's are longer than a line."""
    content = calendar("DTSTART:20200305T090000Z").replace(b"UID:u0", b"UID:0400\r\n 00008200")
    assert read(content).keys == {"040000008200"}


def test_several_objects() -> None:
    """A CalDAV server has one for each event; what comes twice counts once."""
    one, two = GOOGLE.encode(), calendar("DTSTART:20270305T090000Z")
    assert [each.key for each in read(one, two, one).events] == ["abc123@google.com", "u0"]


def test_odd_events() -> None:
    """They are left out and told of, and keep no other from being read."""
    reading = read(
        calendar(
            "DTSTART:soon\nSUMMARY:Lunch", "DTSTART:20270305T090000Z\nRRULE:FREQ=HOURLY", ""
        ).replace(b"UID:u2", b"X:")
    )
    assert [each.key for each in reading.events] == ["u1"]
    assert list(reading.oddities) == [
        "“Lunch” was left out: nobody can tell when it is",
        (
            "how an event without a title repeats was not understood, only its first day counts: "
            "it repeats HOURLY"
        ),
        "an event without a UID was left out",
    ]


def test_a_calendar_that_would_go_on_for_ever() -> None:
    """There is a bound to what is told."""
    daily = "DTSTART:20200305T090000Z\nRRULE:FREQ=DAILY"
    reading = read(calendar(*[daily] * 200))
    assert len(reading.events) == MOST_EVENTS
    assert reading.oddities[-1] == "there are too many events, and not all were read"
    assert not reading.is_whole
    counted = "DTSTART:19700305T090000Z\nRRULE:FREQ=YEARLY;BYDAY=MO;COUNT=999999"
    endless = read(calendar(*[counted] * 20, "DTSTART:20270305T090000Z"))
    assert not endless.is_whole


def test_what_is_never_closed() -> None:
    """Neither a thousand begins nor a calendar in a calendar takes long, or is taken for events."""
    assert read(b"BEGIN:VEVENT\r\n" * 300_000).events == ()
    assert read(b"BEGIN:VCALENDAR\r\n" * 300_000).held == 0
    assert read(b"BEGIN:VEVENT\r\nUID:x\r\n" + b"UID;" * 1_000_000 + b"\r\nEND:VEVENT").held == 1


@given(st.binary(max_size=400))
def test_whatever_stands_there(content: bytes) -> None:
    """Any bytes are a reading."""
    read(content)
    read(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + content + b"\r\nEND:VEVENT\r\nEND:VCALENDAR")


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_whatever_its_values(start: str, rule: str, zone: str) -> None:
    """Any values are read, or left out."""
    lines = f"DTSTART;TZID={zone}:20270305T090000\nRRULE:{rule}\nEXDATE:{start}\nRDATE:{start}"
    read(calendar(lines, f"DTSTART:{start}\nRECURRENCE-ID:{start}"))
