"""Sends with their enrollments, kept from everybody else until the transaction ends."""

from collections.abc import Collection, Mapping

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
    return _locked(connection, dict.fromkeys(send_ids))


def locked_again(
    connection: Connection, known: Mapping[int, StoredEnrollment]
) -> dict[int, tuple[StoredSend, StoredEnrollment]]:
    """The same where enrollments were read a moment ago: one that is as it was is that one."""
    return _locked(connection, known)


def _locked(
    connection: Connection, known: Mapping[int, StoredEnrollment | None]
) -> dict[int, tuple[StoredSend, StoredEnrollment]]:
    read_send = _PAIRS.reader(connection, slice(_SPLIT, None))
    read_enrollment = _PAIRS.reader(connection, slice(_SPLIT))
    found = {}
    for row in _PAIRS.raw(connection, {"many": list(known)}):
        send, raw = sends.stored(read_send(row[_SPLIT:])), row[:_SPLIT]
        before = known[send.id]
        if before is None or before.raw != raw:
            before = enrollments.stored_in(read_enrollment(raw), raw)
        found[send.id] = send, before
    return found
