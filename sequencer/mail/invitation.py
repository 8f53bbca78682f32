"""A mail that tells somebody of ours of a meeting, with the meeting for their calendar (RFC 6047).

The same object comes twice, as calendars want it: as one form of the text, for programs that show
a meeting with its buttons, and as a file, for all others.
"""

from base64 import encodebytes
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sequencer.mail.address_header import address_header
from sequencer.mail.body import alternative, boundary, quoted_printable
from sequencer.mail.calendar_text import Event, calendar_text
from sequencer.mail.draft import Mailbox
from sequencer.mail.header import date_header, text_header, token_header

FILE: Final = "invite.ics"
_QP: Final = b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
_BASE64: Final = b"Content-Transfer-Encoding: base64\r\n"


@dataclass(frozen=True, slots=True)
class Invitation:
    """The mail before it is bytes; without an event it is text alone.

    Attributes:
        message_id: with its brackets.
        ref: opaque mark of our own.
        reply_to: whom an answer goes to, where that is not the sender.
        answers: Message-ID of the first mail about the meeting, empty for the first.
    """

    sender: Mailbox
    recipient: Mailbox
    subject: str
    text: str
    html: str
    date: datetime
    message_id: str
    ref: str
    reply_to: Mailbox | None = None
    answers: str = ""
    event: Event | None = None


def make_invitation(mail: Invitation) -> bytes:
    """The mail, with CRLF and not dot-stuffed.

    It says that a machine wrote it: no absence notice is to come back.

    Raises:
        ComposeError: an address or name cannot stand in a header, or not in a calendar.
    """
    headers = "\r\n".join(_fields(mail)).encode()
    return b"%b\r\n%b" % (headers, _body(mail))


def _fields(mail: Invitation) -> Iterator[str]:
    yield address_header("From", mail.sender)
    if mail.reply_to is not None:
        yield address_header("Reply-To", mail.reply_to)
    yield address_header("To", mail.recipient)
    yield text_header("Subject", mail.subject)
    yield date_header(mail.date)
    yield token_header("Message-ID", [mail.message_id])
    if mail.answers:
        yield token_header("In-Reply-To", [mail.answers])
        yield token_header("References", [mail.answers])
    yield token_header("X-Sequencer-Ref", [mail.ref])
    yield "Auto-Submitted: auto-generated"
    yield "MIME-Version: 1.0"


def _body(mail: Invitation) -> bytes:
    """From the content headers on; ends with a line break."""
    if mail.event is None:
        return alternative(mail.message_id, mail.text, mail.html)
    calendar, method = calendar_text(mail.event), str(mail.event.method).encode()
    octets = encodebytes(calendar).replace(b"\n", b"\r\n")
    forms = (
        _content(b'text/plain; charset="utf-8"', _QP, quoted_printable("text", mail.text)),
        _content(b'text/html; charset="utf-8"', _QP, quoted_printable("html", mail.html)),
        _content(
            b'text/calendar; charset="UTF-8"; method=%b;\r\n component=VEVENT' % method,
            _BASE64 + b"\r\n",
            octets,
        ),
    )
    name = FILE.encode()
    placed = b'Content-Disposition: attachment; filename="%b"\r\n\r\n' % name
    file = _content(b'application/ics; name="%b"' % name, _BASE64 + placed, octets)
    seed = mail.message_id.encode()
    return _multipart(b"mixed", seed, (_multipart(b"alternative", seed, forms), file))


def _content(media_type: bytes, headers: bytes, body: bytes) -> bytes:
    return b"Content-Type: %b\r\n%b%b" % (media_type, headers, body)


def _multipart(kind: bytes, seed: bytes, parts: tuple[bytes, ...]) -> bytes:
    joined = b"".join(parts)
    mark = boundary(b"%b %b %b" % (kind, seed, joined), joined)
    begin = b'Content-Type: multipart/%b;\r\n boundary="%b"\r\n\r\n' % (kind, mark)
    each = b"".join(b"--%b\r\n%b\r\n" % (mark, part) for part in parts)
    return b"%b%b--%b--\r\n" % (begin, each, mark)
