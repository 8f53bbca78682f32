"""One transaction at a time for a key: what counts the same mails must not count side by side."""

import hashlib
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from sequencer.store.database import Connection
from sequencer.store.prepared import Listed, Prepared

_NUMBERS = sa.cast(sa.bindparam("numbers", type_=Listed()), ARRAY(sa.BigInteger))
_LOCK = Prepared(
    sa.select(
        sa.func.count(
            sa.func.pg_advisory_xact_lock(sa.func.unnest(_NUMBERS).column_valued("number"))
        )
    )
)


def wait_for_turn(connection: Connection, keys: Iterable[str]) -> None:
    """Return once no other transaction holds one of these keys; this one has them until it ends.

    SQLite has one writer at a time as it is.
    """
    if connection.dialect.name == "sqlite":
        return
    numbers = sorted({_number(key) for key in keys})  # in one order, so that none wait in a ring
    if numbers:
        _LOCK.scalar(connection, {"numbers": numbers})


def _number(key: str) -> int:
    """The key as PostgreSQL wants it; two keys of one number only wait for each other in vain."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big", signed=True)
