"""What was learned about the providers of mailboxes, one row for each."""

from dataclasses import asdict

import sqlalchemy as sa

from sequencer.domain.capability import Capability
from sequencer.store.columns import cut
from sequencer.store.database import Connection
from sequencer.store.insert import insert_new
from sequencer.store.prepared import Prepared
from sequencer.store.tables import CapabilityRow

_NAMES = tuple(column.name for column in CapabilityRow.__table__.columns)
_ONE = Prepared(
    sa.select(CapabilityRow.__table__).where(
        CapabilityRow.mailbox == sa.bindparam("one"),
        CapabilityRow.server == sa.bindparam("servers"),
    )
)


def get(connection: Connection, mailbox: str, server: str) -> Capability | None:
    """What is known of a mailbox on these servers; None if nothing is, or of others only."""
    rows = _ONE.all(connection, {"one": mailbox, "servers": server})
    return Capability(**dict(zip(_NAMES, rows[0], strict=True))) if rows else None


def save(connection: Connection, capability: Capability) -> None:
    """Store it in the place of what was known of that mailbox before."""
    values = {**asdict(capability), "problem": cut(capability.problem)}
    if not insert_new(connection, CapabilityRow, values):
        mailbox = values.pop("mailbox")
        update = sa.update(CapabilityRow).where(CapabilityRow.mailbox == mailbox)
        connection.execute(update.values(**values))


def forget(connection: Connection, mailbox: str) -> None:
    """Take away what was known of a mailbox."""
    connection.execute(sa.delete(CapabilityRow).where(CapabilityRow.mailbox == mailbox))


def under_way(connection: Connection) -> list[Capability]:
    """Mailboxes with a probe that is looked for."""
    query = sa.select(CapabilityRow.__table__).where(CapabilityRow.key != "")
    return [Capability(**row._mapping) for row in connection.execute(query)]
