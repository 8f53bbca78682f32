"""A meeting as calendars read it: an iTIP object (RFC 5545, 5546) that asks for it or calls it off.

A small strict writer: one event, one attendee, times in UTC, so that no zone has to be described.
Text may hold anything; what no calendar may hold becomes a space, and lines are folded at 75 octets
without cutting a character in two.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import quote

from sequencer.mail.address_header import addr_spec
from sequencer.mail.compose_error import ComposeError
from sequencer.mail.draft import Mailbox

MAX_OCTETS: Final = 75  # of a line without its end, RFC 5545 section 3.1
MAX_TEXT: Final = 20_000  # characters of one value
PRODUCT: Final = "-//Sequencer//Handover//EN"
_SAFE: Final = "!$'*+@"  # in a mailto URI, besides letters, digits and `-._~`
_LINE_END: Final = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_NOT_TEXT: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_TURNS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")  # make a text read as another one
_URI: Final = re.compile(r"https?://[!#-;=?-~]+", re.IGNORECASE)  # printable, no quotes or brackets
_ESCAPES: Final = str.maketrans({"\\": r"\\", ";": r"\;", ",": r"\,", "\n": r"\n"})


class Method(StrEnum):
    """What the object asks of its reader (RFC 5546 section 1.4)."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True)
class Event:
    """A meeting, by whom it is asked for, and of whom.

    Attributes:
        uid: the same for the meeting as long as it lives.
        revision: grows with each change, and with the end.
        stamp_at: when this was written.
        alarms: how long before it begins a calendar rings.
    """

    method: Method
    uid: str
    revision: int
    stamp_at: datetime
    organizer: Mailbox
    attendee: Mailbox
    title: str
    starts_at: datetime
    ends_at: datetime | None = None
    description: str = ""
    place: str = ""
    link: str = ""
    alarms: tuple[timedelta, ...] = ()


def calendar_text(event: Event) -> bytes:
    """The object in UTF-8, each line ended by CRLF.

    Raises:
        ComposeError: an address cannot be written, there is no UID, or an instant has no zone.
    """
    if not event.uid.strip():
        raise ComposeError("UID", "is empty")
    return b"".join(map(folded, _lines(event)))


def is_web_address(text: str) -> bool:
    """Whether a text can stand as the URL of an event as it is."""
    return _URI.fullmatch(text) is not None


def _lines(event: Event) -> Iterator[str]:
    is_request = event.method is Method.REQUEST
    yield "BEGIN:VCALENDAR"
    yield f"PRODID:{PRODUCT}"
    yield "VERSION:2.0"
    yield "CALSCALE:GREGORIAN"
    yield f"METHOD:{event.method}"
    yield "BEGIN:VEVENT"
    yield f"UID:{text_value(event.uid)}"
    yield f"SEQUENCE:{event.revision}"
    yield f"DTSTAMP:{_instant('DTSTAMP', event.stamp_at)}"
    yield f"DTSTART:{_instant('DTSTART', event.starts_at)}"
    if event.ends_at is not None and event.ends_at > event.starts_at:
        yield f"DTEND:{_instant('DTEND', event.ends_at)}"
    yield f"SUMMARY:{text_value(event.title)}"
    yield from _described(event)
    yield f"STATUS:{'CONFIRMED' if is_request else 'CANCELLED'}"
    yield f"ORGANIZER{_name(event.organizer)}:{_mailto('ORGANIZER', event.organizer)}"
    asked = ";PARTSTAT=NEEDS-ACTION;RSVP=TRUE" if is_request else ""
    who = f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT{asked}{_name(event.attendee)}"
    yield f"{who}:{_mailto('ATTENDEE', event.attendee)}"
    for before in event.alarms if is_request else ():
        yield from _alarm(before, event.title)
    yield "END:VEVENT"
    yield "END:VCALENDAR"


def _described(event: Event) -> Iterator[str]:
    for name, value in (("DESCRIPTION", event.description), ("LOCATION", event.place)):
        if value.strip():
            yield f"{name}:{text_value(value)}"
    if is_web_address(event.link):
        yield f"URL:{event.link}"


def _alarm(before: timedelta, title: str) -> Iterator[str]:
    yield "BEGIN:VALARM"
    yield "ACTION:DISPLAY"
    yield f"DESCRIPTION:{text_value(title)}"
    yield f"TRIGGER:-PT{max(0, before // timedelta(minutes=1))}M"
    yield "END:VALARM"


def text_value(value: str) -> str:
    """A value of the type TEXT (RFC 5545 section 3.3.11)."""
    return _clean(value[:MAX_TEXT]).translate(_ESCAPES)


def _clean(value: str) -> str:
    whole = value.encode("utf-8", "replace").decode()  # half a character is none
    return _TURNS.sub("", _NOT_TEXT.sub(" ", _LINE_END.sub("\n", whole)))


def _name(mailbox: Mailbox) -> str:
    """A name as the parameter CN: in quotes, where no quote may stand; `^` as RFC 6868 has it."""
    one_line = " ".join(_clean(mailbox.name[:MAX_TEXT]).split())
    shown = one_line.replace('"', "'").replace("^", "^^")
    return f';CN="{shown}"' if shown else ""


def _mailto(field: str, mailbox: Mailbox) -> str:
    return f"mailto:{quote(addr_spec(field, mailbox.address), safe=_SAFE)}"


def _instant(name: str, at: datetime) -> str:
    if at.utcoffset() is None:
        raise ComposeError(name, "has no zone")
    utc = at.astimezone(UTC)
    return f"{utc.year:04}{utc:%m%dT%H%M%S}Z"


def folded(line: str) -> bytes:
    """A line in UTF-8, in pieces of at most 75 octets, each but the first after a space."""
    octets, pieces, limit = line.encode(), [], MAX_OCTETS
    while len(octets) > limit:
        cut = limit
        while octets[cut] & 0xC0 == 0x80:  # within a character
            cut -= 1
        pieces.append(octets[:cut])
        octets, limit = octets[cut:], MAX_OCTETS - 1
    return b"\r\n ".join([*pieces, octets]) + b"\r\n"
