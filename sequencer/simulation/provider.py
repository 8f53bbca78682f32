"""A mail provider as it really is: folders, an SMTP server with its moods, and its own record."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from sequencer.mail.folder import Cursor, Folder, Found, InboxError, Scan
from sequencer.mail.greeting import Greeting
from sequencer.mail.transaction import Blame, Envelope, Outcome, OutcomeKind, Phase
from sequencer.simulation.fate import FatedLife, Troubles
from sequencer.simulation.inbox import FakeInbox
from sequencer.simulation.play import Play
from sequencer.simulation.record import Dot, Hand
from sequencer.simulation.scripts import MARK

LINE_DIES_AFTER_S = 600.0  # of silence in the middle of a mail; RFC 5321 section 4.5.3.2.6
ACCEPTED = Outcome(OutcomeKind.ACCEPTED, Phase.DOT, 250, "2.0.0", "queued")
LINE_LOST = Outcome(OutcomeKind.UNKNOWN, Phase.DOT, None, "", "line lost", Blame.MAILBOX)
NO_SUCH_USER = Outcome(OutcomeKind.REJECTED, Phase.RCPT, 550, "5.1.1", "no such user")

_MAILBOX, _SIGN_IN = Blame.MAILBOX, Blame.SIGN_IN
_FAULTS = (
    Outcome(OutcomeKind.DEFERRED, Phase.CONNECT, 421, "4.3.2", "busy", _MAILBOX),
    Outcome(OutcomeKind.DEFERRED, Phase.CONNECT, None, "", "no connection", _MAILBOX),
    Outcome(OutcomeKind.DEFERRED, Phase.CONNECT, 535, "5.7.8", "password", _SIGN_IN),
    Outcome(OutcomeKind.DEFERRED, Phase.MAIL, None, "", "line lost", _MAILBOX),
    Outcome(OutcomeKind.DEFERRED, Phase.MAIL, 451, "4.7.0", "not now", _MAILBOX),
    Outcome(OutcomeKind.DEFERRED, Phase.RCPT, 451, "4.7.1", "greylisted"),
    Outcome(OutcomeKind.DEFERRED, Phase.RCPT, None, "", "line lost", _MAILBOX),
    NO_SUCH_USER,
    Outcome(OutcomeKind.DEFERRED, Phase.DATA, None, "", "line lost", _MAILBOX),
    Outcome(OutcomeKind.DEFERRED, Phase.BODY, None, "", "line lost", _MAILBOX),
    Outcome(OutcomeKind.DEFERRED, Phase.DOT, 452, "4.2.2", "mailbox full"),
    Outcome(OutcomeKind.DEFERRED, Phase.DOT, 421, "4.3.2", "shutting down", _MAILBOX),
    Outcome(OutcomeKind.REJECTED, Phase.DOT, 554, "5.7.26", "blocked"),
    *[LINE_LOST] * 3,
    *[Outcome(OutcomeKind.UNKNOWN, Phase.DOT, None, "", "no answer", _MAILBOX)] * 2,
)


@dataclass
class Provider:
    """One mailbox and the servers it lives on.

    Attributes:
        files_sent: whether it files a copy of each mail in Sent by itself.
        filed_after_s: how long that takes.
        on_accept: what the world does with a mail that it has accepted.
        moods: chance for mails of the mailbox to itself, so that no other chance is moved.
    """

    name: str
    play: Play
    troubles: Troubles
    inbox: FakeInbox
    files_sent: bool = False
    filed_after_s: float = 0.0
    on_accept: Callable[[Dot], None] = lambda _dot: None
    moods: Random = field(default_factory=lambda: Random(0))

    def fault_for(self, recipient: str) -> Outcome | None:
        """What goes wrong with the next transaction, if anything does."""
        person = self.play.person(recipient)
        if person.gone:
            return NO_SUCH_USER
        if not self.play.happens(self.troubles.smtp):
            return None
        fault = self.play.chance.choice(_FAULTS)
        person.gone = fault is NO_SUCH_USER
        if fault.blame is _SIGN_IN:
            self.play.record.locked_at[self.name] = self.play.true.seconds
        self.play.tally.sometimes(f"{fault.kind} at {fault.phase}")
        return fault

    def take(self, dot: Dot, outcome: Outcome) -> Outcome:
        """The server's answer to a final dot; what is accepted goes its way."""
        lost = outcome.kind is OutcomeKind.UNKNOWN
        if outcome.kind is OutcomeKind.ACCEPTED or (lost and self.play.chance.random() < 0.7):
            dot.accepted = True
            self.play.tally.sometimes("accepted, and the answer was lost", int(lost))
            self._file(dot.envelope.data)
            self.on_accept(dot)
        self.play.record.tell(f"{dot.mark} to {dot.envelope.recipient}: {outcome.kind}")
        return outcome

    def take_probe(self, data: bytes) -> None:
        """A mail of the mailbox to itself."""
        self._file(data)
        self.inbox.deliver(data)

    def _file(self, data: bytes) -> None:
        if not self.files_sent:
            return
        if not self.filed_after_s:
            self.inbox.deliver(data, Folder.SENT)
            return
        self.play.later(self.filed_after_s, lambda: _ignore(self.inbox.deliver(data, Folder.SENT)))


def _ignore(_uid: int) -> None:
    """Nobody asks for that number."""


