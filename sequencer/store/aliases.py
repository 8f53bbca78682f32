"""Other addresses of prospects, each by the word of a person."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from sequencer.domain.address import key_of
from sequencer.store.columns import cut, is_storable
from sequencer.store.database import Connection
from sequencer.store.meeting_tables import AliasRow

MOST = 320  # characters of an address


def find_many(connection: Connection, keys: Sequence[str]) -> dict[str, int]:
    """Numbers of the prospects, by those of these address keys that are known to be theirs too."""
    query = sa.select(AliasRow.email_key, AliasRow.prospect_id).where(AliasRow.email_key.in_(keys))
    return {row.email_key: row.prospect_id for row in connection.execute(query)}


def of_person(connection: Connection, prospect_id: int) -> list[str]:
    """Keys of the other addresses of a prospect."""
    here = AliasRow.prospect_id == prospect_id
    query = sa.select(AliasRow.email_key).where(here).order_by(AliasRow.email_key)
    return list(connection.execute(query).scalars())


def add(connection: Connection, address: str, prospect_id: int, by: str, now: datetime) -> bool:
    """Whether the address is known to be that prospect's from now on; not so where it is none."""
    key = key_of(address)
    if not key or not is_storable(key) or len(key) > MOST:
        return False
    connection.execute(sa.delete(AliasRow).where(AliasRow.email_key == key))
    values = {"email_key": key, "prospect_id": prospect_id, "at": now, "by": cut(by, 128)}
    connection.execute(sa.insert(AliasRow).values(**values))
    return True
