"""Who went from one version of their cadence to another, and when."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from sequencer.store.database import Connection
from sequencer.store.desk_tables import CrossingRow
from sequencer.store.enrollments import StoredEnrollment
from sequencer.store.tables import EnrollmentRow, SendRow


def cross(
    connection: Connection,
    stored: StoredEnrollment,
    to_hash: str,
    overrides: Mapping[str, Any],
    now: datetime,
) -> bool:
    """Whether an enrollment goes on in that version; not if it has changed since it was loaded."""
    row, before = EnrollmentRow, stored.enrollment
    changed = connection.execute(
        sa.update(row)
        .where(
            row.id == stored.id,
            row.version_hash == stored.version_hash,
            row.state == before.state,
            row.step_id.is_not_distinct_from(before.step),
        )
        .values(version_hash=to_hash, overrides=dict(overrides))
    )
    if changed.rowcount != 1:
        return False
    last = sa.select(sa.func.coalesce(sa.func.max(SendRow.id), 0)).where(
        SendRow.enrollment_id == stored.id, SendRow.handed_at.is_not(None)
    )
    connection.execute(
        sa.insert(CrossingRow).values(
            enrollment_id=stored.id,
            at=now,
            from_hash=stored.version_hash,
            to_hash=to_hash,
            last_send_id=last.scalar_subquery(),
        )
    )
    return True


def version_then() -> sa.ColumnElement[str]:
    """The version that an enrollment was in when its mail was handed over.

    Nothing of it was under way in the moment in which it went over to another one.
    """
    first_after = (
        sa.select(CrossingRow.from_hash)
        .where(
            CrossingRow.enrollment_id == SendRow.enrollment_id,
            sa.or_(
                CrossingRow.at > SendRow.handed_at,
                sa.and_(
                    CrossingRow.at == SendRow.handed_at, CrossingRow.last_send_id >= SendRow.id
                ),
            ),
        )
        .order_by(CrossingRow.at, CrossingRow.id)
        .limit(1)
        .correlate(SendRow)
        .scalar_subquery()
    )
    return sa.func.coalesce(first_after, EnrollmentRow.version_hash)
