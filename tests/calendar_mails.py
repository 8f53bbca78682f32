"""Calendar mails as Google, Outlook, Apple and a booking tool write them, for tests."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from builders import NOON

ANA, ZOE = "ana@seller.example", "zoe@bank.example"
STARTS = NOON + timedelta(days=4)
STAMP = "%Y%m%dT%H%M%SZ"
BERLIN = ZoneInfo("Europe/Berlin")
_ZONE = """\
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE"""


@dataclass(frozen=True)
class Said:
    """What somebody tells of a meeting.

    Attributes:
        minute: when, in minutes after noon.
        by: who writes the mail; by default the organiser, or for an answer who answers.
        asked: the attendees, each with PARTSTAT.
        lines: further lines of the event.
    """

    method: str
    minute: int = 0
    revision: int = 0
    organiser: str = ANA
    asked: tuple[tuple[str, str], ...] = ((ZOE, "NEEDS-ACTION"),)
    by: str = ""
    to: str = ANA
    starts_at: datetime = STARTS
    uid: str = "abc123def456"
    summary: str = "Intro"
    comment: str = ""
    lines: tuple[str, ...] = ()
    headers: tuple[str, ...] = field(default=())

    @property
    def writer(self) -> str:
        """Who writes the mail."""
        if self.by:
            return self.by
        return self.asked[0][0] if self.method in {"REPLY", "COUNTER"} else self.organiser

    @property
    def at(self) -> datetime:
        """When it is written."""
        return NOON + timedelta(minutes=self.minute)

    def but(self, **changes: Any) -> "Said":
        """The same with changes."""
        return replace(self, **changes)


def request(**changes: Any) -> Said:
    """An invitation."""
    return Said("REQUEST").but(**changes)


def reply(answer: str, **changes: Any) -> Said:
    """Zoe's answer to Ana's invitation."""
    return Said("REPLY", minute=5, asked=((ZOE, answer),)).but(**changes)


def google(said: Said) -> bytes:
    """As Google Calendar sends it for its users: twice the same object, marked as automatic."""
    people = [
        f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={answer};CN={address}"
        f";X-NUM-GUESTS=0:mailto:{address}"
        for address, answer in said.asked
    ]
    lines = _object(
        said,
        "PRODID:-//Google Inc//Google Calendar 70.9054//EN",
        [
            f"DTSTART:{said.starts_at:{STAMP}}",
            f"DTEND:{said.starts_at + timedelta(minutes=30):{STAMP}}",
            f"UID:{said.uid}@google.com",
            f"ORGANIZER;CN={said.organiser}:mailto:{said.organiser}",
            *people,
        ],
    )
    body = _folded(lines)
    return _mail(
        said,
        (
            "Sender: Google Calendar <calendar-notification@google.com>",
            f"Reply-To: {said.writer}",
            "Auto-Submitted: auto-generated",
        ),
        _part("text/plain; charset=UTF-8", b"This event is in your calendar."),
        _part(f"text/calendar; charset=UTF-8; method={said.method}", body),
        _part('application/ics; name="invite.ics"', body, encode=True),
    )


def outlook(said: Said) -> bytes:
    """As Exchange sends it: Windows' zone names, MAILTO in upper case, one calendar part."""
    local = said.starts_at.astimezone(BERLIN)
    people = [
        f"ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT={answer};RSVP=TRUE;CN={address}:MAILTO:{address}"
        for address, answer in said.asked
    ]
    zone = "TZID=W. Europe Standard Time"
    lines = _object(
        said,
        "PRODID:Microsoft Exchange Server 2010",
        [
            f"ORGANIZER;CN={said.organiser}:MAILTO:{said.organiser}",
            *people,
            f"UID:040000008200E00074C5B7101A82E0080000000010203040506070800000000000{said.uid}",
            f"DTSTART;{zone}:{local:%Y%m%dT%H%M%S}",
            f"DTEND;{zone}:{local + timedelta(minutes=30):%Y%m%dT%H%M%S}",
            f"X-MICROSOFT-CDO-APPT-SEQUENCE:{said.revision}",
            "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE",
        ],
        _ZONE.split("\n"),
    )
    return _mail(
        said,
        ("Content-Class: urn:content-classes:calendarmessage", "Thread-Index: AdA="),
        _part("text/plain; charset=us-ascii", b""),
        _part(f'text/calendar; charset="utf-8"; method={said.method}', _folded(lines)),
    )


