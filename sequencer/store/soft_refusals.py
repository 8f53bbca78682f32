"""Which mails did a person's address refuse for now? As the ledger tells it."""

import sqlalchemy as sa

from sequencer.domain.ledger import Kind
from sequencer.domain.soft_refusal import SoftRefusal
from sequencer.store.database import Connection
from sequencer.store.tables import LedgerRow

MOST = 500  # entries that are looked at, the newest: a mail has a handful of tries


def of_prospect(connection: Connection, prospect_id: int) -> list[SoftRefusal]:
    """The refusals that count, in their order: those since the address was last left alone."""
    own = LedgerRow.prospect_id == prospect_id
    left_alone = sa.select(sa.func.max(LedgerRow.id)).where(own, LedgerRow.kind == Kind.LEFT_ALONE)
    query = (
        sa.select(LedgerRow.enrollment_id, LedgerRow.step_id, LedgerRow.at)
        .where(
            own,
            LedgerRow.kind == Kind.NOT_NOW,
            LedgerRow.id > sa.func.coalesce(left_alone.scalar_subquery(), 0),
        )
        .order_by(LedgerRow.id.desc())
        .limit(MOST)
    )
    rows = connection.execute(query).all()
    return [SoftRefusal(row.enrollment_id, row.step_id, row.at) for row in reversed(rows)]
