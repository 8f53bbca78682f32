"""An SMTP server on loopback that keeps every octet it reads, and how much it had said by then."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

END = b"\r\n.\r\n"


@dataclass(slots=True)
class RawSink:
    """The server and what it read; it answers a command only once the whole group has come.

    Attributes:
        group: how many commands of a transaction come before it answers the first of them.
        octets: everything that was read, of all connections one after another.
        messages: what came between DATA and the final dot, as it came.
        words: what is said to these commands instead of `250`.
        chunk: how many octets of an answer are written at once.
    """

    port: int = 0
    extensions: tuple[str, ...] = ()
    group: int = 1
    octets: bytearray = field(default_factory=bytearray)
    messages: list[bytes] = field(default_factory=list)
    words: dict[bytes, bytes] = field(default_factory=dict)
    chunk: int = 65_536
    connections: int = 0
    read: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def until(self, come: Callable[[bytes], bool]) -> None:
        """Return once what was read so far is what the caller waits for."""
        async with asyncio.timeout(5), self.read:
            await self.read.wait_for(lambda: come(bytes(self.octets)))


_USUAL = {
    b"DATA": b"354 go on",
    b"QUIT": b"221 bye",
}


@dataclass(slots=True)
class _Talk:
    sink: RawSink
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    unread: bytes = b""

    async def hold(self) -> None:
        await self.say(b"220 raw ESMTP\r\n")
        group: list[bytes] = []
        while (line := await self.take(b"\r\n")) is not None:
            verb = line.split(b" ")[0].strip().upper()
            if verb in {b"MAIL", b"RCPT", b"DATA"}:
                group.append(verb)
                if len(group) < self.sink.group:
                    continue
                await self.say(b"".join(map(self.answer, group)))
                group.clear()
            else:
                await self.say(self.greeting() if verb == b"EHLO" else self.answer(verb))
            if verb == b"DATA" and self.answer(b"DATA").startswith(b"354"):
                await self.message()

    async def message(self) -> None:
        """Take in a message; its first line may be the final dot."""
        self.unread = b"\r\n" + self.unread
        body = await self.take(END)
        if body is not None:
            self.sink.messages.append(body[len(b"\r\n") : -len(b".\r\n")])
            await self.say(self.answer(b"."))

    def answer(self, verb: bytes) -> bytes:
        usual = _USUAL.get(verb, b"250 fine")
        return self.sink.words.get(verb, usual) + b"\r\n"

    def greeting(self) -> bytes:
        lines = ["raw", *self.sink.extensions]
        return b"".join(
            b"250%b%b\r\n" % (b" " if number == len(lines) else b"-", line.encode())
            for number, line in enumerate(lines, start=1)
        )

    async def take(self, end: bytes) -> bytes | None:
        """Octets up to that end, None if the client hangs up before it."""
        while end not in self.unread:
            data = await self.reader.read(65_536)
            if not data:
                return None
            async with self.sink.read:
                self.sink.octets += data
                self.sink.read.notify_all()
            self.unread += data
        found, _, self.unread = self.unread.partition(end)
        return found + end

    async def say(self, answer: bytes) -> None:
        for start in range(0, len(answer), self.sink.chunk):
            self.writer.write(answer[start : start + self.sink.chunk])
            await self.writer.drain()


@asynccontextmanager
async def raw_sink(*extensions: str, group: int = 1) -> AsyncIterator[RawSink]:
    """A sink that listens on loopback until the end of the block."""
    sink = RawSink(extensions=extensions, group=group)

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sink.connections += 1
        try:
            await _Talk(sink, reader, writer).hold()
        except OSError:
            pass
        finally:
            writer.close()

    listener = await asyncio.start_server(meet, "127.0.0.1", 0)
    sink.port = listener.sockets[0].getsockname()[1]
    async with listener:
        yield sink
