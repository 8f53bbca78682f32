"""Calendar mails as Outlook writes them: a rep's invitation, and the answer to it (RFC 6047).

Written by the standard library and by hand, not with our own code, which has to understand them.
"""

import email.policy
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import formataddr

LENGTH = timedelta(minutes=30)
_WIDE = 75
_STAMP = "%Y%m%dT%H%M%SZ"
_OBJECT = """\
BEGIN:VCALENDAR
METHOD:{method}
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
BEGIN:VEVENT
ORGANIZER;CN={host.name}:mailto:{host.address}
ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT={status};RSVP=TRUE;CN={guest.name}:mailto:{guest.address}
UID:{uid}
SUMMARY:{title}
DTSTART:{starts}
DTEND:{ends}
DTSTAMP:{stamp}
SEQUENCE:0
STATUS:CONFIRMED
X-MICROSOFT-CDO-BUSYSTATUS:BUSY
END:VEVENT
END:VCALENDAR
"""


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person in a calendar."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Appointment:
    """A talk that somebody proposes to somebody."""

    host: Somebody
    guest: Somebody
    title: str
    starts_at: datetime

    @property
    def uid(self) -> str:
        """As Exchange makes them: a long number in hexadecimal digits."""
        told = f"{self.host} {self.guest} {self.starts_at}"
        digest = hashlib.sha256(told.encode()).hexdigest().upper()
        return f"040000008200E00074C5B7101A82E008{digest}"


@dataclass(frozen=True, slots=True)
class _Said:
    """What one tells the other, by a method and a state of RFC 5546."""

    method: str
    status: str
    writer: Somebody
    reader: Somebody
    subject: str


def invitation(talk: Appointment, at: datetime) -> bytes:
    """The host's invitation, as their own program files it in Sent."""
    return _mail(talk, _Said("REQUEST", "NEEDS-ACTION", talk.host, talk.guest, talk.title), at)


def acceptance(talk: Appointment, at: datetime) -> bytes:
    """The guest's program tells the host that they come."""
    subject = f"Zugesagt: {talk.title}"
    return _mail(talk, _Said("REPLY", "ACCEPTED", talk.guest, talk.host, subject), at)


def _mail(talk: Appointment, said: _Said, at: datetime) -> bytes:
    mail = EmailMessage()
    mail["From"] = formataddr((said.writer.name, said.writer.address))
    mail["To"] = formataddr((said.reader.name, said.reader.address))
    mail["Subject"] = said.subject
    mail["Date"] = at
    digest = hashlib.sha256(f"{talk.uid} {said.method}".encode()).hexdigest()
    mail["Message-ID"] = f"<{digest[:24]}@{said.writer.address.rpartition('@')[2]}>"
    mail["Content-Class"] = "urn:content-classes:calendarmessage"
    mail.set_content("\n")
    mail.add_alternative(
        _object(talk, said, at),
        maintype="text",
        subtype="calendar",
        params={"method": said.method, "charset": "utf-8"},
    )
    return mail.as_bytes(policy=email.policy.SMTP)


def _object(talk: Appointment, said: _Said, at: datetime) -> bytes:
    text = _OBJECT.format(
        method=said.method,
        status=said.status,
        host=talk.host,
        guest=talk.guest,
        uid=talk.uid,
        title=said.subject,
        starts=f"{talk.starts_at.astimezone(UTC):{_STAMP}}",
        ends=f"{talk.starts_at.astimezone(UTC) + LENGTH:{_STAMP}}",
        stamp=f"{at.astimezone(UTC):{_STAMP}}",
    )
    return "".join(map(_folded, text.splitlines())).encode()


def _folded(line: str) -> str:
    """The line in pieces of at most 75 octets (RFC 5545 section 3.1); all of it is ASCII here."""
    pieces = [line[:_WIDE]]
    pieces += [line[at : at + _WIDE - 1] for at in range(_WIDE, len(line), _WIDE - 1)]
    return "\r\n ".join(pieces) + "\r\n"
