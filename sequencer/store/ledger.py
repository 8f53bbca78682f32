"""Write and read the ledger."""

from collections.abc import Iterable
from dataclasses import replace
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from sequencer.domain.ledger import Entry, Kind
from sequencer.store import news
from sequencer.store.columns import cut
from sequencer.store.database import Connection
from sequencer.store.prepared import Prepared
from sequencer.store.tables import EnrollmentRow, LedgerRow

_COLUMNS = tuple(Entry.__annotations__)
_ADD = Prepared(sa.insert(LedgerRow), _COLUMNS, attrgetter)
_ADD_TOLD = Prepared(sa.insert(LedgerRow).returning(LedgerRow.id), _COLUMNS, attrgetter)


def write(connection: Connection, *entries: Entry) -> None:
    """Append entries; they get their order from the commit."""
    write_all(connection, entries)


def write_all(connection: Connection, entries: Iterable[Entry]) -> None:
    """Append many entries in one statement."""
    new = [_fitting(entry) for entry in entries]
    if not new:
        return
    if news.newest_of(connection) is None:
        _ADD.each(connection, new)
        return
    # A server may be replaced by one that lags behind: what it must know is remembered here.
    last = max(number for (number,) in _ADD_TOLD.returned(connection, new))
    news.of(connection).entries.append((last, new[-1].at))


def _fitting(entry: Entry) -> Entry:
    """The entry with as much of its detail as can be stored, mostly all of it."""
    detail = cut(entry.detail)
    return entry if detail is entry.detail else replace(entry, detail=detail)


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


def about(row: type[LedgerRow], enrollment: Any) -> tuple[sa.ColumnElement[bool], ...]:
    """That an entry is about an enrollment; found by the person, for whom alone there is an index.

    An index of enrollments too would cost every mail as much as the one of people.
    """
    its = aliased(EnrollmentRow)
    person = sa.select(its.prospect_id).where(its.id == enrollment).correlate_except(its)
    return row.prospect_id == person.scalar_subquery(), row.enrollment_id == enrollment


def was_in_doubt(connection: Connection, enrollment_id: int, step_id: str) -> bool:
    """Whether it was ever unknown if that step's mail had left."""
    query = sa.select(LedgerRow.id).where(
        *about(LedgerRow, enrollment_id),
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
