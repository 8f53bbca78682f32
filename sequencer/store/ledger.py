"""Write and read the ledger."""

from collections.abc import Iterable
from dataclasses import fields

import sqlalchemy as sa

from sequencer.domain.ledger import Entry, Kind
from sequencer.store import news
from sequencer.store.columns import cut
from sequencer.store.database import Connection
from sequencer.store.prepared import Prepared
from sequencer.store.tables import LedgerRow

_COLUMNS = tuple(each.name for each in fields(Entry))  # `asdict` copies every instant as well
_ADD = Prepared(sa.insert(LedgerRow), _COLUMNS)
_ADD_TOLD = sa.insert(LedgerRow).returning(LedgerRow.id, LedgerRow.at)


def write(connection: Connection, *entries: Entry) -> None:
    """Append entries; they get their order from the commit."""
    write_all(connection, entries)


def write_all(connection: Connection, entries: Iterable[Entry]) -> None:
    """Append many entries in one statement."""
    rows = [
        {name: getattr(entry, name) for name in _COLUMNS} | {"detail": cut(entry.detail)}
        for entry in entries
    ]
    if not rows:
        return
    if news.newest_of(connection) is None:
        _ADD.each(connection, rows)
        return
    # A server may be replaced by one that lags behind: what it must know is remembered here.
    written = connection.execute(_ADD_TOLD, rows)
    news.of(connection).entries += [(row.id, row.at) for row in written]


def of_prospect(connection: Connection, prospect_id: int) -> list[Entry]:
    """Everything that happened to one person, oldest first."""
    rows = connection.execute(
        sa.select(LedgerRow.__table__)
        .where(LedgerRow.prospect_id == prospect_id)
        .order_by(LedgerRow.at, LedgerRow.id)
    )
    return [_entry(row) for row in rows]


def latest(connection: Connection, limit: int, after_id: int = 0) -> list[tuple[int, Entry]]:
    """Entries with their numbers, oldest first: those after a number, at most `limit`."""
    rows = connection.execute(
        sa.select(LedgerRow.__table__)
        .where(LedgerRow.id > after_id)
        .order_by(LedgerRow.id)
        .limit(limit)
    )
    return [(row.id, _entry(row)) for row in rows]


def was_in_doubt(connection: Connection, enrollment_id: int, step_id: str) -> bool:
    """Whether it was ever unknown if that step's mail had left."""
    query = sa.select(LedgerRow.id).where(
        LedgerRow.enrollment_id == enrollment_id,
        LedgerRow.step_id == step_id,
        LedgerRow.kind == Kind.IN_DOUBT,
    )
    return connection.execute(query.limit(1)).first() is not None


def _entry(row: sa.Row[tuple[object, ...]]) -> Entry:
    return Entry(
        at=row.at,
        kind=Kind(row.kind),
        detail=row.detail,
        prospect_id=row.prospect_id,
        enrollment_id=row.enrollment_id,
        mailbox=row.mailbox,
        step_id=row.step_id,
    )
