"""A process that may be killed at any of its effects: each one counts, and one is the last."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeVar

from fakes.fake_inbox import FakeInbox
from fakes.fake_mailer import ACCEPTED, FakeMailer

from sequencer.engine.world import World
from sequencer.mail.folder import Cursor, Folder, Scan
from sequencer.mail.transaction import Envelope, Outcome, OutcomeKind, Phase
from sequencer.store.database import Connection

P = ParamSpec("P")
T = TypeVar("T")


@dataclass
class Life:
    """Counts what a process does. After the step `dies_at` nothing of it happens any more."""

    dies_at: int | None = None
    steps: int = 0

    @property
    def is_over(self) -> bool:
        """Whether the process is dead."""
        return self.dies_at is not None and self.steps >= self.dies_at

    def step(self) -> None:
        """Go one step on; where that is the last, or was, whoever goes on is cancelled."""
        if not self.is_over:
            self.steps += 1
        if self.is_over:
            raise asyncio.CancelledError


@dataclass(frozen=True)
class MortalWorld(World):
    """A world in which each transaction may be the last thing that a process does.

    No threads: what is done is done in the same order each time.
    """

    life: Life = field(default_factory=Life)

    async def write(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """As in any world, with a step before and one after the commit."""
        self.life.step()
        result = self.database.transact(lambda connection: work(connection, *args, **kwargs))
        self.life.step()
        return result

    async def read(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """As in any world."""
        with self.database.read() as connection:
            return work(connection, *args, **kwargs)


@dataclass(slots=True)
class MortalMailer(FakeMailer):
    """A server of a process that may die at each phase, and files what it accepts in Sent."""

    life: Life = field(default_factory=Life)
    inbox: FakeInbox | None = None

    async def send(self, envelope: Envelope, hand: Callable[[], Awaitable[bool]]) -> Outcome:
        """The planned outcome, with a step wherever a real mailer waits for the network."""
        self.life.step()
        planned = self._planned.get(envelope.recipient)
        outcome = planned.popleft() if planned else ACCEPTED
        if outcome.phase is not Phase.DOT:
            return outcome
        self.life.step()
        if not await hand():
            return Outcome(OutcomeKind.WITHHELD, Phase.BODY)
        self.life.step()
        lost = outcome.kind is OutcomeKind.UNKNOWN and self.lost_are_accepted
        if outcome.kind is OutcomeKind.ACCEPTED or lost:
            self.accepted.append(envelope)
            if self.inbox is not None:
                self.inbox.deliver(envelope.data, Folder.SENT)
        self.life.step()
        return outcome


@dataclass(slots=True)
class MortalInbox(FakeInbox):
    """A mailbox of a process that may die before and after each command."""

    life: Life = field(default_factory=Life)

    async def scan(
        self, cursors: Mapping[Folder, Cursor], since: datetime | None = None
    ) -> Sequence[Scan]:
        """As the fake."""
        self.life.step()
        found = await FakeInbox.scan(self, cursors, since)
        self.life.step()
        return found

    async def has_sent(self, message_id: str, ref: str, since: datetime) -> bool:
        """As the fake."""
        self.life.step()
        return await FakeInbox.has_sent(self, message_id, ref, since)
