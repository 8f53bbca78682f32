"""Statements that run all the time, given to the driver without the library's way around it.

SQLAlchemy writes the SQL once for each kind of database and knows the types; from then on values go
to the driver, and rows come from it, in one step. For a small statement that way around costs more
than the statement itself: it is taken everywhere else.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from json.encoder import encode_basestring_ascii as _quoted
from operator import attrgetter, itemgetter, methodcaller
from sys import maxsize
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from sequencer.store.database import Connection
from sequencer.store.fixed_values import bound_in, given_in, text_of
from sequencer.store.given_rows import OverRows, over_rows
from sequencer.store.turns import (
    Takes,
    Turn,
    Turns,
    into,
    known,
    out_of,
    placed,
    taken,
    turned,
)

Values = Mapping[str, Any]


class _OneOf(sa.ColumnElement[bool]):
    """Whether a column has one of the values that a parameter lists, however many they are."""

    inherit_cache = False

    def __init__(self, column: Any, name: str) -> None:
        self.column = column
        self.listed: sa.BindParameter[Any] = sa.bindparam(name, type_=Listed())


class Listed(sa.types.UserDefinedType[Any]):
    """A list as one text: an array for a server, JSON for SQLite."""

    cache_ok = True

    def bind_processor(self, dialect: sa.Dialect) -> Turn:
        """How the driver gets the list."""
        return _listed if dialect.name == "sqlite" else as_array


def _listed(values: Collection[Any]) -> str:
    """Numbers or texts as JSON: the library's own way makes an encoder for each list."""
    return f"[{','.join([str(each) if type(each) is int else _quoted(each) for each in values])}]"


def as_array(values: Collection[Any]) -> str:
    """Numbers or texts as a server writes an array: the driver looks at the type of each."""
    each = [str(value) if type(value) is int else _escaped(value) for value in values]
    return f"{{{','.join(each)}}}"