@dataclass
class FatedMailer:
    """A daemon's way to the SMTP server; the port `Mailer`."""

    provider: Provider
    life: FatedLife
    judge: Callable[[Dot], None]
    take_hand: Callable[[str, str], Hand | None]

    async def send(self, envelope: Envelope, hand: Callable[[], Awaitable[bool]]) -> Outcome:
        """One transaction, with a step wherever a real mailer waits for the network."""
        play, recipient = self.provider.play, envelope.recipient
        if recipient == envelope.sender:
            return await self._to_itself(envelope, hand)
        await self.life.step("before a mail")
        fault = self.provider.fault_for(recipient)
        if fault is not None and fault.phase is not Phase.DOT:
            await self.life.step(f"at {fault.phase}")
            return fault
        await self._on_the_line(recipient)
        last_word_at = play.true.seconds
        if not await hand():
            play.tally.sometimes("withheld")
            await self.life.step("after a mail was withheld")
            return Outcome(OutcomeKind.WITHHELD, Phase.BODY)
        dot = self._dot(envelope)
        in_time = play.true.seconds - last_word_at <= LINE_DIES_AFTER_S
        outcome = (fault or ACCEPTED) if in_time else LINE_LOST
        if in_time:
            self.provider.take(dot, outcome)
            await self._answers_slowly(recipient)
        await self.life.step("after the dot")
        return outcome

    async def greet(self) -> Greeting:
        """A warm welcome."""
        return Greeting()

    async def close(self) -> None:
        """Nothing to close."""

    async def _to_itself(self, envelope: Envelope, hand: Callable[[], Awaitable[bool]]) -> Outcome:
        """A mail that shows what the provider does; it is nobody's, so the judge has no say."""
        provider, play = self.provider, self.provider.play
        await self.life.step("before a probe")
        trouble = provider.moods.random() < 2 * provider.troubles.smtp
        if trouble and provider.moods.random() < 0.5:
            play.tally.sometimes("probe not sent")
            return _FAULTS[0]
        if not await hand():
            return Outcome(OutcomeKind.WITHHELD, Phase.BODY)
        outcome = LINE_LOST if trouble else ACCEPTED
        if not trouble or provider.moods.random() < 0.7:
            provider.take_probe(envelope.data)
        play.tally.sometimes(f"probe: {outcome.kind}")
        await self.life.step("after a probe")
        return outcome

    async def _on_the_line(self, recipient: str) -> None:
        """Something may happen while the server takes its time."""
        play, odds = self.provider.play, self.provider.troubles
        if play.happens(odds.meddling):
            play.meddle(play.person(recipient))
        if play.happens(odds.slow):
            play.tally.sometimes("slow server")
            await self.life.clock.sleep(play.chance.choice((3.0, 20.0, 110.0, 150.0, 550.0)))
        await self.life.step("before the dot")

    async def _answers_slowly(self, recipient: str) -> None:
        """The server has the mail, and somebody does something before it says so."""
        play, odds = self.provider.play, self.provider.troubles
        if play.happens(odds.meddling):
            play.meddle(play.person(recipient))
            await self.life.clock.sleep(play.chance.choice((1.0, 5.0, 20.0)))

    def _dot(self, envelope: Envelope) -> Dot:
        play = self.provider.play
        mark = envelope.data.partition(MARK.encode())[2].split(b".\r\n", 1)[0].decode()
        dot = Dot(
            number=play.record.next(),
            mailbox=self.provider.name,
            envelope=envelope,
            mark=mark.splitlines()[0].rstrip(".") if mark else "",
            at=play.true.seconds,
            wall=self.life.clock.now(),
            hand=self.take_hand(self.provider.name, envelope.recipient),
        )
        self.judge(dot)
        play.record.dots.append(dot)
        return dot


@dataclass(slots=True)
class FatedInbox(FakeInbox):
    """A daemon's way to the folders, which the nemesis may cut."""

    provider: Provider = field(kw_only=True)
    life: FatedLife = field(kw_only=True)

    async def scan(
        self, cursors: Mapping[Folder, Cursor], since: datetime | None = None
    ) -> Sequence[Scan]:
        """As the server has it at that moment."""
        await self._reach("in IMAP")
        play = self.provider.play
        if play.happens(self.provider.troubles.renumber):
            self.renumber(Folder.INBOX)
            play.tally.sometimes("renumbered")
        found = await FakeInbox.scan(self, cursors, since)
        play.record.reads.setdefault(self.provider.name, []).append(play.true.seconds)
        await self.life.step("after a scan")
        return found

    async def find(self, folder: Folder, message_id: str, ref: str, since: datetime) -> Found:
        """As the server has it at that moment."""
        await self._reach("in a search")
        return await FakeInbox.find(self, folder, message_id, ref, since)

    async def read_sent(self, since: datetime, after: Cursor | None = None) -> Scan:
        """As the server has it at that moment."""
        await self._reach("in Sent")
        return await FakeInbox.read_sent(self, since, after)

    async def keep_copy(self, data: bytes, at: datetime) -> None:
        """Into the server's folder."""
        await self._reach("before a copy is filed")
        await FakeInbox.keep_copy(self, data, at)

    async def _reach(self, where: str) -> None:
        await self.life.step(where)
        play = self.provider.play
        if play.happens(self.provider.troubles.imap):
            play.tally.sometimes("IMAP cut")
            play.later(75.0, play.wake)
            refused = play.chance.random() < 0.1
            if refused:
                play.record.locked_at[self.provider.name] = play.true.seconds
            raise InboxError("line lost", permanent=refused)
