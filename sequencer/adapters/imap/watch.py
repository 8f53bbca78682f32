"""When does INBOX change? The server says so itself (IDLE, RFC 2177).

No thread waits for that: the loop watches the socket, and a thread is taken only for the short
exchanges. The server is left in IDLE from one wait to the next, so that nothing is missed between.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from sequencer.adapters.imap.folders import INBOX
from sequencer.adapters.imap.line import Line
from sequencer.adapters.imap.session import Selected
from sequencer.adapters.imap.wire import Wire


@dataclass(frozen=True, slots=True)
class _Watched:
    """State after a look: whether there was news, and the socket to watch, -1 if none."""

    news: bool
    descriptor: int


class Watch:
    """A watch over INBOX.

    Args:
        line: a connection for nothing else.
        boot: seconds on a clock that never goes back.
        renew_s: after how long IDLE is begun anew.
    """

    def __init__(self, line: Line, boot: Callable[[], float], renew_s: float) -> None:
        self._line = line
        self._boot = boot
        self._renew_s = renew_s
        self._idle_since = 0.0
        self._wake = asyncio.Event()
        self._closed = False
        self._known: Selected | None = None

    async def until_news(self) -> bool:
        """True once there may be new mail, which without IDLE is never; False if it is closed.

        Raises:
            InboxError: the connection failed, or was closed meanwhile.
        """
        while not self._closed:
            watched = await self._line.run(self._begun)
            if watched.news:
                return True
            await self._woken(watched.descriptor)
            if await self._line.run(self._news):
                return True
        return False

    def know(self, scanned: Selected | None) -> None:
        """INBOX as the last scan found it; a new connection compares it with what it finds."""
        self._known = scanned

    def close(self) -> None:
        """End a wait at once."""
        self._closed = True
        self._wake.set()
        self._line.close()

    async def _woken(self, descriptor: int) -> None:
        """Wait for words of the server, for the time to renew IDLE, or for the end."""
        loop = asyncio.get_running_loop()
        self._wake.clear()
        if self._closed:
            return
        if descriptor < 0:
            await self._wake.wait()
            return
        loop.add_reader(descriptor, self._wake.set)
        try:
            async with asyncio.timeout(self._renew_s):
                await self._wake.wait()
        except TimeoutError:
            pass
        finally:
            loop.remove_reader(descriptor)

    def _begun(self, wire: Wire) -> _Watched:
        """See to it that the server is in IDLE, and has not been for too long. In a thread."""
        news, late = False, self._boot() - self._idle_since >= self._renew_s
        fresh = not wire.is_open
        session = wire.session()
        if not session.can_idle():
            wire.drop()
            return _Watched(news=False, descriptor=-1)
        if fresh:
            found = session.examine(INBOX)
            news = self._known is not None and found != self._known
        elif late:
            news = session.end_idle()
        if fresh or late:
            news = session.idle() or news
            self._idle_since = self._boot()
        return _Watched(news, session.socket.fileno())

    def _news(self, wire: Wire) -> bool:
        """Whether the server told of new mail. In a thread."""
        if not wire.is_open:
            return False
        session = wire.session()
        heard = session.heard()
        if heard is None:
            # A socket with nothing to read is at its end, or was woken to be renewed: ending IDLE
            # tells, for it fails on a dead connection.
            heard = session.end_idle()
            heard = session.idle() or heard
            self._idle_since = self._boot()
        return heard