def _escaped(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@compiles(_OneOf, "sqlite")
def _sqlite_one_of(element: _OneOf, compiler: SQLCompiler, **kwargs: Any) -> str:
    column, listed = (compiler.process(each, **kwargs) for each in (element.column, element.listed))
    return f"{column} IN (SELECT value FROM json_each({listed}))"  # noqa: S608 - a placeholder


@compiles(_OneOf, "postgresql")
def _postgresql_one_of(element: _OneOf, compiler: SQLCompiler, **kwargs: Any) -> str:
    column, listed = (compiler.process(each, **kwargs) for each in (element.column, element.listed))
    return f"{column} = ANY ({listed})"


def one_of(column: Any, name: str) -> sa.ColumnElement[bool]:
    """Whether the column has one of the values of the list that is given under this name.

    The statement is the same for any number of them, unlike one with IN.
    """
    return _OneOf(column, name)


@dataclass(frozen=True, slots=True)
class _Form:
    """A statement as one kind of database wants it.

    Attributes:
        names: of its values, in their order.
        values: takes them out of what is given.
        turns: for each value that the driver does not take as it is.
        is_ordered: whether the driver takes them by their order, not by their names.
        row: for each column of the result that is not wanted as the driver gives it.
        fixed: values that are part of the statement, as the driver takes them.
    """

    text: str
    names: tuple[str, ...]
    values: Callable[[Any], Sequence[Any]]
    turns: Turns
    is_ordered: bool
    row: Turns
    fixed: Mapping[str, Any]

    def given(self, values: Any) -> Any:
        """Values as the driver takes them."""
        every = {**self.fixed, **values} if self.fixed else values
        found = turned(self.values(every), self.turns)
        return tuple(found) if self.is_ordered else dict(zip(self.names, found, strict=True))

    def read(self, row: Sequence[Any]) -> Sequence[Any]:
        """The columns of a row, as the domain knows them."""
        return known(row, self.row)


class Prepared:
    """One statement; all of its values have to be given, by their names.

    Attributes:
        columns: of an insertion, in whose rows just these are given.
        takes: makes what takes values of these names out of what is given: a mapping by default.
        more: what an insertion puts into further columns.
    """

    def __init__(
        self,
        statement: sa.SelectBase | sa.UpdateBase,
        columns: Sequence[str] | None = None,
        takes: Takes = itemgetter,
        more: Mapping[str, sa.ColumnElement[Any]] | None = None,
    ) -> None:
        self._statement = statement
        self._columns = columns
        self._takes = takes
        self._more = more or {}
        self._forms: dict[str, _Form] = {}
        self._over_rows: OverRows | None = None

    @classmethod
    def of_firsts(cls, every: Iterable["Prepared"]) -> "Prepared":
        """A statement with one row: what each of these has first in its first row."""
        return cls(sa.select(*(each.selected.scalar_subquery() for each in every)))

    @classmethod
    def of_any(cls, every: Iterable["Prepared"]) -> "Prepared":
        """A statement that tells whether any of these has a row."""
        return cls(sa.select(sa.or_(*(each.selected.exists() for each in every))))

    @property
    def selected(self) -> sa.Select[Any]:
        """The statement, to be part of another one."""
        if not isinstance(self._statement, sa.Select):
            raise TypeError("only what selects can be part of another statement")
        return self._statement

    def all(self, connection: Connection, values: Values) -> list[Sequence[Any]]:
        """The rows of the answer."""
        form = self._form(connection)
        return [form.read(row) for row in self._rows(connection, form, values)]

    def raw(self, connection: Connection, values: Values) -> list[Sequence[Any]]:
        """The same rows as the driver gives them; `reader` tells what is in their columns."""
        return self._rows(connection, self._form(connection), values)

    def reader(
        self, connection: Connection, columns: slice
    ) -> Callable[[Sequence[Any]], Sequence[Any]]:
        """What turns these columns, cut out of a raw row, into what the domain knows."""
        form = self._form(connection)
        places = range(*columns.indices(maxsize))
        turns = tuple((index - places.start, turn) for index, turn in form.row if index in places)
        return partial(known, turns=turns)

    def _rows(self, connection: Connection, form: _Form, values: Values) -> list[Sequence[Any]]:
        rows: list[Sequence[Any]] = _run(connection, form.text, form.given(values), _ALL)
        return rows

    def scalar(self, connection: Connection, values: Values) -> Any:
        """The first column of the first row, None where there is no row."""
        form = self._form(connection)
        row = _run(connection, form.text, form.given(values), _FIRST)
        return None if row is None else form.read(row)[0]

    def each(self, connection: Connection, rows: Iterable[Any]) -> int:
        """How many rows were changed in all, by the statement with each of these values.

        A server gets many of them at once, so no two may be meant for the same row.
        """
        return sum(self._results(connection, list(rows), _COUNT))

    def returned(self, connection: Connection, rows: Iterable[Any]) -> list[Sequence[Any]]:
        """What a server returns of the rows that were changed so, as the driver gives it."""
        return [row for some in self._results(connection, list(rows), _ALL) for row in some]

    def _results(
        self, connection: Connection, rows: Sequence[Any], result: Callable[[DBAPICursor], Any]
    ) -> Iterator[Any]:
        if len(rows) < _MANY:
            form = self._form(connection)
            for row in rows:
                yield _run(connection, form.text, form.given(row), result)
        elif connection.dialect.name == "sqlite":
            form = self._form(connection)
            every = [form.given(row) for row in rows]
            yield _run(connection, form.text, every, result, many=True)
        else:
            over = self._over_rows = self._over_rows or self._spread(connection.dialect)
            for some in over.given(rows):
                yield _run(connection, over.text, some, result)

    def _spread(self, dialect: sa.Dialect) -> OverRows:
        statement = self._statement
        if isinstance(statement, sa.SelectBase):
            raise TypeError("what selects is not run for many rows")
        if not isinstance(statement, sa.Insert):
            return over_rows(statement, None, self._takes, dialect)
        types = {name: statement.table.c[name].type for name in self._columns or ()}
        values = {name: sa.bindparam(name, type_=kind) for name, kind in types.items()}
        return over_rows(statement, {**values, **self._more}, self._takes, dialect)

    def _form(self, connection: Connection) -> _Form:
        name = connection.dialect.name
        form = self._forms.get(name)
        if form is None:
            form = self._forms[name] = self._compiled(connection.dialect)
        return form

    def _compiled(self, dialect: sa.Dialect) -> _Form:
        statement = self._statement
        if self._more and isinstance(statement, sa.Insert):
            statement = statement.values(self._more)
        compiled = statement.compile(
            dialect=dialect,
            column_keys=self._columns,
            for_executemany=self._columns is not None,
        )
        bound, fixed = bound_in(compiled), given_in(compiled)
        asked = (name for name, bind in bound.items() if bind.required)
        names = tuple(asked if compiled.positiontup is None else compiled.positiontup)
        return _Form(
            text=text_of(compiled),
            names=names,
            values=taken(names, self._takes),
            turns=placed(None if name in fixed else into(bound[name], dialect) for name in names),
            is_ordered=compiled.positiontup is not None,
            row=placed(
                out_of(each, dialect) for each in getattr(statement, "selected_columns", ())
            ),
            fixed=fixed,
        )


_CURSOR = "sequencer_cursor"
_MANY = 2  # rows from which on they are worth a statement of their own
_ALL, _FIRST, _COUNT = methodcaller("fetchall"), methodcaller("fetchone"), attrgetter("rowcount")


def _run(
    connection: Connection,
    text: str,
    values: Any,
    result: Callable[[DBAPICursor], Any],
    *,
    many: bool = False,
) -> Any:
    """What is wanted of the driver's cursor once it has executed the statement.

    Hooks that listen to statements are called, and errors are the library's, as if it had done it.
    """
    cursor = _cursor(connection)
    try:
        for hook in connection.dispatch.before_cursor_execute:
            hook(connection, cursor, text, values, None, many)
        (cursor.executemany if many else cursor.execute)(text, values)
        return result(cursor)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _told(connection, cursor, text, error) from error
    finally:
        if connection.dialect.name == "sqlite":
            cursor.close()  # or what it has not read stays open, and the snapshot with it


def _cursor(connection: Connection) -> Any:
    """A cursor; to make one takes a server's driver as long as to use it, so there it is kept."""
    if connection.dialect.name == "sqlite":
        return connection.connection.cursor()
    kept = connection.info
    if (cursor := kept.get(_CURSOR)) is None:
        cursor = kept[_CURSOR] = connection.connection.cursor()
    return cursor


def _told(connection: Connection, cursor: DBAPICursor, text: str, error: Any) -> BaseException:
    """The library's own error; a connection that the driver has lost is not used any more."""
    dialect, driver = connection.dialect, connection.dialect.loaded_dbapi.Error
    lost = dialect.is_disconnect(error, connection.connection.dbapi_connection, cursor)
    if lost:
        connection.invalidate(error)
    told: BaseException = sa.exc.DBAPIError.instance(
        text, None, error, driver, connection_invalidated=lost, dialect=dialect
    )
    return told
