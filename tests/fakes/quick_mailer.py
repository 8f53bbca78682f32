"""A real mailer that loses patience soon, for servers on loopback."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fakes.authority import client_tls

from sequencer.adapters.smtp import SmtpAccount, SmtpLimits, SmtpMailer
from sequencer.mail.server import Security, Server
from sequencer.mail.transaction import Envelope

LETTER = Envelope("rep@sender.example", "ann@prospect.example", b"Subject: x\r\n\r\nhello\r\n")
QUICK = SmtpLimits(connect_s=0.2, command_s=0.2, body_s=0.2, dot_s=0.2, quit_s=0.2)
PATIENT = SmtpLimits(connect_s=30, command_s=30, body_s=30, dot_s=30, quit_s=0.2)


class Boot:
    """A boot clock that is set by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


async def yes() -> bool:
    """The hand of somebody who lets every mail go."""
    return True


@asynccontextmanager
async def mailer_at(
    port: int,
    boot: Callable[[], float] = float,
    limits: SmtpLimits = QUICK,
    signs_in: tuple[str, str] = ("", ""),
    security: Security = Security.PLAIN,
) -> AsyncIterator[SmtpMailer]:
    """A mailer for that server, closed at the end; without a name it does not sign in."""
    account = SmtpAccount(Server("localhost", port, security), *signs_in)
    mailer = SmtpMailer(account, client_tls(), boot, limits)
    try:
        yield mailer
    finally:
        await mailer.close()
