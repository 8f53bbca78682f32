"""How is one mailbox read, waited for and looked up, without marking anything in it?"""

import asyncio
import ssl
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date, datetime

from sequencer.adapters.imap.account import ImapAccount, ImapLimits
from sequencer.adapters.imap.folders import INBOX
from sequencer.adapters.imap.line import Line
from sequencer.adapters.imap.scan import A_DAY, scanned
from sequencer.adapters.imap.sent import Marks, find, keep_copy
from sequencer.adapters.imap.sent_portion import portion_of_sent
from sequencer.adapters.imap.sent_scan import scanned_sent
from sequencer.adapters.imap.session import BROKEN, NoFolderError, RefusedError, Selected
from sequencer.adapters.imap.watch import Watch, WatchTime
from sequencer.adapters.imap.wire import Wire
from sequencer.mail.folder import READ_AGAIN, Cursor, Folder, Found, InboxError, Scan
from sequencer.mail.greeting import Greeting

READ = (Folder.INBOX, Folder.JUNK, Folder.ARCHIVE)
LOCATED = {Folder.INBOX, Folder.JUNK, Folder.SENT}


@dataclass(frozen=True, slots=True)
class ImapTime:
    """The two clocks that an inbox needs: the instant, and seconds that never go back."""

    now: Callable[[], datetime]
    boot: Callable[[], float]


class ImapInbox:
    """An IMAP mailbox as an inbox, over two connections: one that works and one that waits.

    Args:
        account: where, and as whom.
        tls: context that verifies certificates; one may serve all mailboxes.
        executor: threads for blocking work; none of them is held by a wait.
        time: the clocks.
        limits: waiting times and sizes.
    """

    def __init__(
        self,
        account: ImapAccount,
        tls: ssl.SSLContext,
        executor: Executor,
        time: ImapTime,
        limits: ImapLimits | None = None,
    ) -> None:
        limits = limits or ImapLimits()
        self._time = time
        self._work = Line(account, tls, executor, limits)
        self._watch = Watch(
            Line(account, tls, executor, limits),
            self._differs,
            WatchTime(time.boot, limits.renew_idle_s),
        )
        self._found: Selected | None = None
        self._closed = False

    async def scan(
        self, cursors: Mapping[Folder, Cursor], since: datetime | None = None
    ) -> Sequence[Scan]:
        """New messages of INBOX, Junk and the archive since the cursors, and headers in Sent."""
        day = _first_day(self._time.now(), since) if cursors else None
        return await self._work.run(lambda wire: self._scans(wire, cursors, day))

    async def wait(self, seconds: float) -> bool:
        """Whether INBOX changed within that many seconds; False if it is closed meanwhile."""
        self._refuse_if_closed()
        try:
            async with asyncio.timeout(seconds):
                return await self._watch.until_news()
        except TimeoutError:
            return False
        except InboxError:
            if self._closed:
                return False
            raise

    async def find(self, folder: Folder, message_id: str, ref: str, since: datetime) -> Found:
        """By which of these marks a mail is found in the folder."""
        marks = Marks.of(message_id, ref)
        return await self._work.run(lambda wire: find(wire, folder, marks, since))

    async def read_sent(self, since: datetime, after: Cursor | None = None) -> Scan:
        """The headers of some mails in Sent from the day before `since` on, the oldest first."""
        return await self._work.run(lambda wire: portion_of_sent(wire, since, after))

    async def keep_copy(self, data: bytes, at: datetime) -> None:
        """Append a sent message to Sent, marked as read."""
        await self._work.run(lambda wire: keep_copy(wire, data, at))

    async def greet(self) -> Greeting:
        """How the server receives us, and which folders it has."""
        try:
            return await self._work.run(_greeted)
        except InboxError as error:
            return Greeting(str(error), error.permanent)

    async def close(self) -> None:
        """End both connections, and whatever goes on over them; for good."""
        self._closed = True
        self._watch.close()
        self._work.close()

    def _refuse_if_closed(self) -> None:
        """An answer at once would have whoever waits in a loop never rest."""
        if self._closed:
            raise InboxError("The inbox was closed.")

    def _scans(
        self, wire: Wire, cursors: Mapping[Folder, Cursor], since: date | None
    ) -> Sequence[Scan]:
        """Scan one folder after the other. In a thread."""
        wire.answering()
        if not wire.names().keys() >= LOCATED or any(each.late_from for each in cursors.values()):
            wire.forget_names()  # some servers add Junk only with the first mail for it
        scans = []
        for folder in READ:
            selected = _examined(wire, folder)
            if selected is not None:
                scans.append(scanned(wire, folder, selected, cursors.get(folder), since))
            if folder is Folder.INBOX:
                self._found = selected
        return scans + _of_sent(wire, cursors.get(Folder.SENT), since)

    async def _differs(self) -> bool:
        """Whether INBOX is not any more as the last scan found it, if there was one."""
        if self._found is None:
            return False
        present = await self._work.run(lambda wire: wire.answering().examine(INBOX))
        return present != self._found


def _greeted(wire: Wire) -> Greeting:
    session = wire.answering()
    wire.forget_names()
    return Greeting(tls=session.tls, folders=wire.names())


def _of_sent(wire: Wire, cursor: Cursor | None, since: date | None) -> list[Scan]:
    """The scan of Sent, if it can be read. In a thread.

    Nobody writes to us there: so a Sent that fails must not look as if INBOX had not been read.
    """
    try:
        selected = _examined(wire, Folder.SENT)
        return [scanned_sent(wire, selected, cursor, since)] if selected is not None else []
    except (NoFolderError, RefusedError, InboxError):
        return []
    except BROKEN:
        if wire.is_cut:
            raise
        wire.drop()
        return []


def _first_day(now: datetime, since: datetime | None) -> date:
    """Day from which on a folder is read of which it is not known how far it was read."""
    begin = now - READ_AGAIN
    if since is not None:
        begin = min(begin, since - A_DAY)
    return begin.date()


def _examined(wire: Wire, folder: Folder) -> Selected | None:
    """The folder, opened; None if there is none of that role, or none any more.

    A folder that is there and does not open is no reason to think that nobody wrote.
    """
    name = wire.names().get(folder)
    if name is None:
        return None
    try:
        return wire.session().examine(name)
    except NoFolderError:
        wire.forget_names()
        present = wire.names().get(folder)
        return wire.session().examine(present) if present is not None else None
