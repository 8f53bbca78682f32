"""Which sends are due? Asked all the time, so that it may cost what is due, not what is enrolled.

Only an index over what waits answers that: it holds nothing that has ended, is paused or under way.
Its condition stands in each query in the same words.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa

from sequencer.store.database import Connection
from sequencer.store.prepared import Prepared, one_of
from sequencer.store.tables import WAITS, MailboxRow, SendRow

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
# When the first follow-up, or the first touch, is due in the mailbox of a row. Scalars, so that no
# planner turns them into a join over everything that waits.
FIRST_DUE = {
    follow_up: sa.select(sa.func.min(SendRow.due_at, type_=SendRow.due_at.type))
    .where(SendRow.mailbox == MailboxRow.name, SendRow.follow_up.is_(follow_up), _WAITS)
    .scalar_subquery()
    for follow_up in (True, False)
}
_EARLIEST = Prepared(
    sa.select(MailboxRow.name, *FIRST_DUE.values()).where(one_of(MailboxRow.name, "names"))
)


def next_due(
    connection: Connection, mailbox: str, now: datetime, limit: int, *, follow_up: bool
) -> list[int]:
    """Numbers of the follow-ups, or of the first touches, due in a mailbox, the oldest first."""
    values = {"one": mailbox, "now": now, "most": limit}
    return [number for (number,) in _NEXT_DUE[follow_up].all(connection, values)]


def earliest(connection: Connection, names: Collection[str]) -> dict[str, datetime]:
    """When the first mail that waits is due in each of these mailboxes; one without is left out."""
    rows = _EARLIEST.all(connection, {"names": list(names)})
    found = {name: [at for at in instants if at is not None] for name, *instants in rows}
    return {name: min(instants) for name, instants in found.items() if instants}


def due_in(connection: Connection, names: Sequence[str], now: datetime, limit: int) -> list[int]:
    """Numbers of the sends due in these mailboxes, the oldest first."""
    query = (
        sa.select(SendRow.id)
        .where(_WAITS, SendRow.mailbox.in_(names), _IS_DUE)
        .order_by(SendRow.due_at, SendRow.id)
        .limit(limit)
    )
    return list(connection.execute(query, {"now": now}).scalars())
