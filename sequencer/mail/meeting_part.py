"""What does the calendar object in a mail say of a meeting (RFC 5545, RFC 5546)?

PUBLISH, or no method at all, is a ticket or a date to be noted; that makes no meeting of a mail.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sequencer.mail.body_text import Part, part_text

MAX_LINES = 2_000  # of one object that are looked at
MAX_LINE = 1_000
_TYPES = frozenset({"text/calendar", "application/ics"})


class MeetingStatus(StrEnum):
    """What becomes of a meeting by a mail."""

    INVITED = "invited"
    BOOKED = "booked"
    TENTATIVE = "tentative"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    NONE = "none"


_ANSWERS = {
    "ACCEPTED": MeetingStatus.BOOKED,
    "DELEGATED": MeetingStatus.BOOKED,
    "TENTATIVE": MeetingStatus.TENTATIVE,
    "DECLINED": MeetingStatus.DECLINED,
}
_METHODS = {
    "REQUEST": MeetingStatus.INVITED,
    "ADD": MeetingStatus.INVITED,
    "COUNTER": MeetingStatus.TENTATIVE,
    "CANCEL": MeetingStatus.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Meeting:
    """Method and status of the first object that has any."""

    method: str
    status: MeetingStatus


def read_meeting(parts: tuple[Part, ...]) -> Meeting | None:
    """The meeting that a mail is about, or None."""
    for part in parts:
        if part.content_type in _TYPES:
            lines = list(_lines(part_text(part).text))
            method = next((value for name, _, value in lines if name == "METHOD"), "").upper()
            if method and method != "PUBLISH":
                return Meeting(method, _status(method, lines))
    return None


def _status(method: str, lines: list[tuple[str, Mapping[str, str], str]]) -> MeetingStatus:
    if any(name == "STATUS" and value.upper() == "CANCELLED" for name, _, value in lines):
        return MeetingStatus.CANCELLED
    if method == "REPLY":
        answers = (params.get("PARTSTAT", "") for name, params, _ in lines if name == "ATTENDEE")
        return next((_ANSWERS[each] for each in answers if each in _ANSWERS), MeetingStatus.NONE)
    return _METHODS.get(method, MeetingStatus.NONE)


def _lines(text: str) -> Iterator[tuple[str, Mapping[str, str], str]]:
    """Name, parameters and value of each content line, unfolded (RFC 5545 section 3.1)."""
    folded: list[str] = []
    for line in text.split("\n", MAX_LINES)[:MAX_LINES]:
        if line[:1] in {" ", "\t"} and folded:
            folded[-1] += line[1:] if len(folded[-1]) < MAX_LINE else ""
        else:
            folded.append(line[:MAX_LINE])
    for line in folded:
        head, _, value = line.partition(":")
        name, *params = head.split(";")
        pairs = (each.partition("=") for each in params)
        yield (
            name.strip().upper(),
            {key.strip().upper(): given.strip('" ').upper() for key, _, given in pairs},
            value.strip(),
        )
