"""Sends of which nobody knows whether they left, and the mails beside them that certainly did."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sequencer.domain.send import SendState
from sequencer.store.database import Connection
from sequencer.store.prepared import Prepared
from sequencer.store.tables import (
    UNDER_WAY,
    EnrollmentRow,
    ProspectRow,
    SendBytesRow,
    SendRow,
)

DOUBTFUL = (SendState.UNKNOWN, SendState.PARKED)
# Since when the send is in doubt that is so for longest; in the words of the index.
SINCE = Prepared(
    sa.select(sa.func.min(SendRow.handed_at, type_=SendRow.handed_at.type)).where(
        sa.text(UNDER_WAY), SendRow.state == SendState.UNKNOWN
    )
)


@dataclass(frozen=True, slots=True)
class DoubtRow:
    """A send in doubt, with whom and what it belongs to."""

    number: int
    state: SendState
    email: str
    enrollment_id: int
    slug: str
    step_id: str
    mailbox: str
    subject: str
    since: datetime
    why: str


def listed(connection: Connection, limit: int) -> list[DoubtRow]:
    """The sends in doubt, the oldest first; those that wait for a person before the others."""
    query = (
        sa.select(
            SendRow.id,
            SendRow.state,
            ProspectRow.email,
            SendRow.enrollment_id,
            EnrollmentRow.slug,
            SendRow.step_id,
            SendRow.mailbox,
            SendRow.subject,
            SendRow.handed_at,
            SendRow.due_at,
            SendRow.why,
        )
        .join(EnrollmentRow, EnrollmentRow.id == SendRow.enrollment_id)
        .join(ProspectRow, ProspectRow.id == EnrollmentRow.prospect_id)
        .where(SendRow.state.in_(DOUBTFUL))
        .order_by(SendRow.state, SendRow.handed_at, SendRow.id)
        .limit(limit)
    )
    return [
        DoubtRow(
            number=row.id,
            state=SendState(row.state),
            email=row.email,
            enrollment_id=row.enrollment_id,
            slug=row.slug,
            step_id=row.step_id,
            mailbox=row.mailbox,
            subject=row.subject or "",
            since=row.handed_at or row.due_at,
            why=row.why,
        )
        for row in connection.execute(query)
    ]


def is_known(connection: Connection, number: int) -> bool:
    """Whether there is a send of that number, in doubt or not."""
    return connection.execute(sa.select(SendRow.id).where(SendRow.id == number)).first() is not None


def keys_of(connection: Connection, mailbox: str, limit: int) -> list[tuple[int, str, str]]:
    """Numbers of a mailbox's sends in doubt, each with its enrollment's key and its step."""
    query = (
        sa.select(SendRow.id, EnrollmentRow.key, SendRow.step_id)
        .join(EnrollmentRow, EnrollmentRow.id == SendRow.enrollment_id)
        .where(
            SendRow.mailbox == mailbox,
            SendRow.state.in_(DOUBTFUL),
            sa.text(f"send.{UNDER_WAY}"),  # for the index
        )
        .order_by(SendRow.id.desc())
        .limit(limit)
    )
    return [(row.id, row.key, row.step_id) for row in connection.execute(query)]


def accepted_since(
    connection: Connection, mailbox: str, since: datetime, limit: int
) -> list[tuple[datetime, bytes]]:
    """When the latest mails of a mailbox left that count as sent, and their bytes."""
    query = (
        sa.select(SendRow.handed_at, SendBytesRow.data)
        .join(SendBytesRow, SendBytesRow.send_id == SendRow.id)
        .where(
            SendRow.mailbox == mailbox,
            SendRow.state == SendState.SENT,
            SendRow.handed_at >= since,
        )
        .order_by(SendRow.handed_at.desc())
        .limit(limit)
    )
    return [(row.handed_at, row.data) for row in connection.execute(query)]
