"""Rows in every table with the values that a database is likeliest to spoil."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from sequencer.store.columns import UtcDateTime
from sequencer.store.database import Connection
from sequencer.store.transfer import TABLES

ROWS = 3
TEXTS = (
    "",
    "quote \" and ' and \\N and \\. \t\r\n {} %s :x",
    "\ufffd e\u0301 \u05d0 \U0001f600 \x01\x7f",
)
DOCUMENTS: tuple[Any, ...] = (
    {},
    {"b": [1, 1.5, True, None, {"a": ""}], "a": "\x00 \ud800 \u00e9", "": "{}"},
    {"long": "x" * 100_000},
)
INSTANTS = (
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(2026, 3, 29, 1, 0, 0, 1, tzinfo=UTC),
    datetime(9998, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
)


def fill(connection: Connection) -> None:
    """Rows in every table: one with nothing where that may be, others with what is hard to keep."""
    for table in TABLES:
        for number in range(ROWS):
            connection.execute(sa.insert(table).values(_row(table, number)))


def shown(connection: Connection) -> Mapping[str, list[tuple[object, ...]]]:
    """All rows as they are read, by table."""
    return {
        table.name: sorted((tuple(row) for row in connection.execute(sa.select(table))), key=repr)
        for table in TABLES
    }


def _row(table: sa.Table, number: int) -> dict[str, Any]:
    empty = number == 0
    return {
        column.name: sa.null() if empty and column.nullable else _value(column, number)
        for column in table.columns
    }


def _value(column: sa.Column[Any], number: int) -> Any:
    for key in column.foreign_keys:
        return _value(key.column, number)
    if column.primary_key and isinstance(column.type, sa.Integer):
        return 3 * number + 2
    return next(
        make(column, number) for kind, make in _HARD.items() if isinstance(column.type, kind)
    )


def _text(column: sa.Column[Any], number: int) -> str:
    length: int = getattr(column.type, "length", None) or 100
    return f"{number}{TEXTS[number]}"[:length]


def _document(column: sa.Column[Any], number: int) -> Any:
    return None if number == ROWS - 1 and column.nullable else DOCUMENTS[number]  # a JSON null


def _number(column: sa.Column[Any], number: int) -> int:
    most = 2**63 - 1 if isinstance(column.type, sa.BigInteger) else 2**31 - 1
    return (0, most, -most - 1)[number]


_HARD: dict[type[Any], Callable[[sa.Column[Any], int], Any]] = {
    sa.String: _text,
    sa.JSON: _document,
    sa.LargeBinary: lambda _, number: bytes(range(256)) * number,
    sa.Boolean: lambda _, number: number % 2 == 1,
    sa.Integer: _number,
    UtcDateTime: lambda _, number: INSTANTS[number],
}
