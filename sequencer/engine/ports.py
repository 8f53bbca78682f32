"""What the engine asks of the outside world. Each port has a real adapter and a fake for tests."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from sequencer.domain.history import Seen
from sequencer.domain.opt_out import OptOut
from sequencer.mail.folder import Cursor, Folder, Found, Scan
from sequencer.mail.greeting import Greeting
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

    async def greet(self) -> Greeting:
        """How the server receives us; never raises for what a server or the network does."""
        ...

    async def close(self) -> None:
        """Say QUIT on every kept connection; errors are of no interest any more."""
        ...


class Inbox(Protocol):
    """Reads one mailbox, and marks nothing as read."""

    async def scan(
        self, cursors: Mapping[Folder, Cursor], since: datetime | None = None
    ) -> Sequence[Scan]:
        """New messages of INBOX, Junk and the archive, a scan per folder there is, heads of Sent.

        Of Sent there are only headers; where it cannot be read, its scan is missing. A scan with
        `more` is a portion: what it brought has to be in `seen` the next time.
        Without any cursor each folder starts after its newest message. Later, a folder that has
        none yet, or whose UIDVALIDITY changed, is read for the last week, and from the day before
        `since`, the last completed scan, if that is longer ago. Raises InboxError.
        """
        ...

    async def wait(self, seconds: float) -> bool:
        """True as soon as the server says that INBOX changed, False after that many seconds.

        Waits with IDLE (RFC 2177) where the server offers it, otherwise returns False at the end,
        and so when it is closed meanwhile. Raises InboxError, also where it was closed before.
        """
        ...

    async def find(self, folder: Folder, message_id: str, ref: str, since: datetime) -> Found:
        """By which of its marks a mail is found in a folder: its Message-ID, our X-Sequencer-Ref.

        Looks by header search and by a scan of the dates since. Raises InboxError; it is a
        NoSentFolderError if there is no Sent to look into.
        """
        ...

    async def read_sent(self, since: datetime, after: Cursor | None = None) -> Scan:
        """The headers of some mails in Sent from the day before `since` on, the oldest first.

        `after` is where the last portion ended; an empty portion is the end. Raises InboxError; it
        is a NoSentFolderError if there is no Sent to look into.
        """
        ...

    async def keep_copy(self, data: bytes, at: datetime) -> None:
        """Append a sent message to Sent, marked as read. Raises InboxError."""
        ...

    async def greet(self) -> Greeting:
        """How the server receives us, and which folders it has; raises no InboxError."""
        ...

    async def close(self) -> None:
        """End the connection, and any wait on it, at once."""
        ...


class Marker(Protocol):
    """What this host has seen committed, kept outside of the database."""

    def load(self) -> Seen | None:
        """What was seen last, None where nothing was yet. Raises OSError."""
        ...

    def save(self, seen: Seen) -> None:
        """Keep it; when this returns it survives a crash. Raises OSError."""
        ...


class OptOuts(Protocol):
    """The log of opt-outs, kept outside of the database."""

    def note(self, opt_outs: Sequence[OptOut]) -> None:
        """Append these, and what could not be written before; on disk when this returns.

        Raises OSError; what was not written is tried again with the next ones.
        """
        ...

    def read(self) -> Iterator[OptOut | str]:
        """Everything in the log in its order; a line that cannot be understood as it stands."""
        ...
