"""Write and read the ledger."""

from collections.abc import Iterable
from dataclasses import fields, replace
from operator import attrgetter

import sqlalchemy as sa

from sequencer.domain.ledger import Entry, Kind
from sequencer.store import news
from sequencer.store.columns import cut
from sequencer.store.database import Connection
from sequencer.store.prepared import Prepared
from sequencer.store.tables import LedgerRow

_COLUMNS = tuple(each.name for each in fields(Entry))  # `asdict` copies every instant as well
_ADD = Prepared(sa.insert(LedgerRow), _COLUMNS, attrgetter)
_LAST = Prepared(sa.select(sa.func.lastval()))  # on a server: the number that was given out last


def write(connection: Connection, *entries: Entry) -> None:
    """Append entries; they get their order from the commit."""
    write_all(connection, entries)


def write_all(connection: Connection, entries: Iterable[Entry]) -> None:
    """Append many entries in one statement."""
    new = [_fitting(entry) for entry in entries]
    if not new:
        return
    _ADD.each(connection, new)
    if news.newest_of(connection) is not None:
        # A server may be replaced by one that lags behind: what it must know is remembered here.
        news.of(connection).entries.append((_LAST.scalar(connection, {}), new[-1].at))


def _fitting(entry: Entry) -> Entry:
    """The entry with as much of its detail as can be stored, mostly all of it."""
    detail = cut(entry.detail)
    return entry if detail == entry.detail else replace(entry, detail=detail)


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
