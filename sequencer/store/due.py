"""Which sends are due? Asked all the time, so that it may cost what is due, not what is enrolled.

Only an index over what waits answers that: it holds nothing that has ended, is paused or under way.
Its condition stands in each query in the same words.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from sequencer.store.database import Connection
from sequencer.store.prepared import Prepared
from sequencer.store.tables import WAITS, SendRow

_WAITS = sa.text(WAITS)
_OF_ONE = SendRow.mailbox == sa.bindparam("one")
_IS_DUE = SendRow.due_at <= sa.bindparam("now", type_=SendRow.due_at.type)
_NEXT_DUE = {
    follow_up: Prepared(
        sa.select(SendRow.id)
        .where(_WAITS, _OF_ONE, _IS_DUE, SendRow.follow_up.is_(follow_up))
        .order_by(SendRow.due_at, SendRow.id)
        .limit(sa.bindparam("most"))
    )
    for follow_up in (True, False)
}
_EARLIEST = Prepared.of_firsts(
    Prepared(
        sa.select(sa.func.min(SendRow.due_at, type_=SendRow.due_at.type)).where(
            _WAITS, _OF_ONE, SendRow.follow_up.is_(follow_up)
        )
    )
    for follow_up in (True, False)
)


def next_due(
    connection: Connection, mailbox: str, now: datetime, limit: int, *, follow_up: bool
) -> list[int]:
    """Numbers of the follow-ups, or of the first touches, due in a mailbox, the oldest first."""
    values = {"one": mailbox, "now": now, "most": limit}
    return [number for (number,) in _NEXT_DUE[follow_up].all(connection, values)]


def next_due_at(connection: Connection, mailbox: str) -> datetime | None:
    """Earliest due time of what is open in a mailbox and whose enrollment runs."""
    [found] = _EARLIEST.all(connection, {"one": mailbox})
    return min((at for at in found if at is not None), default=None)


def due_in(connection: Connection, names: Sequence[str], now: datetime, limit: int) -> list[int]:
    """Numbers of the sends due in these mailboxes, the oldest first."""
    query = (
        sa.select(SendRow.id)
        .where(_WAITS, SendRow.mailbox.in_(names), _IS_DUE)
        .order_by(SendRow.due_at, SendRow.id)
        .limit(limit)
    )
    return list(connection.execute(query, {"now": now}).scalars())
