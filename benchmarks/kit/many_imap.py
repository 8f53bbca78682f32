"""A light IMAP server for very many mailboxes that only wait: TLS, no mail, and some counts."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from fakes.authority import authority, server_tls

_BACKLOG = 4_096
_CAPABILITY = "* CAPABILITY IMAP4rev1 IDLE SPECIAL-USE"
_LISTED = (
    '* LIST () "/" INBOX',
    '* LIST (\\Junk) "/" Junk',
    '* LIST (\\Archive) "/" Archive',
    '* LIST (\\Sent) "/" Sent',
)
_SELECTED = ("* 0 EXISTS", "* OK [UIDVALIDITY 7] ok", "* OK [UIDNEXT 1] ok")
_ANSWERS = {
    "CAPABILITY": (_CAPABILITY,),
    "LIST": _LISTED,
    "EXAMINE": _SELECTED,
    "UID": ("* SEARCH",),
}


@dataclass(slots=True)
class ManyImap:
    """The server, and what it saw.

    Attributes:
        idling: connections that are in IDLE now.
        commands: how often each command was given.
    """

    port: int = 0
    idling: int = 0
    connections: int = 0
    commands: Counter[str] = field(default_factory=Counter)

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from its greeting to its end."""
        self.connections += 1
        with suppress(OSError, asyncio.IncompleteReadError):
            await _say(writer, "* OK ready")
            while line := await reader.readline():
                await self._obey(line.decode("ascii").split(), reader, writer)
        self.connections -= 1
        writer.close()

    async def _obey(
        self, words: list[str], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        tag, verb = words[0], words[1].upper()
        self.commands[verb] += 1
        if verb != "IDLE":
            await _say(writer, *_ANSWERS.get(verb, ()), f"{tag} OK done")
            return
        await _say(writer, "+ idling")
        self.idling += 1
        try:
            await reader.readline()
        finally:
            self.idling -= 1
        await _say(writer, f"{tag} OK done")


@asynccontextmanager
async def many_imap(trusted: Path) -> AsyncIterator[ManyImap]:
    """Such a server on loopback until the end of the block; whom to trust is written to a file."""
    authority().cert_pem.write_to_path(str(trusted))
    server = ManyImap()
    listener = await asyncio.start_server(
        server.meet, "127.0.0.1", 0, ssl=server_tls(), backlog=_BACKLOG, limit=4_096
    )
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()


async def _say(writer: asyncio.StreamWriter, *lines: str) -> None:
    writer.write("".join(f"{line}\r\n" for line in lines).encode("ascii"))
    await writer.drain()