def apple(said: Said) -> bytes:
    """As iCloud sends it, from an address of Apple's, with the other address in EMAIL."""
    people = [
        f'ATTENDEE;CN="Pat, {address}";EMAIL={address};PARTSTAT={answer}:mailto:{address}'
        for address, answer in said.asked
    ]
    lines = _object(
        said,
        "PRODID:-//Apple Inc.//iCloud Web Calendar//EN",
        [
            f"UID:{said.uid}-4D2A",
            f"DTSTART:{said.starts_at:{STAMP}}",
            "DURATION:PT30M",
            f"ORGANIZER;EMAIL={said.organiser}:mailto:{said.organiser}",
            *people,
        ],
    )
    return _mail(
        said.but(by="noreply@email.apple.com"),
        (f"Reply-To: {said.writer}",),
        _part("text/plain; charset=UTF-8", "Zoë answered".encode()),
        _part(f"text/calendar; charset=UTF-8; method={said.method}", _folded(lines)),
    )


def calendly(said: Said) -> bytes:
    """As a booking tool tells its host: an attachment alone, METHOD only in its type."""
    people = [f"ATTENDEE;PARTSTAT={answer}:mailto:{address}" for address, answer in said.asked]
    lines = _object(
        said,
        "PRODID:-//Calendly//EN",
        [
            f"UID:{said.uid}@calendly.com",
            f"DTSTART:{said.starts_at:{STAMP}}",
            f"DTEND:{said.starts_at + timedelta(minutes=30):{STAMP}}",
            f"ORGANIZER;CN=Ana:mailto:{said.organiser}",
            *people,
        ],
        method=False,
    )
    return _mail(
        said.but(by="notifications@calendly.com"),
        ("Auto-Submitted: auto-generated",),
        _part("text/plain", b"A new event has been scheduled."),
        _part(f"application/ics; name=invite.ics; method={said.method}", _folded(lines)),
    )


CLIENTS: Sequence[Callable[[Said], bytes]] = (google, outlook, apple)


def _object(
    said: Said,
    product: str,
    event: Sequence[str],
    before: Sequence[str] = (),
    *,
    method: bool = True,
) -> list[str]:
    return [
        "BEGIN:VCALENDAR",
        *([f"METHOD:{said.method}"] if method else []),
        product,
        "VERSION:2.0",
        *before,
        "BEGIN:VEVENT",
        *event,
        f"DTSTAMP:{said.at.astimezone(UTC):{STAMP}}",
        f"SEQUENCE:{said.revision}",
        f"SUMMARY;LANGUAGE=de-DE:{said.summary}",
        *([f"COMMENT:{said.comment}"] if said.comment else []),
        *said.lines,
        "END:VEVENT",
        "END:VCALENDAR",
    ]


def _folded(lines: Sequence[str]) -> bytes:
    """The lines as the standard wants them, with folds that may split a character."""
    folded = []
    for line in lines:
        octets = line.encode()
        folded += [octets[:75], *(b" " + octets[at : at + 74] for at in range(75, len(octets), 74))]
    return b"\r\n".join(folded) + b"\r\n"


def _part(kind: str, content: bytes, *, encode: bool = False) -> bytes:
    head = f"Content-Type: {kind}\r\n"
    if encode:
        content = base64.encodebytes(content).replace(b"\n", b"\r\n")
        head += "Content-Transfer-Encoding: base64\r\n"
    return head.encode() + b"\r\n" + content


def _mail(said: Said, headers: Sequence[str], *bodies: bytes) -> bytes:
    head = [
        f"From: Somebody <{said.writer}>",
        f"To: {said.to}",
        f"Subject: {said.summary}",
        f"Date: {said.at:%a, %d %b %Y %H:%M:%S} +0000",
        f"Message-ID: <{said.method}-{said.minute}-{said.revision}@calendar.example>",
        "MIME-Version: 1.0",
        "Content-Type: multipart/mixed; boundary=b",
        *headers,
        *said.headers,
    ]
    parts = b"".join(b"--b\r\n" + body + b"\r\n" for body in bodies)
    return "\r\n".join([*head, "", ""]).encode() + parts + b"--b--\r\n"
