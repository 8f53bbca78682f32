"""One kept connection: the steps of a transaction on it, and whether it may serve once more.

The body and the final dot are written apart, because nothing but the dot makes a server accept a
message (RFC 5321 section 4.1.1.4): whoever stops before it has certainly not sent anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sequencer.adapters.smtp.account import SmtpLimits
from sequencer.adapters.smtp.letter import Letter, commands, options
from sequencer.adapters.smtp.line import Line, LineError
from sequencer.adapters.smtp.reply import START_INPUT, Reply
from sequencer.adapters.smtp.verdict import on_accepted, on_mail, on_message, on_silence
from sequencer.adapters.smtp.wire import stuffed
from sequencer.mail.transaction import Outcome, OutcomeKind, Phase

_CLOSING = 421


@dataclass(slots=True, eq=False)
class Connection:
    """A signed-in line and what has been done with it; `used_at` is on the boot clock.

    Attributes:
        extensions: what the server offered in EHLO, names in small letters.
        was_kept: whether it has waited for this mail; then the server may have hung up on it.
    """

    line: Line
    extensions: Mapping[str, str]
    limits: SmtpLimits
    used_at: float
    mails: int = 0
    was_kept: bool = False

    def may_serve(self, boot: float) -> bool:
        """Whether one more mail may go over it; a connection that failed is closed and may not."""
        fresh = boot - self.used_at < self.limits.keep_idle_s
        return self.line.is_open and fresh and self.mails < self.limits.keep_mails

    async def offer(self, letter: Letter) -> Outcome | None:
        """MAIL, RCPT, DATA and the body; None if nothing but the dot is missing now."""
        parameters = options(letter, self.extensions)
        if isinstance(parameters, Outcome):
            return parameters
        self.mails += 1
        phase = Phase.MAIL
        steps = commands(letter, parameters)
        at_once = "pipelining" in self.extensions  # RFC 2920
        try:
            if at_once:
                self.line.say(b"".join(steps.values()), len(steps))
            for phase, command in steps.items():
                if not at_once:
                    self.line.say(command)
                reply = await self.line.reply(self.limits.command_s)
                if not _is_yes(phase, reply):
                    return await self._refused(phase, reply)
            phase = Phase.BODY
            await self.line.upload(stuffed(letter.lines), self.limits.body_s)
        except LineError as error:
            self.abort()
            return on_silence(phase, str(error))
        return None

    async def finish(self) -> Outcome:
        """Write the dot, and read the answer; only its absence leaves a doubt."""
        if not self.line.is_open:
            return on_silence(Phase.BODY, "The connection was lost before the final dot.")
        # Between the line above and the write of the dot the loop does not turn. So whatever is
        # raised from here on was raised after the dot had been given to the transport.
        try:
            self.line.say(b".\r\n")
            reply = await self.line.reply(self.limits.dot_s)
        except LineError as error:
            self.abort()
            return on_silence(Phase.DOT, str(error))
        if reply.is_positive:
            return on_accepted(*reply)
        outcome = on_message(Phase.DOT, *reply)
        if outcome.kind is OutcomeKind.UNKNOWN or reply.code == _CLOSING:
            self.abort()
        return outcome

    def abort(self) -> None:
        """Close the connection at once: what it was about to say must not be said any more."""
        self.line.abort()

    async def quit(self) -> None:
        """Say goodbye; what becomes of that changes nothing."""
        try:
            self.line.say(b"QUIT\r\n")
            await self.line.reply(self.limits.quit_s)
        except LineError:
            pass
        finally:
            self.abort()

    async def _refused(self, phase: Phase, reply: Reply) -> Outcome:
        """Outcome of a reply that was not a yes; the connection is kept where that is safe."""
        try:
            clean = reply.is_refusal and reply.code != _CLOSING and await self._is_reset()
        except LineError:
            clean = False
        if not clean:
            self.abort()
        return on_mail(*reply) if phase is Phase.MAIL else on_message(phase, *reply)

    async def _is_reset(self) -> bool:
        """Whether the transaction is wiped out, with all that was said ahead of the refusal."""
        while self.line.unread:
            ahead = await self.line.reply(self.limits.command_s)
            if ahead.code == START_INPUT:
                return False  # it takes for a message what comes now, whoever that is for
        self.line.say(b"RSET\r\n")
        return (await self.line.reply(self.limits.command_s)).is_positive


def _is_yes(phase: Phase, reply: Reply) -> bool:
    return reply.code == START_INPUT if phase is Phase.DATA else reply.is_positive
