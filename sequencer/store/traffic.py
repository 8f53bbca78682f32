"""What left lately: instants of mails and of touches, as few as the limits of pacing need.

A mailbox may have thousands of mails in a day, and is looked at before each of them: so the
database counts, and gives out instants only where a limit is reached.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from sequencer.domain.send import OPEN_STATES, SendState
from sequencer.store.database import Connection
from sequencer.store.tables import EnrollmentRow, ProspectRow, SendRow, TouchRow

OUT = "out"
EMAIL = "email"
_ABOUT_TO_LEAVE = OPEN_STATES | {SendState.CLAIMED}


@dataclass(frozen=True, slots=True)
class Since:
    """How many mails of a mailbox left, or may have left, after an instant."""

    at: datetime
    ours: int
    by_hand: int

    @property
    def number(self) -> int:
        """All of them."""
        return self.ours + self.by_hand


def counts_of_mailbox(
    connection: Connection, mailbox: str, instants: Sequence[datetime]
) -> list[Since]:
    """How many mails of a mailbox left after each of these instants."""
    number = sa.func.count()
    columns = []
    for after in instants:
        ours = sa.select(number).where(SendRow.mailbox == mailbox, SendRow.handed_at > after)
        by_hand = sa.select(number).where(
            TouchRow.mailbox == mailbox, TouchRow.at > after, *_mail_out()
        )
        columns += [ours.scalar_subquery(), by_hand.scalar_subquery()]
    row = connection.execute(sa.select(*columns)).one()
    pairs = zip(row[::2], row[1::2], strict=True)
    return [Since(at, *pair) for at, pair in zip(instants, pairs, strict=True)]


def newest_of_mailbox(connection: Connection, mailbox: str, limit: int) -> list[datetime]:
    """Instants of a mailbox's last mails, those by hand among them, in order."""
    ours = sa.select(SendRow.handed_at.label("at")).where(
        SendRow.mailbox == mailbox, SendRow.handed_at.is_not(None)
    )
    by_hand = sa.select(TouchRow.at).where(TouchRow.mailbox == mailbox, *_mail_out())
    return _newest(connection, [ours, by_hand], limit)


def first_of_mailbox(connection: Connection, mailbox: str) -> datetime | None:
    """Instant of the first mail that we sent from a mailbox."""
    handed_at = sa.func.min(SendRow.handed_at, type_=SendRow.handed_at.type)
    return connection.execute(sa.select(handed_at).where(SendRow.mailbox == mailbox)).scalar()


def newest_to_person(
    connection: Connection, prospect_id: int, after: datetime, limit: int
) -> list[datetime]:
    """Instants of the last mails to a person, those by hand among them, in order."""
    ours = (
        sa.select(SendRow.handed_at.label("at"))
        .join(EnrollmentRow, EnrollmentRow.id == SendRow.enrollment_id)
        .where(EnrollmentRow.prospect_id == prospect_id, SendRow.handed_at > after)
    )
    by_hand = sa.select(TouchRow.at).where(
        TouchRow.prospect_id == prospect_id, TouchRow.at > after, *_mail_out()
    )
    return _newest(connection, [ours, by_hand], limit)


def newest_to_domain(
    connection: Connection, domain: str, after: datetime, limit: int
) -> list[datetime]:
    """Instants of our last mails to anybody at a domain (a domain key), in order."""
    ours = (
        sa.select(SendRow.handed_at.label("at"))
        .join(EnrollmentRow, EnrollmentRow.id == SendRow.enrollment_id)
        .join(ProspectRow, ProspectRow.id == EnrollmentRow.prospect_id)
        .where(ProspectRow.domain_key == domain, SendRow.handed_at > after)
    )
    return _newest(connection, [ours], limit)


def newest_first_touches(
    connection: Connection, slug: str, after: datetime, limit: int
) -> list[datetime]:
    """Instants of the last first touches of a cadence, in order."""
    ours = (
        sa.select(SendRow.handed_at.label("at"))
        .join(EnrollmentRow, EnrollmentRow.id == SendRow.enrollment_id)
        .where(EnrollmentRow.slug == slug, SendRow.handed_at > after, SendRow.follow_up.is_(False))
    )
    return _newest(connection, [ours], limit)


def is_first_touch(connection: Connection, enrollment_id: int) -> bool:
    """Whether the mail that an enrollment waits for is its first touch."""
    query = sa.select(SendRow.id).where(
        SendRow.enrollment_id == enrollment_id,
        SendRow.follow_up.is_(False),
        SendRow.state.in_(_ABOUT_TO_LEAVE),
    )
    return connection.execute(query.limit(1)).first() is not None


def recent_kinds(connection: Connection, mailbox: str, limit: int) -> list[bool]:
    """For each of the mailbox's last mails, the oldest first, whether it was a follow-up."""
    query = (
        sa.select(SendRow.follow_up)
        .where(SendRow.mailbox == mailbox, SendRow.handed_at.is_not(None))
        .order_by(SendRow.handed_at.desc(), SendRow.id.desc())
        .limit(limit)
    )
    return list(connection.execute(query).scalars())[::-1]


def _mail_out() -> tuple[sa.ColumnElement[bool], ...]:
    return (TouchRow.channel == EMAIL, TouchRow.direction == OUT)


def _newest(
    connection: Connection, sources: Sequence[sa.Select[Any]], limit: int
) -> list[datetime]:
    """The last instants of several sources, in order; each source is read no further than that."""
    found: list[datetime] = []
    for query in sources:
        at = query.selected_columns[0]
        found += connection.execute(query.order_by(at.desc()).limit(limit)).scalars()
    return sorted(found)[-limit:] if limit else []
