from datetime import UTC, datetime, timedelta

import pytest

from sequencer.mail.calendar_component import read_components
from sequencer.mail.calendar_event import (
    MOST_PEOPLE,
    CalendarEvent,
    MeetingStatus,
    read_event,
)
from sequencer.mail.calendar_zone import Zones

NINE = datetime(2027, 3, 5, 9, tzinfo=UTC)
HALF_AN_HOUR = timedelta(minutes=30)


def event(*lines: str, method: str = "REQUEST", zone: str = "") -> CalendarEvent:
    text = "\r\n".join(("BEGIN:VEVENT", *lines, "END:VEVENT"))
    component = read_components(text.encode(), "utf-8").inside[0]
    return read_event(component, method, "a program", Zones({}, zone))


def test_everything() -> None:
    """An event has all that a meeting needs."""
    found = event(
        "UID:1@x",
        "SEQUENCE:3",
        "DTSTAMP:20270301T101500Z",
        "DTSTART;TZID=W. Europe Standard Time:20270305T100000",
        "DTEND;TZID=W. Europe Standard Time:20270305T103000",
        "STATUS:confirmed",
        'ORGANIZER;CN="Ruiz, Ana";SENT-BY="mailto:desk@seller.example":MAILTO:ana@seller.example',
        "ATTENDEE;CUTYPE=individual;ROLE=REQ-PARTICIPANT;PARTSTAT=accepted;EMAIL=zoe@home.example:"
        "mailto:zoe@bank.example",
        'ATTENDEE;DELEGATED-TO="mailto:tom@bank.example","mailto:kim@bank.example"'
        ';DELEGATED-FROM="mailto:x":mailto:sam@bank.example',
        "ATTENDEE;CUTYPE=ROOM:mailto:room5@bank.example",
        "SUMMARY:Intro\\, at last",
        "LOCATION:Room 5",
        "DESCRIPTION:Hello",
        "COMMENT:See you",
        "URL:https://seller.example/meet",
    )
    assert (found.uid, found.revision, found.key) == ("1@x", 3, "1@x")
    assert found.stamped_at == datetime(2027, 3, 1, 10, 15, tzinfo=UTC)
    assert (found.starts_at, found.ends_at, found.tz) == (
        NINE,
        NINE + HALF_AN_HOUR,
        "Europe/Berlin",
    )
    assert (found.is_day, found.is_floating, found.status) == (False, False, "CONFIRMED")
    organiser = found.organiser
    assert organiser is not None
    assert (organiser.name, organiser.addresses) == (
        "Ruiz, Ana",
        ("ana@seller.example", "desk@seller.example"),
    )
    zoe, sam, room = found.attendees
    assert (zoe.kind, zoe.answer, zoe.role) == ("INDIVIDUAL", "ACCEPTED", "REQ-PARTICIPANT")
    assert zoe.addresses == ("zoe@bank.example", "zoe@home.example")
    assert sam.delegated_to == ("tom@bank.example", "kim@bank.example")
    assert sam.delegated_from == ()
    assert room.is_place
    assert not zoe.is_place
    assert (found.summary, found.place, found.comment) == ("Intro, at last", "Room 5", "See you")
    assert (found.description, found.link, found.product) == (
        "Hello",
        "https://seller.example/meet",
        "a program",
    )


def test_nothing() -> None:
    """An event of which nothing is told is an empty one."""
    assert event() == CalendarEvent("REQUEST", product="a program")


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("mailto:zoe@bank.example", "zoe@bank.example"),
        ("MAILTO:<zoe@bank.example>", "zoe@bank.example"),
        ("zoe@bank.example", "zoe@bank.example"),
        ("mailto:zoe@bank.example?subject=x", "zoe@bank.example"),
        ("mailto:zoe@bank. example", "zoe@bank.example"),
        ("invalid:nomail", ""),
        ("mailto:@bank.example", ""),
        ("mailto:" + "x" * 400 + "@bank.example", ""),
    ],
)
def test_addresses(value: str, address: str) -> None:
    """Addresses are read however they are written; a name in EMAIL stands in for none."""
    assert event(f"ATTENDEE:{value}").attendees[0].address == address
    other = event(f"ATTENDEE;EMAIL=zoe@home.example:{value}").attendees[0]
    assert other.address == (address or "zoe@home.example")


def test_a_colon_in_a_name() -> None:
    """A name that nobody put into quotes hides no address."""
    found = event("ATTENDEE;CN=Zoe: the boss:mailto:zoe@bank.example").attendees[0]
    assert found.address == "zoe@bank.example"


@pytest.mark.parametrize(
    ("lines", "starts_at", "ends_at"),
    [
        (("DTSTART:20270305T090000Z", "DURATION:PT30M"), NINE, NINE + HALF_AN_HOUR),
        (("DTSTART:20270305T090000Z",), NINE, None),
        (("DTSTART:20270305T090000Z", "DTEND:20270305T080000Z"), NINE, None),
        (("DTSTART:20270305T090000Z", "DTEND:nonsense"), NINE, None),
        (("DTSTART:20270305T090000Z", "DTEND:99991231T000000Z"), NINE, None),
        (("DTSTART:nonsense", "DTEND:20270305T090000Z"), None, None),
        (("DTSTART:00010101T000000Z",), None, None),
        (("DTSTART:99991231T235959", "DURATION:P300D"), None, None),
    ],
)
def test_times(
    lines: tuple[str, ...], starts_at: datetime | None, ends_at: datetime | None
) -> None:
    """The end may be told by a duration; what cannot be is not."""
    found = event(*lines)
    assert (found.starts_at, found.ends_at) == (starts_at, ends_at)


