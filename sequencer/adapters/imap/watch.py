"""When does INBOX change? The server says so itself (IDLE, RFC 2177).

No thread waits for that: the loop watches the socket, and a thread is taken only for the short
exchanges. The server is left in IDLE from one wait to the next, so that nothing is missed between.
What came before IDLE began is not announced by every server: so INBOX is compared with what the
last scan found, over another connection, once IDLE is on.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sequencer.adapters.imap.folders import INBOX
from sequencer.adapters.imap.line import Line
from sequencer.adapters.imap.wire import Wire


@dataclass(frozen=True, slots=True)
class WatchTime:
    """Seconds on a clock that never goes back, and after how many IDLE is begun anew."""

    boot: Callable[[], float]
    renew_s: float


@dataclass(frozen=True, slots=True)
class _Watched:
    """State after a look: whether there was news, and the socket to watch."""

    news: bool
    descriptor: int


class Watch:
    """A watch over INBOX.

    Args:
        line: a connection for nothing else.
        differs: whether INBOX is not any more as the last scan found it.
        time: the clock.
    """

    def __init__(self, line: Line, differs: Callable[[], Awaitable[bool]], time: WatchTime) -> None:
        self._line = line
        self._differs = differs
        self._time = time
        self._idle_since = 0.0
        self._compared = False
        self._without_idle = False
        self._wake = asyncio.Event()
        self._closed = False

    async def until_news(self) -> bool:
        """True once there may be new mail, which without IDLE is never; False if it is closed.

        Raises:
            InboxError: the connection failed, or was closed meanwhile.
        """
        while not self._closed:
            watched = await self._line.run(self._begun)
            if watched is None:
                await self._wake.wait()
            elif watched.news or await self._differs_by_now():
                return True
            else:
                await self._woken(watched.descriptor)
                if await self._line.run(self._news):
                    return True
        return False

    def close(self) -> None:
        """End a wait at once."""
        self._closed = True
        self._wake.set()
        self._line.close()

    async def _differs_by_now(self) -> bool:
        """Compare once for each connection; if the wait ends meanwhile, the next one compares."""
        differs = not self._compared and await self._differs()
        self._compared = True
        return differs

    async def _woken(self, descriptor: int) -> None:
        """Wait for words of the server, for the time to renew IDLE, or for the end."""
        loop = asyncio.get_running_loop()
        self._wake.clear()
        if self._closed:
            return
        loop.add_reader(descriptor, self._wake.set)
        try:
            # Counted from when IDLE began: a wait that ends sooner must not put off the renewal.
            idle_s = self._time.boot() - self._idle_since
            async with asyncio.timeout(max(self._time.renew_s - idle_s, 0)):
                await self._wake.wait()
        except TimeoutError:
            pass
        finally:
            loop.remove_reader(descriptor)

    def _begun(self, wire: Wire) -> _Watched | None:
        """See to it that the server is in IDLE, and has not been for too long. In a thread.

        None for a server without IDLE, which is asked for it once.
        """
        if self._without_idle:
            return None
        fresh = not wire.is_open
        late = self._time.boot() - self._idle_since >= self._time.renew_s
        session = wire.session()
        if not session.can_idle():
            wire.drop()
            self._without_idle = True
            return None
        news = False
        if fresh:
            session.examine(INBOX)
            self._compared = False
        elif late:
            news = session.end_idle()
        if fresh or late:
            news = session.idle() or news
            self._idle_since = self._time.boot()
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
            self._idle_since = self._time.boot()
        return heard
