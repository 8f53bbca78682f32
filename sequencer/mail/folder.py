"""What a scan of a mailbox's folders starts from, and what it brings back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

# How far back a folder is read of which it is not known how far it was.
READ_AGAIN = timedelta(days=7)


class Folder(StrEnum):
    """Role of a folder; the adapter finds its name by special use (RFC 6154).

    The archive is where rules and people move mail from INBOX; at some providers it holds all mail.
    """

    INBOX = "inbox"
    JUNK = "junk"
    ARCHIVE = "archive"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a folder has been read: every UID up to `last_uid`, and those in `seen` besides.

    Where `late_from` is set, a scan also looks for mail that has come in since then under a UID up
    to `last_uid`, and is not in `seen`: servers have been seen to hand out UIDs hours late.
    """

    uidvalidity: int
    last_uid: int
    seen: frozenset[int] = field(default_factory=frozenset)
    late_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """One message of a scan; `raw` is cut short where `truncated` says so.

    `problem` says why nothing of it could be read; `raw` is empty then.
    """

    uid: int
    raw: bytes
    truncated: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan of one folder: what is new, and the cursor that follows.

    Where there is `more`, this was a portion, so that nobody's flood fills the memory: the cursor
    stays until another scan has brought the rest.

    `last_uid` may trail the newest message, because Exchange hands out UIDs late: what was read
    above it has to come back in the `seen` of the next cursor.
    """

    folder: Folder
    uidvalidity: int
    last_uid: int
    messages: Sequence[Fetched]
    more: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """By which of its marks a mail was found in a folder, if it was: providers change or drop some.

    Attributes:
        by_message_id: it has the Message-ID, or another header that names the one it had.
        by_ref: it has our own header with its value.
    """

    by_message_id: bool = False
    by_ref: bool = False

    def __bool__(self) -> bool:
        """Whether it was found at all."""
        return self.by_message_id or self.by_ref


class InboxError(Exception):
    """The mailbox could not be read; `permanent` means that it will not get better by itself."""

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent


class NoSentFolderError(InboxError):
    """The mailbox can be read, but has no Sent folder, or hides it: nothing can be proven there."""

    def __init__(self, message: str) -> None:
        super().__init__(message, permanent=True)
