"""An HTTP server on loopback that answers as it is told to, however wrong that is."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus


@dataclass(frozen=True)
class Request:
    """What was asked; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Reply:
    """What is answered.

    Attributes:
        claims: how long the body is said to be, where that is not its length.
        endless: whether the body is sent again and again.
        hangs: whether nothing is answered at all until the client is gone.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    claims: int | None = None
    endless: bool = False
    hangs: bool = False


@dataclass
class RudeHttp:
    """What it answers, and what it was asked."""

    respond: Callable[[Request], Reply]
    port: int = 0
    asked: list[Request] = field(default_factory=list)

    def url(self, path: str = "/") -> str:
        """An address there."""
        return f"http://127.0.0.1:{self.port}{path}"

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One question, one answer."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            request = await _read(reader)
            self.asked.append(request)
            reply = self.respond(request)
            if reply.hangs:
                await reader.read()
            else:
                await _write(writer, reply)
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, path, _ = head[0].split(" ")
    pairs = (line.partition(":") for line in head[1:] if line)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, path, headers, body)


async def _write(writer: asyncio.StreamWriter, reply: Reply) -> None:
    headers = {"Connection": "close", **reply.headers}
    if not reply.endless:
        length = len(reply.body) if reply.claims is None else reply.claims
        headers["Content-Length"] = str(length)
    phrase = HTTPStatus(reply.status).phrase
    lines = [f"HTTP/1.1 {reply.status} {phrase}", *(f"{key}: {headers[key]}" for key in headers)]
    writer.write("\r\n".join([*lines, "", ""]).encode("latin-1") + reply.body)
    await writer.drain()
    while reply.endless:
        writer.write(reply.body)
        await writer.drain()


@asynccontextmanager
async def rude_http(respond: Callable[[Request], Reply]) -> AsyncIterator[RudeHttp]:
    """The server, as long as it is needed."""
    there = RudeHttp(respond)
    server = await asyncio.start_server(there.meet, "127.0.0.1", 0)
    there.port = server.sockets[0].getsockname()[1]
    async with server:
        yield there
