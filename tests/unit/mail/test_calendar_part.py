import pytest

from sequencer.mail.body_text import Part
from sequencer.mail.calendar_event import MeetingStatus
from sequencer.mail.calendar_part import MOST_EVENTS, MOST_PARTS, read_calendar

EVENT = ("BEGIN:VEVENT", "UID:1", "SEQUENCE:2", "DTSTAMP:20270301T101500Z", "END:VEVENT")


def part(*lines: str, kind: str = "text/calendar", method: str = "") -> Part:
    text = "\r\n".join(("BEGIN:VCALENDAR", *lines, "END:VCALENDAR"))
    params = {"charset": "utf-8"} | ({"method": method} if method else {})
    return Part(kind, params, text.encode())


@pytest.mark.parametrize(
    "parts",
    [
        (),
        (part("METHOD:PUBLISH", *EVENT),),
        (part("METHOD:PUBLISH", *EVENT, method="REQUEST"),),
        (part(*EVENT),),
        (part("METHOD:REQUEST", *EVENT, kind="text/plain"),),
        (part("METHOD:REQUEST", *EVENT, kind="application/octet-stream"),),
        (Part("application/ms-tnef", {}, b"\x78\x9f\x3e\x22 IPM.Note"),),
    ],
)
def test_no_meeting(parts: tuple[Part, ...]) -> None:
    """A date to be noted, a ticket, or no calendar at all, is no meeting."""
    assert read_calendar(parts) == ()


def test_the_object_decides() -> None:
    """METHOD counts in the object before that of its type, which counts where there is no other."""
    both = read_calendar((part("METHOD:CANCEL", *EVENT, method="REQUEST"),))
    assert [each.method for each in both] == ["CANCEL"]
    alone = read_calendar((part(*EVENT, method="reply"),))
    assert [each.method for each in alone] == ["REPLY"]


def test_once() -> None:
    """The same object in two parts is one; another of the same meeting is another."""
    object_ = ("METHOD:REQUEST", "PRODID:x", *EVENT)
    twice = (part(*object_), part(*object_, kind="application/ics"))
    (found,) = read_calendar(twice)
    assert (found.uid, found.revision, found.product) == ("1", 2, "x")
    series = ("METHOD:REQUEST", *EVENT, *EVENT[:2], "RECURRENCE-ID:20270305", *EVENT[2:])
    assert [each.key for each in read_calendar((part(*series),))] == ["1", "1/20270305"]


def test_the_second_object_counts() -> None:
    """The first object that wants something is the one."""
    parts = (part(*EVENT), part("METHOD:CANCEL", kind="application/ics"))
    (found,) = read_calendar(parts)
    assert (found.method, found.uid) == ("CANCEL", "")


def test_no_calendar_around_it() -> None:
    """A method that stands in nothing is one."""
    (found,) = read_calendar((Part("text/calendar", {}, b"METHOD:REQUEST\nUID:1"),))
    assert (found.method, found.uid) == ("REQUEST", "1")


def test_limits() -> None:
    """Of many parts, and of many events, the first ones are read."""
    many = [part("METHOD:REQUEST", "BEGIN:VEVENT", f"UID:{each}") for each in range(50)]
    assert len(read_calendar(tuple(many))) == MOST_PARTS
    events = [line for each in range(900) for line in ("BEGIN:VEVENT", f"UID:{each}", "END:VEVENT")]
    assert len(read_calendar((part("METHOD:REQUEST", *events),))) == MOST_EVENTS


@pytest.mark.parametrize(
    ("name", "method", "status"),
    [
        ("IPM.Schedule.Meeting.Request", "REQUEST", MeetingStatus.INVITED),
        ("IPM.Schedule.Meeting.Resp.Tent", "REPLY", MeetingStatus.TENTATIVE),
        ("IPM.Microsoft Schedule.MtgRespP", "REPLY", MeetingStatus.BOOKED),
        ("IPM.Microsoft Schedule.MtgRespN", "REPLY", MeetingStatus.DECLINED),
        ("IPM.Microsoft Schedule.MtgCncl", "CANCEL", MeetingStatus.CANCELLED),
    ],
)
def test_outlooks_own_form(name: str, method: str, status: MeetingStatus) -> None:
    """Of Outlook's form, its class is read, under whatever type it comes."""
    content = b"\x78\x9f\x3e\x22" + b"\x00" * 50 + name.encode() + b"\x00"
    for kind in ("application/ms-tnef", "application/octet-stream"):
        (found,) = read_calendar((Part(kind, {"name": "winmail.dat"}, content),))
        assert (found.method, found.meaning, found.uid) == (method, status, "")
