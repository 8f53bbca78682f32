"""The mail that brings a meeting into a calendar."""

from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from typing import cast

import pytest
from builders import NOON
from icalendar import Calendar

from sequencer.mail.calendar_text import Event, Method, calendar_text
from sequencer.mail.compose_error import ComposeError
from sequencer.mail.draft import Mailbox
from sequencer.mail.incoming import read_mail
from sequencer.mail.invitation import FILE, Invitation, make_invitation

ANA = Mailbox("ana@seller.example", "Ana Ruiz")
OMAR = Mailbox("omar@field.example", "Omar Haddad")
EVENT = Event(Method.REQUEST, "u@seller.example", 0, NOON, ANA, OMAR, "First talk: Zoë", NOON)
MAIL = Invitation(
    sender=ANA,
    recipient=OMAR,
    subject="Meeting for you: Zoë Marín",
    text="A meeting is offered to you.\n.\nFrom Zoë\n",
    html="<p>A meeting is offered to you.</p>\n",
    date=NOON,
    message_id="<1@seller.example>",
    ref="handover-1",
    reply_to=Mailbox("luis@seller.example"),
    answers="<0@seller.example>",
    event=EVENT,
)


def parsed(mail: Invitation) -> EmailMessage:
    return message_from_bytes(make_invitation(mail), policy=default)


def test_its_headers() -> None:
    """It says who wrote it, whom to answer, which thread it continues, and that it is automatic."""
    mail = parsed(MAIL)
    assert mail["From"] == "Ana Ruiz <ana@seller.example>"
    assert mail["Reply-To"] == "luis@seller.example"
    assert mail["Subject"] == MAIL.subject
    assert mail["In-Reply-To"] == mail["References"] == "<0@seller.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Sequencer-Ref"] == "handover-1"
    assert not mail.defects


def test_its_parts() -> None:
    """Three forms of the same, and the file, as RFC 6047 and calendars want it."""
    mail = parsed(MAIL)
    forms, file = mail.iter_parts()
    assert [mail.get_content_type(), forms.get_content_type()] == [
        "multipart/mixed",
        "multipart/alternative",
    ]
    text, html, calendar = cast(EmailMessage, forms).iter_parts()
    assert text.get_content().replace("\r\n", "\n") == MAIL.text
    assert html.get_content().strip() == MAIL.html.strip()
    assert calendar.get_content_type() == "text/calendar"
    assert calendar["Content-Type"].params == {
        "charset": "UTF-8",
        "method": "REQUEST",
        "component": "VEVENT",
    }
    assert file.get_content_type() == "application/ics"
    assert file.get_filename() == FILE
    raw = calendar_text(EVENT)
    assert calendar.get_payload(decode=True) == file.get_payload(decode=True) == raw
    assert not [part for part in mail.walk() if part.defects]


def test_its_lines() -> None:
    """ASCII in lines that any server takes, with CRLF throughout."""
    raw = make_invitation(MAIL)
    assert raw.isascii()
    assert raw.replace(b"\r\n", b"").count(b"\n") == raw.replace(b"\r\n", b"").count(b"\r") == 0
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert raw.endswith(b"--\r\n")


def test_a_cancel_says_so_twice() -> None:
    """The parameter of the part is the method of the object."""
    mail = parsed(replace(MAIL, event=replace(EVENT, method=Method.CANCEL)))
    [part] = [each for each in mail.walk() if each.get_content_type() == "text/calendar"]
    assert part.get_param("method") == "CANCEL"
    octets = part.get_payload(decode=True)
    assert isinstance(octets, bytes)
    assert Calendar.from_ical(octets.decode())["METHOD"] == "CANCEL"


def test_without_an_event() -> None:
    """A meeting without a time is told in words alone; a first mail answers nothing."""
    mail = parsed(replace(MAIL, event=None, reply_to=None, answers=""))
    assert mail.get_content_type() == "multipart/alternative"
    assert mail["Reply-To"] is None
    assert mail["In-Reply-To"] is None
    assert read_mail(mail.as_bytes(policy=SMTP)).text.startswith("A meeting is offered")


def test_the_same_twice() -> None:
    """The same mail has the same bytes."""
    assert make_invitation(MAIL) == make_invitation(MAIL)


def test_what_no_header_may_hold() -> None:
    """A name that breaks out of its header is refused."""
    with pytest.raises(ComposeError):
        make_invitation(replace(MAIL, recipient=Mailbox(OMAR.address, "Omar\r\nBcc: x@y.example")))
