"""What the engine asks of the outside world. Each port has a real adapter and a fake for tests."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from sequencer.mail.folder import Cursor, Folder, Scan
from sequencer.mail.transaction import Envelope, Outcome


class Clock(Protocol):
    """The only source of time above `domain`."""

    def now(self) -> datetime:
        """Current instant, aware, UTC."""
        ...

    def boot(self) -> float:
        """Seconds since boot, counted through suspend (CLOCK_BOOTTIME)."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after that many seconds of this clock."""
        ...


Hand = Callable[[], Awaitable[bool]]


class Mailer(Protocol):
    """Sends through one mailbox, over kept connections."""

    async def send(self, envelope: Envelope, hand: Hand) -> Outcome:
        """Outcome of one transaction; never raises for what a server or the network does.

        MAIL, RCPT, DATA and the body go out first. Then `hand` is awaited, which commits the send
        as handed; only if it returns true is the final dot written. RFC 5321 section 4.1.1.4.
        """
        ...

    async def close(self) -> None:
        """Say QUIT on every kept connection; errors are of no interest any more."""
        ...


class Inbox(Protocol):
    """Reads one mailbox, and marks nothing as read."""

    async def scan(
        self, cursors: Mapping[Folder, Cursor], since: datetime | None = None
    ) -> Sequence[Scan]:
        """New messages of INBOX and Junk, one scan per folder that exists, and heads of Sent.

        Of Sent there are only headers; where it cannot be read, its scan is missing.
        Without any cursor each folder starts after its newest message. Later, a folder that has
        none yet, or whose UIDVALIDITY changed, is read for the last week, and from the day before
        `since`, the last completed scan, if that is longer ago. Raises InboxError.
        """
        ...

    async def wait(self, seconds: float) -> bool:
        """True as soon as the server says that INBOX changed, False after that many seconds.

        Waits with IDLE (RFC 2177) where the server offers it, otherwise returns False at the end.
        Raises InboxError.
        """
        ...

    async def has_sent(self, message_id: str, ref: str, since: datetime) -> bool:
        """Whether Sent holds a mail with that Message-ID or with that X-Sequencer-Ref.

        Looks by header search and by a scan of the dates since. Raises InboxError; it is a
        NoSentFolderError if there is no Sent to look into.
        """
        ...

    async def keep_copy(self, data: bytes, at: datetime) -> None:
        """Append a sent message to Sent, marked as read. Raises InboxError."""
        ...

    async def close(self) -> None:
        """End the connection, and any wait on it, at once."""
        ...
