"""The exact bytes of mails: written at each claim, read only where a mail may have left before."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from sequencer.store.database import Connection
from sequencer.store.prepared import Prepared
from sequencer.store.tables import SendBytesRow

_KEEP = {
    name: Prepared(
        insert(SendBytesRow).on_conflict_do_update(
            index_elements=["send_id"], set_={"data": sa.literal_column("excluded.data")}
        ),
        ("send_id", "data"),
    )
    for name, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}
_ONE = sa.select(SendBytesRow.data).where(SendBytesRow.send_id == sa.bindparam("one"))


def keep(connection: Connection, mails: Mapping[int, bytes]) -> None:
    """Store the mails of these sends, in place of what they had before."""
    rows = [{"send_id": number, "data": data} for number, data in mails.items()]
    _KEEP[connection.dialect.name].each(connection, rows)


def of(connection: Connection, send_id: int) -> bytes | None:
    """The mail of a send, None where none was written yet."""
    return connection.execute(_ONE, {"one": send_id}).scalar()
