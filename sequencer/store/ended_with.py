"""Enrollments that ended in the same instant, for the same reason: one thing had ended them."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from sequencer.domain.enrollment import EnrollmentState, FinishReason
from sequencer.store.database import Connection
from sequencer.store.tables import EnrollmentRow, ProspectRow


def ended_with(
    connection: Connection,
    at: datetime,
    reason: FinishReason,
    people: Sequence[int],
    accounts: Sequence[str],
) -> list[int]:
    """Numbers of those of these people, and of everybody of these accounts, in their order."""
    query = (
        sa.select(EnrollmentRow.id)
        .join(ProspectRow, ProspectRow.id == EnrollmentRow.prospect_id)
        .where(
            EnrollmentRow.finished_at == at,
            EnrollmentRow.state == EnrollmentState.FINISHED,
            EnrollmentRow.finish_reason == reason,
            sa.or_(ProspectRow.id.in_(people), ProspectRow.account_key.in_(accounts)),
        )
    )
    return list(connection.execute(query.order_by(EnrollmentRow.id)).scalars())
