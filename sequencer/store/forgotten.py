"""What a restored database is looked through for: mails that met nobody, and who is still live."""

from datetime import datetime

import sqlalchemy as sa

from sequencer.domain.enrollment import EnrollmentState
from sequencer.store.database import Connection
from sequencer.store.outside_tables import InboundRow
from sequencer.store.tables import EnrollmentRow, TaskRow


def forget_unmatched(connection: Connection, mailbox: str, since: datetime) -> int:
    """How many mails that came in since, and met nobody, are to be looked at once more."""
    result = connection.execute(
        sa.delete(InboundRow).where(
            InboundRow.mailbox == mailbox,
            InboundRow.stored_at >= since,
            InboundRow.enrollment_id.is_(None),
            ~sa.exists().where(TaskRow.inbound_id == InboundRow.id),
        )
    )
    return result.rowcount


def live_enrollments(
    connection: Connection, after: int, limit: int
) -> list[tuple[int, str, str | None]]:
    """Number, version and mailbox of live enrollments with higher numbers, in their order."""
    rows = connection.execute(
        sa.select(EnrollmentRow.id, EnrollmentRow.version_hash, EnrollmentRow.mailbox)
        .where(EnrollmentRow.id > after, EnrollmentRow.state != EnrollmentState.FINISHED)
        .order_by(EnrollmentRow.id)
        .limit(limit)
    )
    return [(row.id, row.version_hash, row.mailbox) for row in rows]
