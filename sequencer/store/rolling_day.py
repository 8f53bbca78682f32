"""When did the oldest mail leave that a limit of the mailbox's provider still counts?"""

from datetime import datetime

import sqlalchemy as sa

from sequencer.store.database import Connection
from sequencer.store.tables import SendRow, TouchRow
from sequencer.store.traffic import EMAIL, OUT


def oldest_since(
    connection: Connection, mailbox: str, after: datetime, but: int
) -> datetime | None:
    """Instant of a mailbox's first mail after that one, sent by hand or by us.

    Args:
        connection: an open transaction.
        mailbox: its name.
        after: the instant.
        but: a send that does not count: one that was handed over and then refused.
    """
    ours = sa.select(sa.func.min(SendRow.handed_at, type_=SendRow.handed_at.type)).where(
        SendRow.mailbox == mailbox, SendRow.handed_at > after, SendRow.id != but
    )
    by_hand = sa.select(sa.func.min(TouchRow.at, type_=TouchRow.at.type)).where(
        TouchRow.mailbox == mailbox,
        TouchRow.at > after,
        TouchRow.channel == EMAIL,
        TouchRow.direction == OUT,
    )
    found = [connection.execute(query).scalar() for query in (ours, by_hand)]
    return min((at for at in found if at is not None), default=None)
