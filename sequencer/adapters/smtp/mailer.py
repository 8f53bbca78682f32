"""How is one message sent through one mailbox, so that its outcome is known whatever happens?"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable

from sequencer.adapters.smtp.account import SmtpAccount, SmtpLimits
from sequencer.adapters.smtp.connect import connect
from sequencer.adapters.smtp.connection import Connection
from sequencer.adapters.smtp.letter import Letter, letter_from
from sequencer.adapters.smtp.pool import Pool
from sequencer.mail.greeting import Greeting
from sequencer.mail.transaction import Blame, Envelope, Outcome, OutcomeKind, Phase

_BAD_CONNECTION = "4.4.2"  # RFC 3463; what servers say of a line that was idle for too long


class SmtpMailer:
    """A submission server as a mailer, over at most two connections that are kept for a while.

    Args:
        account: where to, and as whom.
        tls: context that verifies certificates; one may serve all mailboxes.
        boot: seconds on a clock that never goes back.
        limits: waiting times, and how long connections are kept.
    """

    def __init__(
        self,
        account: SmtpAccount,
        tls: ssl.SSLContext,
        boot: Callable[[], float],
        limits: SmtpLimits | None = None,
    ) -> None:
        limits = limits or SmtpLimits()

        async def open_one() -> Connection | Outcome:
            return await connect(account, tls, limits, boot())

        self._pool = Pool(open_one, boot, limits)

    async def send(self, envelope: Envelope, hand: Callable[[], Awaitable[bool]]) -> Outcome:
        """Outcome of one transaction; `hand` decides right before the final dot."""
        letter = letter_from(envelope)
        if isinstance(letter, Outcome):
            return letter
        await self._pool.begin()
        try:
            outcome = await self._send(letter, hand)
            self._pool.heed(outcome)
        finally:
            self._pool.end()
        return outcome

    async def greet(self) -> Greeting:
        """How the server receives us: a connection is opened, or one that is kept is shown."""
        await self._pool.begin()
        try:
            connection = await self._pool.ready()
            if isinstance(connection, Outcome):
                return Greeting(connection.text, connection.blame is Blame.SIGN_IN)
            self._pool.keep(connection)
            return Greeting(tls=connection.line.tls)
        finally:
            self._pool.end()

    async def close(self) -> None:
        """Say QUIT, once the transactions that are under way have ended."""
        await self._pool.close()

    async def _send(self, letter: Letter, hand: Callable[[], Awaitable[bool]]) -> Outcome:
        while True:
            connection = await self._pool.ready()
            if isinstance(connection, Outcome):
                return connection
            outcome = await _transact(connection, letter, hand)
            # A kept line that the server gave up meanwhile took nothing in: begin afresh.
            if not (connection.was_kept and _was_stale(outcome)):
                self._pool.keep(connection)
                return outcome
            connection.abort()


async def _transact(
    connection: Connection, letter: Letter, hand: Callable[[], Awaitable[bool]]
) -> Outcome:
    """The whole transaction; whatever cuts it in two, the connection is never used again."""
    try:
        _obey_cancellation()
        refusal = await connection.offer(letter)
        if refusal is not None:
            return refusal
        if await hand():
            return await connection.finish()
    except BaseException:
        connection.abort()
        raise
    connection.abort()
    return Outcome(OutcomeKind.WITHHELD, Phase.BODY)


def _obey_cancellation() -> None:
    """Stop if a cancellation got lost: wait_for of Python 3.11 swallows one that meets a reply."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


def _was_stale(outcome: Outcome) -> bool:
    return outcome.phase is Phase.MAIL and (
        outcome.code is None or outcome.enhanced == _BAD_CONNECTION
    )
