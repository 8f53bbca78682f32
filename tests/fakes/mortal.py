"""The ports of a daemon that may be killed at any of its effects."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from fakes.fake_mailer import ACCEPTED, FakeMailer

from sequencer.mail.folder import Cursor, Folder, Found, Scan
from sequencer.mail.transaction import Envelope, Outcome, OutcomeKind, Phase
from sequencer.simulation.inbox import FakeInbox
from sequencer.simulation.life import Life


@dataclass(slots=True)
class MortalMailer(FakeMailer):
    """A server of a process that may die at each phase, and files what it accepts in Sent."""

    life: Life = field(default_factory=Life)
    inbox: FakeInbox | None = None

    async def send(self, envelope: Envelope, hand: Callable[[], Awaitable[bool]]) -> Outcome:
        """The planned outcome, with a step wherever a real mailer waits for the network."""
        await self.life.step()
        planned = self._planned.get(envelope.recipient)
        outcome = planned.popleft() if planned else ACCEPTED
        if outcome.phase is not Phase.DOT:
            return outcome
        await self.life.step()
        if not await hand():
            return Outcome(OutcomeKind.WITHHELD, Phase.BODY)
        await self.life.step()
        lost = outcome.kind is OutcomeKind.UNKNOWN and self.lost_are_accepted
        if outcome.kind is OutcomeKind.ACCEPTED or lost:
            self.accepted.append(envelope)
            if self.inbox is not None:
                self.inbox.deliver(envelope.data, Folder.SENT)
        await self.life.step()
        return outcome


@dataclass(slots=True)
class MortalInbox(FakeInbox):
    """A mailbox of a process that may die before and after each command."""

    life: Life = field(default_factory=Life)

    async def scan(
        self, cursors: Mapping[Folder, Cursor], since: datetime | None = None
    ) -> Sequence[Scan]:
        """As the fake."""
        await self.life.step()
        found = await FakeInbox.scan(self, cursors, since)
        await self.life.step()
        return found

    async def find(self, folder: Folder, message_id: str, ref: str, since: datetime) -> Found:
        """As the fake."""
        await self.life.step()
        return await FakeInbox.find(self, folder, message_id, ref, since)
