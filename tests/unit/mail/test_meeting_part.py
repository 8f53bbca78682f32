import pytest

from sequencer.mail.body_text import Part
from sequencer.mail.meeting_part import Meeting, MeetingStatus, read_meeting


def part(*lines: str, kind: str = "text/calendar") -> Part:
    text = "\r\n".join(("BEGIN:VCALENDAR", *lines, "END:VCALENDAR"))
    return Part(kind, {"charset": "utf-8"}, text.encode())


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (("METHOD:REQUEST",), MeetingStatus.INVITED),
        (("METHOD:ADD",), MeetingStatus.INVITED),
        (("METHOD:COUNTER",), MeetingStatus.TENTATIVE),
        (("METHOD:CANCEL",), MeetingStatus.CANCELLED),
        (("METHOD:REFRESH",), MeetingStatus.NONE),
        (("METHOD:REQUEST", "STATUS:CANCELLED"), MeetingStatus.CANCELLED),
        (("METHOD:REPLY", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@b.example"), MeetingStatus.BOOKED),
        (("method: reply", "attendee;partstat=declined:x"), MeetingStatus.DECLINED),
        (("METHOD:REPLY", "ATTENDEE;CN=Zoe;PART", " STAT=TENTATIVE:x"), MeetingStatus.TENTATIVE),
        (("METHOD:REPLY", "ATTENDEE:x", "ATTENDEE;PARTSTAT=DELEGATED:x"), MeetingStatus.BOOKED),
        (("METHOD:REPLY", "ATTENDEE:x"), MeetingStatus.NONE),
    ],
)
def test_status(lines: tuple[str, ...], status: MeetingStatus) -> None:
    """What becomes of a meeting stands in the method and in the answer of whoever attends."""
    found = read_meeting((part(*lines),))
    assert found is not None
    assert found.status is status


@pytest.mark.parametrize(
    "parts",
    [
        (),
        (part("METHOD:PUBLISH"),),
        (part("SUMMARY:Hello"),),
        (part("METHOD:REQUEST", kind="text/plain"),),
    ],
)
def test_no_meeting(parts: tuple[Part, ...]) -> None:
    """A date to be noted, or no calendar at all, is no meeting."""
    assert read_meeting(parts) is None


def test_the_second_object_counts() -> None:
    """The first object that wants something is the one."""
    parts = (part("SUMMARY:x"), part("METHOD:CANCEL", kind="application/ics"))
    assert read_meeting(parts) == Meeting("CANCEL", MeetingStatus.CANCELLED)


def test_endless_lines() -> None:
    """A line that is continued for ever is cut."""
    assert read_meeting((part("METHOD:REQUEST", *[" x"] * 5_000),)) is not None
