"""A message that concerns somebody, and what may be done about it; each part of acting uses it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sequencer.domain.enrollment import FinishReason, PauseReason
from sequencer.domain.event import Event, Held, Stopped
from sequencer.domain.suppression import SuppressionReason
from sequencer.domain.task import TaskKind
from sequencer.engine.desk import Case, Desk
from sequencer.engine.match import Match
from sequencer.engine.react import open_due_at, react, stop_person
from sequencer.engine.suppress import suppress_address
from sequencer.engine.tasks import Matter
from sequencer.engine.triage_hold import heed, hold_and_ask
from sequencer.mail.verdict import Verdict
from sequencer.store import enrollments
from sequencer.store.database import Connection

MOST_QUOTED: Final = 500  # characters of a mail in what is told of it


@dataclass(frozen=True, slots=True)
class Heard:
    """A message being acted upon.

    Attributes:
        number: of the message, as it is stored; None for one that was only seen in Sent.
        writer: number of a prospect who wrote it, if that is somebody else than the one whom it was
            matched with: a colleague who is in a cadence too. A From proves nothing, but stops.
    """

    connection: Connection
    desk: Desk
    number: int | None
    verdict: Verdict
    found: Match
    case: Case
    writer: int | None
    now: datetime

    @property
    def sender(self) -> str:
        """Who wrote it, as it says itself."""
        return self.verdict.incoming.sender or "an unknown sender"

    @property
    def told(self) -> str:
        """The kind, the sender and what shows it, for the ledger."""
        evidence = f" ({self.verdict.because})" if self.verdict.evidence else ""
        return f"{self.verdict.kind} from {self.sender}{evidence}"

    @property
    def quoted(self) -> str:
        """The first words of what was written."""
        text = " ".join(self.verdict.new_text[: 2 * MOST_QUOTED].split())
        return text if len(text) <= MOST_QUOTED else f"{text[:MOST_QUOTED]} ..."

    @property
    def people(self) -> list[int]:
        """Whom the mail that was answered went to, and who answered: often the same."""
        other = () if self.writer is None else (self.writer,)
        return [self.case.person.id, *other]

    def stop(self, reason: FinishReason) -> None:
        """End every cadence of these people."""
        for person in self.people:
            event = Stopped(reason)
            stop_person(self.connection, self.desk, person, event, self.told, self.now)

    def hold(self, reason: PauseReason, resume_at: datetime | None) -> None:
        """Pause every cadence of these people, until then or until a person lets them go on."""
        for stored in enrollments.live_of(self.connection, self.people):
            due_at = open_due_at(self.connection, stored.id)
            event: Event = Held(reason, resume_at, due_at)
            heed(self.connection, stored, reason, resume_at)
            react(self.connection, self.desk, stored, event, self.told, self.now)

    def ask(self, title: str, why: str = "") -> None:
        """Pause everything, and have a person decide what the message means."""
        about = "; ".join(filter(None, (self.told, why, self.quoted)))
        matter = Matter(TaskKind.TRIAGE, title, about, inbound_id=self.number)
        hold_and_ask(self.connection, self.desk, self.people, matter, self.told, self.now)

    def suppress(self, address: str, reason: SuppressionReason) -> None:
        """Let nothing go to an address any more; what is no address is left alone."""
        suppress_address(self.connection, self.desk, address, reason, self.told, self.now)