def test_days() -> None:
    """A day begins at midnight of the calendar's zone, and ends with the day."""
    found = event("DTSTART;VALUE=DATE:20270305", zone="Europe/Madrid")
    midnight = datetime(2027, 3, 4, 23, tzinfo=UTC)
    assert (found.starts_at, found.ends_at) == (midnight, midnight + timedelta(days=1))
    assert (found.is_day, found.tz) == (True, "Europe/Madrid")


@pytest.mark.parametrize(
    ("line", "is_free"),
    [
        ("TRANSP:TRANSPARENT", True),
        ("X-MICROSOFT-CDO-BUSYSTATUS:OOF", True),
        ("X-MICROSOFT-CDO-INTENDEDSTATUS:free", True),
        ("X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE", False),
        ("TRANSP:OPAQUE", False),
    ],
)
def test_holidays(line: str, is_free: bool) -> None:
    """A day that leaves those free who are invited to it tells of somebody's absence."""
    found = event("DTSTART;VALUE=DATE:20270305", line)
    assert (found.is_free, found.is_absence) == (is_free, is_free)
    assert not event("DTSTART:20270305T090000Z", line).is_absence


def test_floating() -> None:
    """A time of which nobody can tell the zone is marked as such."""
    found = event("DTSTART:20270305T090000", "DTEND;TZID=Nowhere:20270305T093000")
    assert found.is_floating
    assert (found.starts_at, found.ends_at, found.tz) == (NINE, NINE + HALF_AN_HOUR, "")


@pytest.mark.parametrize(
    ("written", "recurrence_id"),
    [
        ("RECURRENCE-ID:20270305T090000Z", "20270305T090000Z"),
        ("RECURRENCE-ID;TZID=Europe/Berlin:20270305T100000", "20270305T090000Z"),
        ("RECURRENCE-ID;VALUE=DATE:20270305", "20270305"),
        ("RECURRENCE-ID:20270305T100000", "20270305T100000"),
        ("RECURRENCE-ID:first", "first"),
    ],
)
def test_one_of_a_series(written: str, recurrence_id: str) -> None:
    """One occurrence is the same one in whatever zone it is named."""
    found = event("UID:1", written)
    assert (found.recurrence_id, found.key) == (recurrence_id, f"1/{recurrence_id}")


@pytest.mark.parametrize(
    ("line", "revision"),
    [
        ("SEQUENCE:7", 7),
        ("X-MICROSOFT-CDO-APPT-SEQUENCE:2", 2),
        ("SEQUENCE:-1", 0),
        ("SEQUENCE:99999999999999999999", 0),
        ("SEQUENCE:٣", 0),
        ("SEQUENCE:", 0),
    ],
)
def test_revisions(line: str, revision: int) -> None:
    """How often it was changed is a number, or it was never."""
    assert event(line).revision == revision


@pytest.mark.parametrize(
    ("lines", "link"),
    [
        (("X-GOOGLE-CONFERENCE:https://meet.google.com/abc", "URL:https://x.example"), "abc"),
        (("DESCRIPTION:Join <https://us02web.zoom.us/j/1>.", "URL:https://x.example"), "j/1"),
        (("LOCATION:https://teams.microsoft.com/l/2", "DESCRIPTION:https://zoom.us/j/1"), "l/2"),
        (("LOCATION:see https://x.example/way.",), "way"),
        (("DESCRIPTION:https://x.example/agenda",), ""),
        (("DESCRIPTION:https://zoom.us.x.example/j/1",), ""),
        (("DESCRIPTION:https://-/j/1 http://[/",), ""),
        (("URL:javascript:alert(1)",), ""),
    ],
)
def test_links(lines: tuple[str, ...], link: str) -> None:
    """Where to join is told by the program, or by a link that is known for it."""
    assert event(*lines).link.rpartition("/")[2] == link.rpartition("/")[2]


@pytest.mark.parametrize(
    ("method", "lines", "status"),
    [
        ("REQUEST", (), MeetingStatus.INVITED),
        ("ADD", (), MeetingStatus.INVITED),
        ("COUNTER", (), MeetingStatus.TENTATIVE),
        ("CANCEL", (), MeetingStatus.CANCELLED),
        ("REFRESH", (), MeetingStatus.NONE),
        ("REQUEST", ("STATUS:CANCELLED",), MeetingStatus.CANCELLED),
        ("REPLY", ("ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b.example",), MeetingStatus.BOOKED),
        ("REPLY", ("attendee;partstat=declined:x",), MeetingStatus.DECLINED),
        ("REPLY", ("ATTENDEE;CN=Zoe;PART", " STAT=TENTATIVE:x"), MeetingStatus.TENTATIVE),
        ("REPLY", ("ATTENDEE:x", "ATTENDEE;PARTSTAT=DELEGATED:x"), MeetingStatus.BOOKED),
        ("REPLY", ("ATTENDEE:x",), MeetingStatus.NONE),
    ],
)
def test_meaning(method: str, lines: tuple[str, ...], status: MeetingStatus) -> None:
    """What becomes of a meeting stands in the method and in the answer of whoever attends."""
    assert event(*lines, method=method).meaning is status


def test_a_crowd() -> None:
    """Of thousands, the first are enough."""
    crowd = event(*[f"ATTENDEE:mailto:p{number}@x.example" for number in range(5_000)])
    assert len(crowd.attendees) == MOST_PEOPLE
