"""How do commands and replies go over a connection that is signed in?

Every wait has an end of its own, however slowly a server speaks, and a server that speaks without
having been asked is not listened to any more: its next words could be taken for another answer.
"""

import asyncio
from collections import deque

from sequencer.adapters.smtp.reply import GarbageError, Reply, ReplyReader

_CHUNK = 65_536
_ROOM = 4_096  # octets read at once; for each read a plain protocol makes room for 262,144


class LineError(Exception):
    """Nothing more can be said or heard; the text says why."""


class Line(asyncio.BufferedProtocol):
    """The client's end of a connection, taken over from whatever protocol it had before.

    Args:
        transport: a connection over which nothing is on its way in either direction.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._room = memoryview(bytearray(_ROOM))  # a view, for TLS reads into slices of it
        self._reader = ReplyReader()
        self._replies: deque[Reply] = deque()
        self.unread = 0  # replies that were asked for and not taken yet
        self._end = "The connection was lost." if transport.is_closing() else ""
        self._is_full = False
        self._waiter: asyncio.Future[None] | None = None
        self._deadline = 0.0
        self._alarm: asyncio.TimerHandle | None = None
        transport.set_write_buffer_limits(high=1)  # drained means empty; TLS stalls at 0
        transport.set_protocol(self)

    @property
    def is_open(self) -> bool:
        """Whether something may still be said."""
        return not self._end and not self._transport.is_closing()

    @property
    def tls(self) -> str:
        """Version of TLS; empty where there is none."""
        secured = self._transport.get_extra_info("ssl_object")
        return (secured.version() or "") if secured is not None else ""

    def say(self, octets: bytes, replies: int = 1) -> None:
        """Write commands, to which that many replies will come. Raises LineError."""
        self._must_be_open()
        self.unread += replies
        self._transport.write(octets)

    async def reply(self, wait_s: float) -> Reply:
        """The next reply that was asked for. Raises LineError, also after that many seconds."""
        if not self._replies:
            await self._reply_is_there(self._loop.time() + wait_s)
        self.unread -= 1
        return self._replies.popleft()

    async def upload(self, octets: bytes, wait_s: float) -> None:
        """Write much, and return once none of it is left in our buffer. Raises LineError."""
        deadline = self._loop.time() + wait_s
        for start in range(0, len(octets), _CHUNK):
            self.say(octets[start : start + _CHUNK], replies=0)
            while self._is_full and not self._end:
                await self._wait(deadline)
        self._must_be_open()

    def abort(self, why: str = "The connection was closed.") -> None:
        """Close the connection at once, with everything that is still to be written."""
        self._conclude(why)
        self._transport.abort()  # close() would go on writing, and in TLS wait for the other side

    def get_buffer(self, _sizehint: int) -> memoryview:
        """Where the transport puts what comes in."""
        return self._room

    def buffer_updated(self, nbytes: int) -> None:
        """Take in what the server says."""
        try:
            self._take(bytes(self._room[:nbytes]))
        except GarbageError as error:
            self.abort(str(error))
        if self._replies:
            self._wake()

    def eof_received(self) -> None:
        """Know that the server hung up; the transport closes itself."""
        self._conclude("The server hung up.")

    def connection_lost(self, exc: Exception | None) -> None:
        """Know that the connection has ended."""
        self._conclude(f"The connection was lost: {exc}" if exc else "The connection was lost.")

    def pause_writing(self) -> None:
        """Know that the transport has something left to write."""
        self._is_full = True

    def resume_writing(self) -> None:
        """Know that the transport has written everything."""
        self._is_full = False
        self._wake()

    def _take(self, data: bytes) -> None:
        if self.unread == len(self._replies):
            raise GarbageError(f"The server spoke unasked: {data[:80]!r}")
        for reply in self._reader.feed(data):
            if self.unread == len(self._replies):
                raise GarbageError(f"The server spoke unasked: {reply.code} {reply.text}")
            self._replies.append(reply)
        if self._reader.has_begun and self.unread == len(self._replies):
            raise GarbageError("The server spoke unasked.")

    def _must_be_open(self) -> None:
        if self._end or self._transport.is_closing():
            raise LineError(self._end or "The connection was lost.")

    async def _reply_is_there(self, deadline: float) -> None:
        while not self._replies:
            if self._end:
                raise LineError(self._end)
            await self._wait(deadline)  # an empty buffer wakes us too

    async def _wait(self, deadline: float) -> None:
        """Return when something has happened; at the deadline that is the end of the line."""
        if self._end:
            return
        self._deadline, self._waiter = deadline, self._loop.create_future()
        # One alarm serves many waits: to set one for each costs more than a reply.
        if self._alarm is None or self._alarm.when() > deadline:
            self._set_alarm()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _set_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = self._loop.call_at(self._deadline, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        if self._waiter is None:
            return
        if self._loop.time() < self._deadline:
            self._set_alarm()
        else:
            self.abort("The server took too long.")

    def _conclude(self, why: str) -> None:
        self._end = self._end or why
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
