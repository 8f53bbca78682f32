"""A real SMTP server inside the process, which keeps its own record of every mail it accepts."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from sequencer.domain.address import address_key
from sequencer.mail.incoming import read_mail

HOST = "127.0.0.1"
MAX_SIZE = 10_000_000  # bytes, announced with SIZE and enforced
FINE = "250 2.1.5 fine"

# It warns about its own attribute at every sign-in.
logging.getLogger("mail.log").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class AcceptedMail:
    """A mail for which the server has said 250 after the final dot; one for each recipient."""

    message_id: str
    sender: str
    recipient: str
    size: int
    data: bytes


Receiver = Callable[[AcceptedMail], Awaitable[None]]


async def nobody(_mail: AcceptedMail) -> None:
    """A receiver that does nothing."""


class SmtpServer:
    """A submission server on loopback: it demands a sign-in, and sends on for nobody else.

    Attributes:
        accepted: the record, in the order of the answers.
        answers: what is said to RCPT instead of `FINE`, by recipient.
    """

    def __init__(self, passwords: Mapping[str, str], receiver: Receiver = nobody) -> None:
        self.accepted: list[AcceptedMail] = []
        self.answers: dict[str, str] = {}
        self._passwords = dict(passwords)
        self._receiver = receiver
        self._protocols: set[SMTP] = set()
        self._listener: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """Where it listens; RuntimeError before it was started."""
        if self._listener is None:
            raise RuntimeError("the server has not been started")
        return int(self._listener.sockets[0].getsockname()[1])

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(self._protocol, HOST, 0)
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._listener is not None:
            self._listener.close()
        for protocol in self._protocols:
            if isinstance(protocol.transport, asyncio.WriteTransport):
                protocol.transport.abort()

    def _protocol(self) -> SMTP:
        protocol = SMTP(
            _Hooks(self),
            hostname="sandbox.example",
            ident="sandbox",
            enable_SMTPUTF8=True,
            data_size_limit=MAX_SIZE,
            loop=asyncio.get_running_loop(),
            authenticator=self._authenticate,
            auth_require_tls=False,  # it never leaves this machine
        )
        self._protocols.add(protocol)
        return protocol

    def _authenticate(
        self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any
    ) -> AuthResult:
        known = isinstance(given, LoginPassword) and (
            self._passwords.get(given.login.decode("utf-8", "replace"))
            == given.password.decode("utf-8", "replace")
        )
        return AuthResult(success=known, handled=False, auth_data=given if known else None)

    async def take(self, sender: str, recipients: list[str], data: bytes) -> None:
        """Put a mail on the record, once for each recipient, and pass it on."""
        message_id = read_mail(data).message_id
        for recipient in recipients:
            mail = AcceptedMail(message_id, sender, recipient, len(data), data)
            self.accepted.append(mail)
            await self._receiver(mail)


class _Hooks:
    """What the library asks at each command; without slots, because it looks at all members."""

    def __init__(self, server: SmtpServer) -> None:
        self.server = server

    async def handle_MAIL(  # noqa: N802 - the library's name
        self, _server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Nobody sends without a sign-in, or in the name of another mailbox."""
        if not session.authenticated:
            return "530 5.7.0 sign in first"
        signed_in = session.auth_data.login.decode("utf-8", "replace")
        if address_key(address) != address_key(signed_in):
            return f"553 5.7.1 {signed_in} may not send as {address}"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 fine"

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        """Whoever is not scripted to refuse is taken."""
        answer = self.server.answers.get(address, FINE)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802 - the library's name
        self, _server: Any, _session: Any, envelope: Any
    ) -> str:
        """The record is written before the answer, so that it never lacks what was accepted."""
        await self.server.take(envelope.mail_from, envelope.rcpt_tos, bytes(envelope.content))
        return f"250 2.0.0 kept as number {len(self.server.accepted)}"
