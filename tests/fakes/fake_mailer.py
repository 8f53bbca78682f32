"""A mailer without a network, which answers as it is told and remembers what it accepted."""

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from sequencer.mail.greeting import Greeting
from sequencer.mail.transaction import Envelope, Outcome, OutcomeKind, Phase

ACCEPTED = Outcome(OutcomeKind.ACCEPTED, Phase.DOT, 250, "2.0.0", "queued")


@dataclass(slots=True)
class FakeMailer:
    """Answers each recipient with the outcomes planned for it, and accepts when there are none.

    Attributes:
        lost_are_accepted: whether a mail of UNKNOWN outcome did arrive; with real servers it did.
    """

    accepted: list[Envelope] = field(default_factory=list)
    lost_are_accepted: bool = True
    closed: int = 0
    welcome: Greeting = field(default_factory=Greeting)
    _planned: dict[str, deque[Outcome]] = field(default_factory=dict)

    def plan(self, recipient: str, *outcomes: Outcome) -> None:
        """Answer the next mails for that recipient with these outcomes, one after another."""
        self._planned.setdefault(recipient, deque()).extend(outcomes)

    async def send(self, envelope: Envelope, hand: Callable[[], Awaitable[bool]]) -> Outcome:
        """The planned outcome; `hand` is asked where a real mailer would ask it."""
        planned = self._planned.get(envelope.recipient)
        outcome = planned.popleft() if planned else ACCEPTED
        if outcome.phase is not Phase.DOT:
            return outcome
        if not await hand():
            return Outcome(OutcomeKind.WITHHELD, Phase.BODY)
        lost = outcome.kind is OutcomeKind.UNKNOWN and self.lost_are_accepted
        if outcome.kind is OutcomeKind.ACCEPTED or lost:
            self.accepted.append(envelope)
        return outcome

    async def greet(self) -> Greeting:
        """A warm welcome, or what was planned."""
        return self.welcome

    async def close(self) -> None:
        """Count that it was closed."""
        self.closed += 1
