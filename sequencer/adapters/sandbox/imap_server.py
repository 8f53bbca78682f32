"""A real IMAP server inside the process, with its mailboxes in memory."""

import asyncio
import logging
from argparse import Namespace
from contextlib import suppress
from datetime import datetime
from typing import Self

from proxyprotocol.sock import SocketInfoLocal
from pymap.backend.dict import DictBackend, Identity
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials.flag import Flag, Seen
from pymap.user import UserMetadata
from pysasl.hashing import Cleartext

HOST = "127.0.0.1"
INBOX, SENT, JUNK, ARCHIVE = "INBOX", "Sent", "Junk", "Archive"

logging.getLogger("pymap").setLevel(logging.CRITICAL)

# What the library's own command line would have parsed.
_ARGUMENTS = Namespace(
    host=[HOST],
    port="0",
    cert=None,
    key=None,
    tls=False,
    inherited_sockets=None,
    proxy_protocol=None,
    passlib_cfg=None,
    debug=False,
    demo_data=False,
    demo_user="nobody",
    demo_password="",
)


class ImapServer:
    """An IMAP server on loopback; each user has the usual folders, without special use."""

    def __init__(self) -> None:
        self._backend: DictBackend | None = None
        self._listener: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        """Where it listens; RuntimeError before it was started."""
        if self._listener is None:
            raise RuntimeError("the server has not been started")
        return int(self._listener.sockets[0].getsockname()[1])

    @property
    def _running(self) -> DictBackend:
        if self._backend is None:
            raise RuntimeError("the server has not been started")
        return self._backend

    async def __aenter__(self) -> Self:
        # Nobody can reach the passwords of a sandbox, and hashing takes a tenth of a second each.
        self._backend, config = await DictBackend.init(
            _ARGUMENTS, secure_auth=False, hash_context=Cleartext()
        )
        config.apply_context()
        self._listener = await asyncio.start_server(self._serve, HOST, 0)
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._listener is not None:
            self._listener.close()
        # A client that is still there would keep its connection's task for ever.
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def add_user(self, user: str, password: str) -> None:
        """A new user with empty folders."""
        identity = self._identity(user)
        await identity.set(UserMetadata(self._running.config, user, password=password))
        async with identity.new_session() as session:
            for folder in (SENT, JUNK, ARCHIVE):
                await session.mailbox_set.add_mailbox(folder)

    async def deliver(self, user: str, raw: bytes, at: datetime, folder: str = INBOX) -> None:
        """Put a mail into a folder, received at that instant; one in Sent counts as read."""
        flags: frozenset[Flag] = frozenset([Seen] if folder == SENT else [])
        async with self._identity(user).new_session() as session:
            box = await session.mailbox_set.get_mailbox(folder)
            await box.append(AppendMessage(raw, at, flags), recent=folder != SENT)

    def _identity(self, user: str) -> Identity:
        return Identity(user, self._running.login, None, frozenset())

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)
        server = IMAPServer(self._running.login, self._running.config)
        with suppress(ConnectionError):
            await server(reader, writer, SocketInfoLocal(writer))
