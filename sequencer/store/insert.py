"""Add a row unless a unique key says that it is there: one statement, so that nobody gets between.

To look first and insert then is a race on PostgreSQL, and its loser gets an error for an answer.
"""

from collections.abc import Mapping, Sequence
from functools import cache

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from sequencer.store.database import Connection
from sequencer.store.prepared import Prepared
from sequencer.store.table import Base


def insert_new(connection: Connection, row: type[Base], values: Mapping[str, object]) -> bool:
    """Whether the row was added; False where one with the same unique key was there before."""
    query = _adding(row, tuple(values), connection.dialect.name)
    return query.scalar(connection, values) is not None


def insert_missing(
    connection: Connection, row: type[Base], rows: Sequence[Mapping[str, object]]
) -> None:
    """Add many rows that have the same columns, as far as they are not there."""
    if rows:
        connection.execute(_insert(row, connection.dialect.name), rows)


@cache
def _adding(row: type[Base], columns: tuple[str, ...], dialect: str) -> Prepared:
    statement = _insert(row, dialect)
    return Prepared(statement.returning(sa.literal_column("1", sa.Integer)), columns)


def _insert(row: type[Base], dialect: str) -> postgresql.Insert | sqlite.Insert:
    if dialect == "sqlite":
        return sqlite.insert(row).on_conflict_do_nothing()
    return postgresql.insert(row).on_conflict_do_nothing()
