"""What a scan of a mailbox's folders starts from, and what it brings back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Folder(StrEnum):
    """Role of a folder; the adapter finds its name by special use (RFC 6154)."""

    INBOX = "inbox"
    JUNK = "junk"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a folder has been read: every UID up to `last_uid`, and those in `seen` besides."""

    uidvalidity: int
    last_uid: int
    seen: frozenset[int] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Fetched:
    """One message of a scan; `raw` is cut short where `truncated` says so."""

    uid: int
    raw: bytes
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Scan:
    """A completed scan of one folder: everything new, and the cursor that follows.

    `last_uid` may trail the newest message, because Exchange hands out UIDs late: what was read
    above it has to come back in the `seen` of the next cursor.
    """

    folder: Folder
    uidvalidity: int
    last_uid: int
    messages: Sequence[Fetched]


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
