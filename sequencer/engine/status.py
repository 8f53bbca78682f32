"""What is going on: enrollments by cadence and state, mailboxes, daemons, what comes next."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sequencer.domain.mailbox import MailboxHealth
from sequencer.domain.pacing import Pace
from sequencer.domain.rolling import DAY, HOUR, WEEK
from sequencer.domain.send import SendState
from sequencer.engine.desk import Desk
from sequencer.engine.leases import LEASE
from sequencer.engine.outside_list import OutsideState, outside_states
from sequencer.engine.variant_results import Proposal, proposals
from sequencer.store import (
    cadences,
    census,
    daemons,
    draining,
    due,
    inbound,
    leases,
    mailboxes,
    sends,
    tasks,
    traffic,
)
from sequencer.store.census import Count
from sequencer.store.database import Connection, database_now
from sequencer.store.draining import Draining
from sequencer.store.epoch import why_held
from sequencer.store.inbound import Aside, Complaints
from sequencer.store.tasks import OpenCount

COMPLAINED_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Usage:
    """How much of its limits a mailbox has used, mails by hand among them.

    Attributes:
        per_day: what it may send in 24 hours now; less than in the end for a new mailbox.
        ramp_to: what it may send in the end, None where that is the same.
    """

    sent_hour: int
    per_hour: int
    sent_24h: int
    per_day: int
    ramp_to: int | None
    sent_week: int
    per_week: int | None
    by_hand_24h: int


@dataclass(frozen=True, slots=True)
class MailboxStatus:
    """One mailbox: health, what it has sent against its limits, what waits."""

    name: str
    address: str
    health: MailboxHealth
    usage: Usage
    waiting: int
    in_doubt: int
    parked: int
    next_due_at: datetime | None
    held_by: str | None


@dataclass(frozen=True, slots=True)
class DaemonStatus:
    """A daemon that lives, by the database's clock, and the mailboxes that it serves."""

    name: str
    started_at: datetime
    seen_at: datetime
    mailboxes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Status:
    """The whole picture; `held` says why nothing leaves, and is empty where mails may leave.

    `complaints`, and `unread` mails that could not be read, are those of the last 30 days;
    `outside` are the calendars and booking tools that daemons ask; `draining` are the cadences that
    take nobody in any more; `winners` are mails of which one variant is better than the others.
    """

    cadences: tuple[str, ...]
    enrollments: tuple[Count, ...]
    mailboxes: tuple[MailboxStatus, ...]
    received: dict[str, int]
    tasks: tuple[OpenCount, ...] = ()
    held: str = ""
    daemons: tuple[DaemonStatus, ...] = ()
    complaints: tuple[Complaints, ...] = ()
    unread: tuple[Aside, ...] = ()
    outside: tuple[OutsideState, ...] = ()
    draining: tuple[Draining, ...] = ()
    winners: tuple[Proposal, ...] = ()


def status(connection: Connection, desk: Desk, now: datetime) -> Status:
    """The state of the workspace at this moment."""
    waiting = sends.states_of_mailboxes(connection)
    known = {each.name: each for each in mailboxes.listed(connection)}
    at = database_now(connection)
    holders = leases.holders(connection, at)
    next_due_at = due.earliest(connection, desk.policy.mailboxes)
    rows = []
    for name, policy in sorted(desk.policy.mailboxes.items()):
        stored = known.get(name)
        rows.append(
            MailboxStatus(
                name=name,
                address=policy.address,
                health=stored.health if stored else MailboxHealth(),
                usage=usage_of(connection, name, policy.pace, now),
                waiting=waiting.get((name, SendState.QUEUED), 0)
                + waiting.get((name, SendState.DEFERRED), 0),
                in_doubt=waiting.get((name, SendState.UNKNOWN), 0),
                parked=waiting.get((name, SendState.PARKED), 0),
                next_due_at=next_due_at.get(name),
                held_by=holders.get(name),
            )
        )
    return Status(
        cadences=tuple(cadences.slugs(connection)),
        enrollments=tuple(census.counts(connection)),
        mailboxes=tuple(rows),
        received=inbound.counts(connection),
        tasks=tuple(tasks.counts(connection, now)),
        held=why_held(connection),
        daemons=tuple(_daemons(connection, holders, at)),
        complaints=tuple(inbound.complaints(connection, now - COMPLAINED_WITHIN)),
        unread=tuple(inbound.listed_aside(connection, now - COMPLAINED_WITHIN)),
        outside=tuple(outside_states(connection)),
        draining=tuple(draining.listed(connection)),
        winners=tuple(proposals(connection, desk, now)),
    )


def _daemons(
    connection: Connection, holders: Mapping[str, str], at: datetime
) -> Iterator[DaemonStatus]:
    """The eldest first."""
    for each in daemons.living(connection, at - LEASE):
        served = sorted(name for name, holder in holders.items() if holder == each.name)
        yield DaemonStatus(each.name, each.started_at, each.seen_at, tuple(served))


def usage_of(connection: Connection, mailbox: str, pace: Pace, now: datetime) -> Usage:
    """How much of its limits a mailbox has used at this moment."""
    hour, day, week = traffic.counts_of_mailbox(
        connection, mailbox, [now - period for period in (HOUR, DAY, WEEK)]
    )
    mail_days = traffic.mail_days_of(connection, mailbox, pace.mail_days)
    per_day = pace.daily(mail_days).at(now)
    return Usage(
        sent_hour=hour.number,
        per_hour=pace.hourly(mail_days).at(now),
        sent_24h=day.number,
        per_day=per_day,
        ramp_to=pace.per_day if per_day < pace.per_day else None,
        sent_week=week.number,
        per_week=pace.per_week,
        by_hand_24h=day.by_hand,
    )
