"""Everything that goes into one outgoing mail, before it is bytes."""

from dataclasses import dataclass, field
from datetime import datetime

Blocks = tuple[str, ...]
"""A text in blocks: one that is the same in many mails, one that is not, and so on in turn.

Any of them may be empty. Between two there is a line break, at the end of one or at the beginning
of the other. What is the same need not be encoded again for each mail.
"""

Words = str | Blocks


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One sender or recipient: an address, and the name to show beside it."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes with a mail, as its reader gets it."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Draft:
    """One mail to one person. The same draft always gives the same bytes.

    Attributes:
        message_id: with its angle brackets, as `mail.message_id` makes it.
        date: aware; its own offset is the one that is written.
        html: None for a mail of plain text only.
        in_reply_to: Message-ID of the mail this one answers, if it answers any.
        references: Message-IDs of the thread, oldest first, ending with `in_reply_to`.
        list_unsubscribe: URIs without brackets, the preferred one (https) first.
        ref: opaque mark of our own, by which a sent copy is known where the provider replaced the
            Message-ID; none if empty.
        enclosures: files that go with it.
        is_test: whether a header says that one of ourselves tries it.
    """

    message_id: str
    date: datetime
    sender: Mailbox
    recipient: Mailbox
    subject: str
    text: Words
    html: Words | None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    list_unsubscribe: tuple[str, ...] = ()
    ref: str = ""
    enclosures: tuple[Enclosure, ...] = ()
    is_test: bool = False
