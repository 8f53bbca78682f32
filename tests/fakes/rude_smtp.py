"""An SMTP server on loopback that misbehaves in one chosen way at one chosen phase.

It is written on bare streams, so that it can say and do what no library would. What it accepted is
kept as it came over the wire, dots and all.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum, auto


class Then(Enum):
    """What the server does once it has said its piece."""

    GO_ON = auto()
    CLOSE = auto()  # an orderly end of the connection
    RESET = auto()  # RST: what was not read yet is lost
    STALL = auto()  # never another word
    IGNORE = auto()  # not even read any more, until told otherwise
    DRIP = auto()  # one octet after another, never a whole line
    FLOOD = auto()  # one line after another, never the last


DRIP_S = 0.02  # between two octets


@dataclass(frozen=True, slots=True)
class Mishap:
    """One answer that is not the usual one; an empty `say` is silence."""

    say: str = ""
    then: Then = Then.GO_ON


@dataclass(slots=True)
class RudeServer:
    """The server, its script by phase, and what it saw.

    Phases: connect, ehlo, starttls, auth, mail, rcpt, data, body (after some of the body), dot,
    rset, quit. A mishap holds for every command of its phase until the script is changed.

    Attributes:
        refuses: what is said to the recipients of these addresses, whatever the script says.
        mishaps_left: how many mishaps there will still be, None for no end of them.
        flooded: octets that a flood took to be stopped.
        accepted: messages whose dot was read and not refused, with dot-stuffing, without the dot.
        broken_off: messages of which the dot never came.
        stalled: set once a conversation stalls.
        idle: set once a conversation is over.
        ignored: set it to end the conversations that are ignored.
    """

    port: int = 0
    extensions: tuple[str, ...] = ("8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES")
    tls: ssl.SSLContext | None = None
    script: dict[str, Mishap] = field(default_factory=dict)
    refuses: dict[str, str] = field(default_factory=dict)
    mishaps_left: int | None = None
    accepted: list[bytes] = field(default_factory=list)
    broken_off: list[bytes] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    flooded: int = 0
    stalled: asyncio.Event = field(default_factory=asyncio.Event)
    idle: asyncio.Event = field(default_factory=asyncio.Event)
    ignored: asyncio.Event = field(default_factory=asyncio.Event)

    async def round_trip(self) -> None:
        """Return once whatever the server has done before must have reached its clients."""
        _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.idle.clear()
        writer.close()
        await self.idle.wait()

    def mishap(self, phase: str) -> Mishap | None:
        """The mishap that is due at that phase, if any."""
        due = self.script.get(phase)
        if due is None or self.mishaps_left is None:
            return due
        self.mishaps_left -= 1
        return due if self.mishaps_left >= 0 else None


_USUAL: Mapping[str, str] = {
    "connect": "220 rude ESMTP",
    "starttls": "220 go ahead",
    "auth": "235 2.7.0 welcome",
    "mail": "250 2.1.0 sender fine",
    "rcpt": "250 2.1.5 recipient fine",
    "data": "354 go on",
    "dot": "250 2.0.0 queued as 4711",
    "rset": "250 2.0.0 forgotten",
    "quit": "221 2.0.0 bye",
}


class _OverError(Exception):
    """The conversation has ended."""


@dataclass(slots=True)
class _Conversation:
    server: RudeServer
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    refused: bool = False  # there is no sender, or nobody to send to

    async def hold(self) -> None:
        await self.answer("connect")
        while line := await self.reader.readline():
            command = line.decode("utf-8", "replace").rstrip("\r\n")
            self.server.commands.append(command)
            await self.obey(command.split(" ")[0].lower(), command)

    async def obey(self, verb: str, command: str) -> None:
        if verb == "ehlo":
            await self.answer("ehlo", usual=self.greeting())
        elif verb == "data":
            usual = "554 5.5.1 no valid recipients" if self.refused else None
            if (await self.answer("data", usual)).startswith("354"):
                await self.message()
        else:
            said = await self.answer(verb, self.usual(verb, command))
            if verb in {"mail", "rcpt", "rset"}:
                self.refused = not said.startswith("2")
        if verb == "starttls" and self.server.tls is not None:
            await self.writer.start_tls(self.server.tls)
        if verb == "quit":
            raise _OverError

    def usual(self, verb: str, command: str) -> str | None:
        """What is said to a command that the script leaves alone, None for what is always said."""
        if verb == "rcpt" and self.refused:
            return "503 5.5.1 no sender"
        address = command.partition("<")[2].partition(">")[0]
        return self.server.refuses.get(address) if verb == "rcpt" else None

    def greeting(self) -> str:
        lines = ["rude", *self.server.extensions]
        return "\r\n".join([f"250-{line}" for line in lines[:-1]] + [f"250 {lines[-1]}"])

    async def message(self) -> None:
        body = b""
        try:
            while not (b"\r\n" + body).endswith(b"\r\n.\r\n"):
                body += await self.reader.readuntil(b"\r\n")
                if "body" in self.server.script:
                    await self.answer("body", usual="")
        except (ConnectionError, asyncio.IncompleteReadError, _OverError):
            self.server.broken_off.append(body)
            raise
        said = self.server.script.get("dot", Mishap(_USUAL["dot"])).say
        if not said.startswith(("4", "5")):
            self.server.accepted.append(body.removesuffix(b".\r\n"))
        await self.answer("dot")

    async def answer(self, phase: str, usual: str | None = None) -> str:
        """Say what the script or custom demands; the words that were said."""
        known = _USUAL.get(phase, "500 5.5.1 what?") if usual is None else usual
        mishap = self.server.mishap(phase) or Mishap(known)
        if mishap.say:
            self.writer.write(mishap.say.encode("utf-8", "surrogateescape") + b"\r\n")
            await self.writer.drain()
        if mishap.then is Then.STALL:
            self.server.stalled.set()
            await self.reader.read()
        if mishap.then is Then.IGNORE:
            await self.server.ignored.wait()
        if mishap.then is Then.DRIP:
            await self.drip()
        if mishap.then is Then.FLOOD:
            await self.flood()
        if mishap.then is Then.RESET:
            self.writer.transport.abort()
        if mishap.then is not Then.GO_ON:
            raise _OverError
        return mishap.say

    async def drip(self) -> None:
        """Speak until the client hangs up, never fast, never silent for long."""
        while not self.reader.at_eof():
            self.writer.write(b"2")
            with suppress(TimeoutError):
                async with asyncio.timeout(DRIP_S):
                    await self.reader.read(1)

    async def flood(self) -> None:
        """Speak as fast as the line takes it, until the client hangs up."""
        line = b"250-" + b"x" * 500 + b"\r\n"
        while True:
            self.writer.write(line)
            await self.writer.drain()
            self.server.flooded += len(line)


@asynccontextmanager
async def rude_server(
    *,
    implicit_tls: bool = False,
    tls: ssl.SSLContext | None = None,
    extensions: tuple[str, ...] = (),
) -> AsyncIterator[RudeServer]:
    """A rude server that listens on loopback until the end of the block."""
    rude = RudeServer(tls=tls)
    rude.extensions += extensions
    if tls is not None and not implicit_tls:
        rude.extensions += ("STARTTLS",)

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        rude.connections += 1
        try:
            await _Conversation(rude, reader, writer).hold()
        except (_OverError, OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            rude.idle.set()

    listener = await asyncio.start_server(meet, "127.0.0.1", 0, ssl=tls if implicit_tls else None)
    rude.port = listener.sockets[0].getsockname()[1]
    async with listener:
        yield rude
