"""How is one message sent through one mailbox, so that its outcome is known whatever happens?"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable

from sequencer.adapters.smtp.account import SmtpAccount, SmtpLimits
from sequencer.adapters.smtp.connect import connect
from sequencer.adapters.smtp.connection import Connection
from sequencer.adapters.smtp.letter import Letter, letter_from
from sequencer.mail.transaction import Envelope, Outcome, OutcomeKind, Phase


class SmtpMailer:
    """A submission server as a mailer, over one connection that is kept for a while.

    Args:
        account: where to, and as whom.
        tls: context that verifies certificates; one may serve all mailboxes.
        boot: seconds on a clock that never goes back.
        limits: waiting times.
    """

    def __init__(
        self,
        account: SmtpAccount,
        tls: ssl.SSLContext,
        boot: Callable[[], float],
        limits: SmtpLimits | None = None,
    ) -> None:
        self._account = account
        self._tls = tls
        self._boot = boot
        self._limits = limits or SmtpLimits()
        self._kept: Connection | None = None
        self._lock = asyncio.Lock()

    async def send(self, envelope: Envelope, hand: Callable[[], Awaitable[bool]]) -> Outcome:
        """Outcome of one transaction; `hand` decides right before the final dot."""
        letter = letter_from(envelope)
        if isinstance(letter, Outcome):
            return letter
        async with self._lock:
            try:
                return await self._transact(letter, hand)
            except BaseException:  # also a cancellation: whatever it cut in two is never used again
                if self._kept is not None:
                    self._kept.abort()
                raise

    async def close(self) -> None:
        """Say QUIT, once the transaction that is under way has ended."""
        async with self._lock:
            if self._kept is not None:
                await self._kept.quit()
                self._kept = None

    async def _transact(self, letter: Letter, hand: Callable[[], Awaitable[bool]]) -> Outcome:
        connection = await self._offered(letter)
        if isinstance(connection, Outcome):
            return connection
        _obey_cancellation()
        if not await hand():
            connection.abort()
            return Outcome(OutcomeKind.WITHHELD, Phase.BODY)
        return await connection.finish()

    async def _offered(self, letter: Letter) -> Connection | Outcome:
        """A connection over which everything but the dot has gone."""
        connection = await self._ready()
        if isinstance(connection, Outcome):
            return connection
        reused = connection.mails > 0
        refusal = await connection.offer(letter)
        if reused and refusal is not None and _was_stale(refusal):
            # The server hung up while nothing was going on, and nothing was sent: begin afresh.
            return await self._offered(letter)
        return refusal or connection

    async def _ready(self) -> Connection | Outcome:
        """The kept connection if it may serve again, else a new one."""
        kept, boot = self._kept, self._boot()
        if kept is not None and kept.may_serve(boot):
            kept.used_at = boot
            return kept
        self._kept = None
        if kept is not None:
            await kept.quit()
        client = await connect(self._account, self._tls, self._limits)
        if isinstance(client, Outcome):
            return client
        self._kept = Connection(client, self._limits, used_at=boot)
        _obey_cancellation()
        return self._kept


def _obey_cancellation() -> None:
    """Stop if a cancellation got lost: wait_for of Python 3.11 swallows one that meets a reply."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def _was_stale(refusal: Outcome) -> bool:
    return refusal.phase is Phase.MAIL and refusal.code is None
