"""Sends with their enrollments, kept from everybody else until the transaction ends."""

from collections.abc import Collection

import sqlalchemy as sa

from sequencer.store import enrollments, sends
from sequencer.store.database import Connection
from sequencer.store.enrollments import StoredEnrollment
from sequencer.store.prepared import Prepared, one_of
from sequencer.store.sends import StoredSend
from sequencer.store.tables import EnrollmentRow, SendRow

# Both rows are locked: of one that is only read, PostgreSQL would give what was there before the
# wait for the other. In one order, so that no two wait for each other.
_PAIRS = Prepared(
    sa.select(*enrollments.COLUMNS, *sends.COLUMNS)
    .join(SendRow, SendRow.enrollment_id == EnrollmentRow.id)
    .where(one_of(SendRow.id, "many"))
    .order_by(EnrollmentRow.id)
    .with_for_update(of=[EnrollmentRow, SendRow])
)
_SPLIT = len(enrollments.COLUMNS)


def locked(
    connection: Connection, send_ids: Collection[int]
) -> dict[int, tuple[StoredSend, StoredEnrollment]]:
    """Sends and their enrollments, by the numbers of the sends."""
    found = {}
    for row in _PAIRS.all(connection, {"many": list(send_ids)}):
        send = sends.stored(row[_SPLIT:])
        found[send.id] = send, enrollments.stored_in(row[:_SPLIT])
    return found
