"""The mails that come back: what people, their mail programs and mail systems write."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sequencer.mail.transaction import Envelope

_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.IGNORECASE | re.MULTILINE)
_TOKEN = re.compile(rb"/u/([A-Za-z0-9_-]{36})")
_SUBJECT = re.compile(rb"^Subject: *([^\r\n]*)", re.MULTILINE)

REPLIES = (
    "Thanks, please call me tomorrow.",
    "Not my topic, ask my colleague.",
    "Sounds good. What does it cost?",
)
REMOVALS = ("Please remove me from your list.", "Unsubscribe", "Stop writing to me, please.")


@dataclass(frozen=True, slots=True)
class Quoted:
    """A mail of ours, as whoever answers it has it.

    Attributes:
        token: of its opt-out link.
    """

    message_id: str
    sender: str
    recipient: str
    subject: str
    token: str


def quoted_from(envelope: Envelope) -> Quoted:
    """A mail of ours as its reader has it."""
    data = envelope.data
    message_id, token, subject = (
        _MESSAGE_ID.search(data),
        _TOKEN.search(data),
        _SUBJECT.search(data),
    )
    return Quoted(
        message_id[1].decode() if message_id else "",
        envelope.sender,
        envelope.recipient,
        subject[1].decode() if subject else "",
        token[1].decode() if token else "",
    )


@dataclass(frozen=True, slots=True)
class Writer:
    """Who answers, when, and whether the answer names the mail that it answers."""

    address: str
    at: datetime
    number: int
    threaded: bool = True


def _mail(headers: Sequence[str], text: str) -> bytes:
    return ("\r\n".join(headers) + "\r\n\r\n" + text.replace("\n", "\r\n")).encode()


def _headers(writer: Writer, ours: Quoted, subject: str, *extra: str) -> list[str]:
    headers = [
        f"From: {writer.address}",
        f"To: {ours.sender}",
        f"Subject: {subject}",
        f"Date: {writer.at:%a, %d %b %Y %H:%M:%S} +0000",
        f"Message-ID: <{writer.number}@{writer.address.rpartition('@')[2]}>",
        *extra,
    ]
    if writer.threaded:
        headers.append(f"In-Reply-To: {ours.message_id}")
    return headers


def reply(writer: Writer, ours: Quoted, text: str) -> bytes:
    """What a person writes."""
    return _mail(_headers(writer, ours, f"Re: {ours.subject}"), text)


def absence(writer: Writer, ours: Quoted, back: datetime | None) -> bytes:
    """What a mail program answers for somebody who is away."""
    until = f" until {back:%d %B %Y}" if back else ""
    headers = _headers(writer, ours, "Automatic reply", "Auto-Submitted: auto-replied")
    return _mail(headers, f"I am out of the office{until}.")


def departure(writer: Writer, ours: Quoted) -> bytes:
    """What a mail program answers for somebody who has left the company."""
    headers = _headers(writer, ours, "Automatic reply", "Auto-Submitted: auto-replied")
    return _mail(headers, "I no longer work for this company. Please write to our office.")


def button(writer: Writer, ours: Quoted) -> bytes:
    """What a mail program sends to the mailto: of List-Unsubscribe."""
    headers = _headers(writer, ours, f"unsubscribe {ours.token}", "Auto-Submitted: auto-replied")
    return _mail(headers, "")


def bounce(writer: Writer, ours: Quoted, status: str, said: str) -> bytes:
    """A delivery report; `status` is the enhanced code."""
    failed = "delayed" if status.startswith("4") else "failed"
    parts = (
        ("text/plain", "Your message could not be delivered."),
        (
            "message/delivery-status",
            (
                "Reporting-MTA: dns; mx.example\n\n"
                f"Final-Recipient: rfc822; {ours.recipient}\nAction: {failed}\nStatus: {status}\n"
                f"Diagnostic-Code: smtp; {said}"
            ),
        ),
        ("message/rfc822", _original(ours)),
    )
    machine = Writer("mailer-daemon@mx.example", writer.at, writer.number, threaded=False)
    kind = "multipart/report; report-type=delivery-status"
    return _report(machine, ours, "Delivery Status Notification (Failure)", kind, parts)


def complaint(writer: Writer, ours: Quoted) -> bytes:
    """What a provider reports of somebody who pressed the spam button (RFC 5965)."""
    parts = (
        ("text/plain", "This is a report of abuse."),
        (
            "message/feedback-report",
            (
                "Feedback-Type: abuse\nUser-Agent: loop/1\nVersion: 1\n"
                f"Original-Rcpt-To: {ours.recipient}"
            ),
        ),
        ("message/rfc822", _original(ours)),
    )
    machine = Writer("abuse@provider.example", writer.at, writer.number, threaded=False)
    kind = "multipart/report; report-type=feedback-report"
    return _report(machine, ours, "Abuse report", kind, parts)


def _original(ours: Quoted) -> str:
    return (
        f"Message-ID: {ours.message_id}\nFrom: {ours.sender}\nTo: {ours.recipient}\n"
        f"Subject: {ours.subject}\n\nHello"
    )


def _report(
    writer: Writer, ours: Quoted, subject: str, kind: str, parts: Sequence[tuple[str, str]]
) -> bytes:
    content = f'Content-Type: {kind}; boundary="b"'
    headers = _headers(writer, ours, subject, "MIME-Version: 1.0", content)
    bodies = "".join(f"--b\nContent-Type: {name}\n\n{text}\n" for name, text in parts)
    return _mail(headers, f"{bodies}--b--\n")


def unreadable(writer: Writer, ours: Quoted) -> bytes:
    """A mail in a character set that nobody knows: who can tell what it says?"""
    content = "Content-Type: text/plain; charset=x-unknown"
    headers = _headers(writer, ours, f"Re: {ours.subject}", "MIME-Version: 1.0", content)
    return _mail(headers, "").replace(b"\r\n\r\n", b"\r\n\r\n\xff\xfe\x81\x8d", 1)


def newsletter(writer: Writer, ours: Quoted) -> bytes:
    """Bulk mail of somebody we write to: no answer at all."""
    alone = Writer(writer.address, writer.at, writer.number, threaded=False)
    headers = _headers(alone, ours, "Our spring offers", "List-Id: <news.example>")
    return _mail(headers, "Twenty per cent off until Sunday.")


def by_hand(sender: str, recipient: str, at: datetime) -> bytes:
    """A mail that a rep writes without us."""
    headers = [
        f"From: {sender}",
        f"To: {recipient}",
        "Subject: What we talked about",
        f"Date: {at:%a, %d %b %Y %H:%M:%S} +0000",
        f"Message-ID: <by-hand-{at:%d%H%M%S}@{sender.rpartition('@')[2]}>",
    ]
    return _mail(headers, "As promised.")
