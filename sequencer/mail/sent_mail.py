"""What do the headers of a mail in Sent tell: to whom it went, when, and whether it is ours?"""

from dataclasses import dataclass
from datetime import datetime

from sequencer.mail.foreign_address import read_addresses
from sequencer.mail.foreign_date import first_date
from sequencer.mail.foreign_header import Block, read_block
from sequencer.mail.foreign_word import header_text
from sequencer.mail.incoming import message_ids
from sequencer.mail.media_type import read_media_type
from sequencer.mail.unsubscribe import tokens_in

_RECIPIENTS = ("to", "cc", "bcc")
_MARK = "x-sequencer-ref"
_CALENDARS = frozenset({"text/calendar", "application/ics"})


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail that left a mailbox.

    Attributes:
        message_ids: its Message-ID and, where a provider has replaced it, the one it had before.
        ref: the mark of our own mails; empty on those of others.
        tokens: what may be opt-out tokens of ours, in List-Unsubscribe.
        is_automatic: whether a machine wrote it, such as a notice of absence.
        recipients: addresses as they are written, each once.
        date: when its writer's program says it was sent.
        answers: whether it answers a mail, as its headers say.
    """

    message_ids: tuple[str, ...]
    ref: str
    is_automatic: bool
    recipients: tuple[str, ...]
    date: datetime | None
    subject: str = ""
    tokens: tuple[str, ...] = ()
    answers: bool = False

    @property
    def is_marked(self) -> bool:
        """Whether it carries the mark of our own mails."""
        return self.ref != ""


def read_sent(raw: bytes) -> SentMail:
    """What can be read of the headers at the begin of `raw`, whatever the bytes are."""
    block = read_block(raw.replace(b"\r\n", b"\n").lstrip())
    automatic = block.first("auto-submitted").partition(";")[0].strip().lower()
    found = [person.address for value in _values(block) for person in read_addresses(value)]
    return SentMail(
        message_ids=_message_ids(block),
        ref=block.first(_MARK).strip(),
        is_automatic=automatic not in {"", "no"},
        recipients=tuple(dict.fromkeys(address for address in found if address)),
        date=first_date(block.all("date"), block.all("received")),
        subject=header_text(block.first("subject")),
        tokens=tuple(tokens_in(" ".join(block.all("list-unsubscribe")))),
        answers=bool(block.first("in-reply-to") or block.first("references")),
    )


def head_of(raw: bytes) -> bytes:
    """The headers at the begin of a mail, with the empty line that ends them."""
    ends = [at + len(mark) for mark in (b"\r\n\r\n", b"\n\n") if (at := raw.find(mark)) >= 0]
    return raw[: min(ends, default=len(raw))]


def may_hold_calendar(head: bytes) -> bool:
    """Whether the mail may be an invitation, as far as its headers tell; ours are none."""
    block = read_block(head.replace(b"\r\n", b"\n").lstrip())
    kind = read_media_type(block.first("content-type")).value
    is_ours = block.first(_MARK).strip() != ""
    return not is_ours and (kind in _CALENDARS or kind.startswith("multipart/"))


def _values(block: Block) -> list[str]:
    return [value for name in _RECIPIENTS for value in block.all(name)]


def _message_ids(block: Block) -> tuple[str, ...]:
    """Message-IDs in Message-ID, and in what providers call X-Google-Original-Message-ID."""
    values = [
        value
        for name, value in block.fields
        if name == "message-id" or (name.startswith("x-") and name.endswith("message-id"))
    ]
    return message_ids(" ".join(values))
