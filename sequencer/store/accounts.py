"""What is known of companies, for templates: values by the key of the account."""

from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa

from sequencer.store.database import Connection
from sequencer.store.desk_tables import AccountRow
from sequencer.store.insert import insert_missing
from sequencer.store.prepared import Prepared, one_of

_OF = Prepared(
    sa.select(AccountRow.account_key, AccountRow.fields).where(
        one_of(AccountRow.account_key, "many")
    )
)
_REPLACE = (
    sa.update(AccountRow)
    .where(AccountRow.account_key == sa.bindparam("one"))
    .values(fields=sa.bindparam("new_fields"), updated_at=sa.bindparam("new_at"))
)


def of(connection: Connection, keys: Collection[str]) -> dict[str, dict[str, str]]:
    """Values by account; an account of which nothing is known is left out."""
    if not keys:
        return {}
    return dict(tuple(row) for row in _OF.all(connection, {"many": list(keys)}))


def replace(
    connection: Connection, accounts: Mapping[str, Mapping[str, str]], now: datetime
) -> tuple[int, int]:
    """Put these values in place of those known before; how many are new, and how many changed."""
    known = of(connection, list(accounts))
    fresh = [
        {"account_key": key, "fields": dict(fields), "updated_at": now}
        for key, fields in accounts.items()
        if key not in known
    ]
    insert_missing(connection, AccountRow, fresh)
    changed = [
        {"one": key, "new_fields": dict(fields), "new_at": now}
        for key, fields in accounts.items()
        if key in known and known[key] != dict(fields)
    ]
    if changed:
        connection.execute(_REPLACE, changed)
    return len(fresh), len(changed)


def forget(connection: Connection, keys: Collection[str]) -> int:
    """Take away what is known of these accounts; how many there were."""
    if not keys:
        return 0
    gone = sa.delete(AccountRow).where(AccountRow.account_key.in_(list(keys)))
    return connection.execute(gone).rowcount
