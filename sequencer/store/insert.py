"""Add a row unless a unique key says that it is there: one statement, so that nobody gets between.

To look first and insert then is a race on PostgreSQL, and its loser gets an error for an answer.
"""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from sequencer.store.database import Connection
from sequencer.store.table import Base


def insert_new(connection: Connection, row: type[Base], values: Mapping[str, object]) -> bool:
    """Whether the row was added; False where one with the same unique key was there before."""
    statement = _insert(connection, row).values(**values).returning(sa.literal(1))
    return connection.execute(statement).first() is not None


def insert_missing(
    connection: Connection, row: type[Base], rows: Sequence[Mapping[str, object]]
) -> None:
    """Add many rows that have the same columns, as far as they are not there."""
    if rows:
        connection.execute(_insert(connection, row), rows)


def _insert(connection: Connection, row: type[Base]) -> postgresql.Insert | sqlite.Insert:
    if connection.dialect.name == "sqlite":
        return sqlite.insert(row).on_conflict_do_nothing()
    return postgresql.insert(row).on_conflict_do_nothing()
