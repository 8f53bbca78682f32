"""One kept connection: the steps of a transaction on it, and whether it may serve once more.

The body and the final dot are written apart, because nothing but the dot makes a server accept a
message (RFC 5321 section 4.1.1.4): whoever stops before it has certainly not sent anything.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

from sequencer.adapters.smtp.account import SmtpLimits
from sequencer.adapters.smtp.connect import drop
from sequencer.adapters.smtp.letter import Letter, options
from sequencer.adapters.smtp.verdict import on_accepted, on_mail, on_message, on_silence
from sequencer.adapters.smtp.wire import stuffed
from sequencer.mail.transaction import Outcome, OutcomeKind, Phase

_CHUNK = 65_536
_START_INPUT = 354


@dataclass(slots=True)
class Connection:
    """A signed-in client and what has been done with it; `used_at` is on the boot clock."""

    client: SMTP
    limits: SmtpLimits
    used_at: float
    mails: int = 0
    _writer: asyncio.StreamWriter | None = None  # from Python 3.12 on, losing it closes the line

    def may_serve(self, boot: float) -> bool:
        """Whether one more mail may go over it; a connection that failed is closed and may not."""
        fresh = boot - self.used_at < self.limits.keep_idle_s
        return self.client.is_connected and fresh and self.mails < self.limits.keep_mails

    async def offer(self, letter: Letter) -> Outcome | None:
        """MAIL, RCPT, DATA and the body; None if nothing but the dot is missing now."""
        parameters = options(letter, self.client.esmtp_extensions)
        if isinstance(parameters, Outcome):
            return parameters
        self.mails += 1
        phase = Phase.MAIL
        try:
            encoding = "utf-8" if letter.needs_utf8 else "ascii"
            wait_s = self.limits.command_s
            await self.client.mail(
                letter.sender, options=parameters, encoding=encoding, timeout=wait_s
            )
            phase = Phase.RCPT
            await self.client.rcpt(letter.recipient, encoding=encoding, timeout=wait_s)
            phase = Phase.DATA
            reply = await self.client.execute_command(b"DATA", timeout=wait_s)
            if reply.code != _START_INPUT:
                raise SMTPDataError(reply.code, reply.message)
            phase = Phase.BODY
            await self._write(stuffed(letter.lines))
        except SMTPResponseException as error:
            return await self._refused(phase, error)
        except (SMTPException, OSError) as error:  # TimeoutError is an OSError
            self.abort()
            return on_silence(phase, str(error) or type(error).__name__)
        return None if self.client.is_connected else on_silence(phase, "The connection was lost.")

    async def finish(self) -> Outcome:
        """Write the dot, and read the answer; only its absence leaves a doubt."""
        if not self.client.is_connected:
            return on_silence(Phase.BODY, "The connection was lost before the final dot.")
        # Between the line above and the write of the dot the loop does not turn. So whatever is
        # raised from here on was raised after the dot had been given to the transport.
        try:
            reply = await self.client.execute_command(b".", timeout=self.limits.dot_s)
        except (SMTPException, OSError) as error:
            self.abort()
            return on_silence(Phase.DOT, str(error) or type(error).__name__)
        if 200 <= reply.code < 300:
            return on_accepted(reply.code, reply.message)
        outcome = on_message(Phase.DOT, reply.code, reply.message)
        if outcome.kind is OutcomeKind.UNKNOWN:
            self.abort()
        return outcome

    def abort(self) -> None:
        """Close the connection at once: what it was about to say must not be said any more."""
        drop(self.client)

    async def quit(self) -> None:
        """Say goodbye; what becomes of that changes nothing."""
        with suppress(SMTPException, OSError):
            await self.client.quit(timeout=self.limits.quit_s)
        self.client.close()

    async def _refused(self, phase: Phase, error: SMTPResponseException) -> Outcome:
        """Outcome of a negative reply; the transaction is wiped out, the connection kept."""
        if 400 <= error.code < 600 and self.client.is_connected:
            try:
                await self.client.rset(timeout=self.limits.command_s)
            except (SMTPException, OSError):
                self.abort()
        else:
            self.abort()
        if isinstance(error, SMTPSenderRefused):
            return on_mail(error.code, error.message)
        return on_message(phase, error.code, error.message)

    async def _write(self, body: bytes) -> None:
        """Write the body, and wait until the kernel has it."""
        transport, protocol = self.client.transport, self.client.protocol
        if protocol is None or not isinstance(transport, asyncio.WriteTransport):
            raise SMTPServerDisconnected("Connection lost")
        if self._writer is None:
            transport.set_write_buffer_limits(high=1)  # drained means empty; TLS stalls at 0
            loop = asyncio.get_running_loop()
            self._writer = asyncio.StreamWriter(transport, protocol, None, loop)
        async with asyncio.timeout(self.limits.body_s):
            for start in range(0, len(body), _CHUNK):
                protocol.write(body[start : start + _CHUNK])
                await self._writer.drain()
