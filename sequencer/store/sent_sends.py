"""Sends that the ledger has as sent, for a comparison with what lies in Sent."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sequencer.domain.send import SendState
from sequencer.store.database import Connection
from sequencer.store.tables import SendRow


@dataclass(frozen=True, slots=True)
class SentSend:
    """A send that counts as sent, and why."""

    id: int
    enrollment_id: int
    step_id: str
    recipient: str
    handed_at: datetime
    why: str


def handed_between(
    connection: Connection, mailbox: str, begin: datetime, end: datetime
) -> list[SentSend]:
    """What left a mailbox between these instants, the oldest first."""
    handed_at = SendRow.__table__.c.handed_at
    rows = connection.execute(
        sa.select(
            SendRow.id,
            SendRow.enrollment_id,
            SendRow.step_id,
            sa.func.coalesce(SendRow.recipient, ""),
            handed_at,
            SendRow.why,
        )
        .where(
            SendRow.mailbox == mailbox,
            SendRow.handed_at.between(begin, end),
            SendRow.state == SendState.SENT,
        )
        .order_by(SendRow.handed_at, SendRow.id)
    )
    return [SentSend(*row) for row in rows]
