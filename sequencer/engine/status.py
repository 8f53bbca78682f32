"""What is going on: enrollments by cadence and state, mailboxes, what comes next."""

from dataclasses import dataclass
from datetime import datetime

from sequencer.domain.mailbox import MailboxHealth
from sequencer.domain.pacing import DAY
from sequencer.domain.send import SendState
from sequencer.engine.desk import Desk
from sequencer.store import cadences, enrollments, inbound, mailboxes, sends
from sequencer.store.database import Connection
from sequencer.store.enrollments import Count


@dataclass(frozen=True, slots=True)
class MailboxStatus:
    """One mailbox: health, mails of the last 24 hours against its cap, what waits."""

    name: str
    address: str
    health: MailboxHealth
    sent_24h: int
    per_day: int
    waiting: int
    in_doubt: int
    parked: int
    next_due_at: datetime | None
    held_by: str | None


@dataclass(frozen=True, slots=True)
class Status:
    """The whole picture."""

    cadences: tuple[str, ...]
    enrollments: tuple[Count, ...]
    mailboxes: tuple[MailboxStatus, ...]
    received: dict[str, int]


def status(connection: Connection, desk: Desk, now: datetime) -> Status:
    """The state of the workspace at this moment."""
    waiting = sends.states_of_mailboxes(connection)
    known = {each.name: each for each in mailboxes.listed(connection)}
    rows = []
    for name, policy in sorted(desk.policy.mailboxes.items()):
        stored = known.get(name)
        rows.append(
            MailboxStatus(
                name=name,
                address=policy.address,
                health=stored.health if stored else MailboxHealth(),
                sent_24h=len(sends.handed_since(connection, name, now - DAY)),
                per_day=policy.pace.per_day,
                waiting=waiting.get((name, SendState.QUEUED), 0)
                + waiting.get((name, SendState.DEFERRED), 0),
                in_doubt=waiting.get((name, SendState.UNKNOWN), 0),
                parked=waiting.get((name, SendState.PARKED), 0),
                next_due_at=sends.next_due_at(connection, name),
                held_by=stored.holder if stored else None,
            )
        )
    return Status(
        cadences=tuple(cadences.slugs(connection)),
        enrollments=tuple(enrollments.counts(connection)),
        mailboxes=tuple(rows),
        received=inbound.counts(connection),
    )
