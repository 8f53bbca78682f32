"""The mail that a mailbox sends to itself, to show what its provider does with what is sent."""

from dataclasses import dataclass
from datetime import datetime

from sequencer.mail.address_header import address_header
from sequencer.mail.body import single
from sequencer.mail.draft import Mailbox
from sequencer.mail.header import date_header, text_header, token_header
from sequencer.mail.message_id import make_message_id, make_ref

STEP = "probe"  # in the place of a step; no cadence is named in its marks
_PREFIX = "probe-"
_SUBJECT = "Sequencer: a mail to itself"
_TEXT = """\
This mail was sent by Sequencer from this mailbox to itself, once. It shows whether the provider
files a copy of what is sent, and what it leaves of the headers. That decides what is done when a
line breaks in the middle of a mail.

Nobody has to read it. It may be deleted.
"""


@dataclass(frozen=True, slots=True)
class ProbeMail:
    """The marks by which the mail is looked for, and its bytes."""

    message_id: str
    ref: str
    data: bytes


def make_probe(sender: Mailbox, key: str, salt: str, at: datetime) -> ProbeMail:
    """The mail of that key; the same key always gives the same marks.

    Raises:
        ComposeError: the address or the name cannot stand in a header.
    """
    message_id = make_message_id(key, STEP, salt, sender.address.rpartition("@")[2])
    ref = f"{_PREFIX}{make_ref(key, STEP, salt)}"
    fields = (
        address_header("From", sender),
        address_header("To", sender),
        text_header("Subject", _SUBJECT),
        date_header(at),
        token_header("Message-ID", [message_id]),
        token_header("X-Sequencer-Ref", [ref]),
        "Auto-Submitted: auto-generated",  # so that nobody's machine answers (RFC 3834)
        "MIME-Version: 1.0",
    )
    head = "\r\n".join(fields).encode()
    return ProbeMail(message_id, ref, b"%b\r\n%b" % (head, single(_TEXT)))


def is_probe(ref: str) -> bool:
    """Whether a value of X-Sequencer-Ref is that of a mail to itself."""
    return ref.strip().startswith(_PREFIX)
