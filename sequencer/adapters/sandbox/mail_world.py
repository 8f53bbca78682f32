"""The mail servers of a sandbox together: what is accepted is on record, and filed in Sent."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Self

from sequencer.adapters.sandbox.imap_server import INBOX, SENT, ImapServer
from sequencer.adapters.sandbox.smtp_server import AcceptedMail, SmtpServer

Listener = Callable[[AcceptedMail, datetime], Awaitable[None]]


class MailWorld:
    """An SMTP and an IMAP server for a few mailboxes, each with its address as its user name.

    A copy of every accepted mail is in the Sent folder before the server answers.

    Attributes:
        listeners: told of every accepted mail and of the instant, after the copy was filed.
    """

    def __init__(self, passwords: Mapping[str, str], now: Callable[[], datetime]) -> None:
        self.smtp = SmtpServer(passwords, self._take)
        self.imap = ImapServer()
        self.listeners: list[Listener] = []
        self._passwords = dict(passwords)
        self._now = now
        self._running = AsyncExitStack()

    @property
    def accepted(self) -> list[AcceptedMail]:
        """The SMTP server's own record."""
        return self.smtp.accepted

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as starting:
            await starting.enter_async_context(self.smtp)
            await starting.enter_async_context(self.imap)
            for address, password in self._passwords.items():
                await self.imap.add_user(address, password)
            self._running = starting.pop_all()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._running.aclose()

    async def deliver(self, address: str, raw: bytes, folder: str = INBOX) -> None:
        """Put a mail from outside into a mailbox."""
        await self.imap.deliver(address, raw, self._now(), folder)

    async def _take(self, mail: AcceptedMail) -> None:
        at = self._now()
        await self.imap.deliver(mail.sender, mail.data, at, SENT)
        for listener in self.listeners:
            await listener(mail, at)
