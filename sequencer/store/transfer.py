"""Carry all rows of one database into another, and prove that they arrived as they were.

JSON travels as its text: read and written anew, a JSON `null` and no value at all would look alike.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from sequencer.store.database import Database
from sequencer.store.every_table import METADATA
from sequencer.store.stream import PORTION

TABLES: Sequence[sa.Table] = METADATA.sorted_tables  # parents before their children
LOCK_WAIT = "15s"
_INTEGER = 2**31  # PostgreSQL's INTEGER ends here, SQLite's does not

Row = Sequence[Any]
Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Content:
    """What a table holds: how many rows, and a digest of all their values in the order of keys."""

    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class Misfit:
    """A value that SQLite took and PostgreSQL will not."""

    table: str
    column: str
    key: str
    why: str


def told(database: Database) -> str:
    """Where a database is, without any password."""
    url = database.url
    if database.is_sqlite:
        return f"sqlite:///{url.database or ''}"
    options = {name: value for name, value in url.query.items() if "pass" not in name}
    place = (url.username, None, url.host, url.port, url.database)
    return sa.URL.create("postgresql", *place, query=options).render_as_string()


def is_missing(database: Database) -> bool:
    """Whether it is an SQLite file that is not there yet: to look into it would make it."""
    return database.path is not None and not database.path.exists()


def count(connection: Connection, table: sa.Table) -> int:
    """How many rows a table has."""
    return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def has_tables(connection: Connection) -> bool:
    """Whether there is any table, of ours or of somebody else."""
    return bool(sa.inspect(connection).get_table_names())


def keep_writers_out(connection: Connection) -> None:
    """Let nobody change a row until the transaction ends; on SQLite its begin has done that."""
    _lock(connection, "SHARE")


def keep_all_out(connection: Connection) -> None:
    """Let nobody look at a row to change it until the transaction ends."""
    _lock(connection, "EXCLUSIVE")


def _lock(connection: Connection, mode: str) -> None:
    if connection.dialect.name == "sqlite":
        return
    names = ", ".join(_quoted(table) for table in TABLES)
    connection.execute(sa.text(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'"))
    # One of the two connections is silent for long, while a large table of the other is read.
    connection.execute(sa.text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    connection.execute(sa.text(f"LOCK TABLE {names} IN {mode} MODE"))


def copy(source: Connection, target: Connection, table: sa.Table, advance: Advance) -> Content:
    """Copy all rows of a table, and tell what was read."""
    write = _insert if target.dialect.name == "sqlite" else _stream_in
    read = _Read()
    with _portions(source, table) as portions:
        write(target, table, _watched(portions, read, advance))
    return read.content()


def content(connection: Connection, table: sa.Table, advance: Advance) -> Content:
    """What a table holds."""
    read = _Read()
    with _portions(connection, table) as portions:
        for _ in _watched(portions, read, advance):
            pass
    return read.content()


def set_next_numbers(connection: Connection) -> None:
    """Let new rows be numbered after those that came with their numbers."""
    if connection.dialect.name == "sqlite":
        return  # it looks for the greatest number by itself
    for table in TABLES:
        for column in table.columns:
            if column.identity is not None:
                call = f"pg_get_serial_sequence('{table.name}', '{column.name}')"
                most = sa.func.max(column)
                begin = sa.func.coalesce(most, 1)
                source: sa.ColumnElement[str] = sa.literal_column(call)
                connection.execute(sa.select(sa.func.setval(source, begin, most.is_not(None))))


def misfits(connection: Connection) -> Iterator[Misfit]:
    """The first value of each column of an SQLite database that PostgreSQL cannot hold."""
    for table in TABLES:
        for column in table.columns:
            for why, wrong in _wrong(column):
                query = sa.select(_key(table)).where(wrong).limit(1)
                key = connection.execute(query).scalar()
                if key is not None:
                    yield Misfit(table.name, column.name, str(key), why)


def _key(table: sa.Table) -> sa.ColumnElement[str]:
    key: sa.ColumnElement[str] = sa.literal("")
    for column in table.primary_key:
        key = key + sa.cast(column, sa.Text) + sa.literal(" ")
    return sa.func.trim(key)


def _wrong(column: sa.Column[Any]) -> Iterator[tuple[str, sa.ColumnElement[bool]]]:
    if isinstance(column.type, sa.String):
        raw = sa.cast(column, sa.LargeBinary)
        yield "a NUL character", sa.func.instr(raw, sa.literal_column("x'00'")) > 0
        length = column.type.length
        if length is not None:
            yield f"more than {length} characters", sa.func.length(column) > length
    elif isinstance(column.type, sa.Integer) and not isinstance(column.type, sa.BigInteger):
        yield "a number beyond 31 bits", sa.not_(column.between(-_INTEGER, _INTEGER - 1))


@contextmanager
def _portions(connection: Connection, table: sa.Table) -> Iterator[Iterator[Sequence[Row]]]:
    """All rows in the order of their keys, some at a time; the same order on every database."""
    is_sqlite = connection.dialect.name == "sqlite"

    def shown(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
        if not isinstance(column.type, sa.JSON):
            return column
        text = sa.type_coerce if is_sqlite else sa.cast
        return text(column, sa.Text).label(column.name)

    def sorted_by(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
        by_bytes = isinstance(column.type, sa.String) and not is_sqlite
        return sa.collate(column, "C") if by_bytes else column

    query = sa.select(*map(shown, table.columns)).order_by(*map(sorted_by, table.primary_key))
    with connection.execute(query.execution_options(yield_per=PORTION)) as result:
        yield result.partitions()


class _Read:
    """What has been read so far."""

    def __init__(self) -> None:
        self.rows = 0
        self.hash = sha256()

    def content(self) -> Content:
        """What it was in all."""
        return Content(self.rows, self.hash.hexdigest())


def _watched(
    portions: Iterator[Sequence[Row]], read: _Read, advance: Advance
) -> Iterator[Sequence[Row]]:
    for portion in portions:
        for row in portion:
            read.hash.update(repr(tuple(row)).encode())
        read.rows += len(portion)
        yield portion
        advance(len(portion))


def _insert(target: Connection, table: sa.Table, portions: Iterator[Sequence[Row]]) -> None:
    columns: list[sa.ColumnClause[Any]] = [
        sa.column(each.name, sa.Text() if isinstance(each.type, sa.JSON) else each.type)
        for each in table.columns
    ]
    names = [each.name for each in table.columns]
    statement = sa.insert(sa.table(table.name, *columns))
    for portion in portions:
        target.execute(statement, [dict(zip(names, row, strict=True)) for row in portion])


def _stream_in(target: Connection, table: sa.Table, portions: Iterator[Sequence[Row]]) -> None:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    driver: Any = target.connection.driver_connection
    with (
        driver.cursor() as cursor,
        cursor.copy(f"COPY {_quoted(table)} ({names}) FROM STDIN") as stream,
    ):
        for portion in portions:
            for row in portion:
                stream.write_row(row)


def _quoted(table: sa.Table) -> str:
    return f'"{table.name}"'
