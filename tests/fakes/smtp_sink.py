"""A proper SMTP server in process (aiosmtpd), whose answer depends on the recipient's name."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from fakes.authority import server_tls

from sequencer.mail.transaction import Envelope

AT_RCPT = {"gone": "550 5.1.1 no such user", "busy": "450 4.2.1 greylisted, try later"}
AT_DOT = {"spam": "554 5.7.1 not wanted here", "full": "452 4.3.1 no space left"}
USERNAME, PASSWORD = "rep@sender.example", "correct horse"


@dataclass(slots=True)
class SmtpSink:
    """The server's port and what it accepted."""

    port: int = 0
    accepted: list[Envelope] = field(default_factory=list)

    async def on_recipient(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Refuse some, take the others."""
        answer = AT_RCPT.get(address.partition("@")[0], "250 2.1.5 fine")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def on_message(self, server: Any, _session: Any, envelope: Any) -> str:
        """Take the message, or refuse it, or take it and hang up."""
        recipient = envelope.rcpt_tos[0]
        local = recipient.partition("@")[0]
        if local in AT_DOT:
            return AT_DOT[local]
        self.accepted.append(Envelope(envelope.mail_from, recipient, envelope.content))
        if local == "cut":
            server.transport.abort()
        return "250 2.0.0 queued"


def _authenticate(_server: Any, _session: Any, _envelope: Any, _mech: str, data: Any) -> AuthResult:
    right = LoginPassword(USERNAME.encode(), PASSWORD.encode())
    return AuthResult(success=data == right, handled=False)


@asynccontextmanager
async def smtp_sink() -> AsyncIterator[SmtpSink]:
    """A sink that listens on loopback, and demands STARTTLS and the one password it knows."""
    sink = SmtpSink()
    hooks = SimpleNamespace(handle_RCPT=sink.on_recipient, handle_DATA=sink.on_message)
    loop = asyncio.get_running_loop()

    def serve() -> Any:
        return SMTP(
            hooks,
            hostname="sink.example",
            enable_SMTPUTF8=True,
            loop=loop,
            authenticator=_authenticate,
            auth_required=True,
            require_starttls=True,
            tls_context=server_tls(),
        )

    listener = await loop.create_server(serve, "127.0.0.1", 0)
    sink.port = listener.sockets[0].getsockname()[1]
    async with listener:
        yield sink
