"""Statements that run all the time, given to the driver without the library's way around it.

SQLAlchemy writes the SQL once for each kind of database and knows the types; from then on values go
to the driver, and rows come from it, in one step. For a small statement that way around costs more
than the statement itself: it is taken everywhere else.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from json import dumps
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from sequencer.store.database import Connection

Turn = Callable[[Any], Any] | None
Values = Mapping[str, Any]


class _OneOf(sa.ColumnElement[bool]):
    """Whether a column has one of the values that a parameter lists, however many they are."""

    inherit_cache = False

    def __init__(self, column: Any, name: str) -> None:
        self.column = column
        self.listed: sa.BindParameter[Any] = sa.bindparam(name, type_=_Listed())


class _Listed(sa.types.UserDefinedType[Any]):
    """A list as one value: an array for a server, JSON for SQLite."""

    cache_ok = True

    def bind_processor(self, dialect: sa.Dialect) -> Turn:
        """How the driver gets the list."""
        return dumps if dialect.name == "sqlite" else list


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
        values: their names, and how each is turned that the driver does not take as it is.
        is_ordered: whether the driver takes them by their order, not by their names.
        row: for each column of the result that is not wanted as the driver gives it.
        fixed: values that are part of the statement.
    """

    text: str
    values: tuple[tuple[str, Turn], ...]
    is_ordered: bool
    row: tuple[tuple[int, Callable[[Any], Any]], ...]
    fixed: Mapping[str, Any]

    def given(self, values: Values) -> Any:
        """Values as the driver takes them."""
        known = {**self.fixed, **values} if self.fixed else values
        if self.is_ordered:
            return tuple([turn(known[name]) if turn else known[name] for name, turn in self.values])
        return {name: turn(known[name]) if turn else known[name] for name, turn in self.values}

    def read(self, row: Sequence[Any]) -> list[Any]:
        """The columns of a row, as the domain knows them."""
        columns = list(row)
        for index, turn in self.row:
            columns[index] = turn(columns[index])
        return columns


class Prepared:
    """One statement; all of its values have to be given, by their names.

    Attributes:
        columns: of an insertion, in whose rows just these are given.
    """

    def __init__(
        self,
        statement: sa.SelectBase | sa.UpdateBase,
        columns: Sequence[str] | None = None,
    ) -> None:
        self._statement = statement
        self._columns = columns
        self._forms: dict[str, _Form] = {}

    def all(self, connection: Connection, values: Values) -> list[list[Any]]:
        """The rows of the answer."""
        form = self._form(connection)
        rows = connection.exec_driver_sql(form.text, form.given(values)).fetchall()
        return [form.read(row) for row in rows]

    def scalar(self, connection: Connection, values: Values) -> Any:
        """The first column of the first row, None where there is no row."""
        form = self._form(connection)
        row = connection.exec_driver_sql(form.text, form.given(values)).fetchone()
        return None if row is None else form.read(row)[0]

    def each(self, connection: Connection, rows: Iterable[Values]) -> int:
        """How many rows were changed in all, by the statement with each of these values."""
        form = self._form(connection)
        given = [form.given(values) for values in rows]
        return connection.exec_driver_sql(form.text, given).rowcount if given else 0

    def _form(self, connection: Connection) -> _Form:
        name = connection.dialect.name
        form = self._forms.get(name)
        if form is None:
            form = self._forms[name] = self._compiled(connection.dialect)
        return form

    def _compiled(self, dialect: sa.Dialect) -> _Form:
        inserts = self._columns is not None
        compiled = self._statement.compile(
            dialect=dialect, column_keys=self._columns, for_executemany=inserts
        )
        bound = {name: bind for bind, name in compiled.bind_names.items()}
        names = bound if compiled.positiontup is None else compiled.positiontup
        read = [_read(each, dialect) for each in getattr(self._statement, "selected_columns", ())]
        return _Form(
            text=compiled.string,
            values=tuple((name, _bind(bound[name], dialect)) for name in names),
            is_ordered=compiled.positiontup is not None,
            row=tuple((index, turn) for index, turn in enumerate(read) if turn is not None),
            fixed={name: bind.value for name, bind in bound.items() if not bind.required},
        )


def _bind(bound: sa.BindParameter[Any], dialect: sa.Dialect) -> Turn:
    return bound.type.dialect_impl(dialect).bind_processor(dialect)


def _read(column: sa.ColumnElement[Any], dialect: sa.Dialect) -> Turn:
    return column.type.dialect_impl(dialect).result_processor(dialect, None)
