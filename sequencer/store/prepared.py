"""Statements that run all the time, given to the driver without the library's way around it.

SQLAlchemy writes the SQL once for each kind of database and knows the types; from then on values go
to the driver, and rows come from it, in one step. For a small statement that way around costs more
than the statement itself: it is taken everywhere else.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
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

Turn = Callable[[Any], Any] | None
Turns = tuple[tuple[int, Callable[[Any], Any]], ...]
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
        return _listed if dialect.name == "sqlite" else list


def _listed(values: Collection[Any]) -> str:
    """Numbers or texts as JSON: the library's own way makes an encoder for each list."""
    return f"[{','.join([str(each) if type(each) is int else _quoted(each) for each in values])}]"


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
        known = {**self.fixed, **values} if self.fixed else values
        found = _turned(self.values(known), self.turns)
        return tuple(found) if self.is_ordered else dict(zip(self.names, found, strict=True))

    def read(self, row: Sequence[Any]) -> Sequence[Any]:
        """The columns of a row, as the domain knows them."""
        return _known(row, self.row)


def _turned(values: Sequence[Any], turns: Turns) -> Sequence[Any]:
    if not turns:
        return values
    turned = list(values)
    for index, turn in turns:
        turned[index] = turn(turned[index])
    return turned


def _known(values: Sequence[Any], turns: Turns) -> Sequence[Any]:
    """The same for values that come, of which many are missing."""
    if not turns:
        return values
    turned = list(values)
    for index, turn in turns:
        if turned[index] is not None:
            turned[index] = turn(turned[index])
    return turned


class Prepared:
    """One statement; all of its values have to be given, by their names.

    Attributes:
        columns: of an insertion, in whose rows just these are given.
        takes: makes what takes values of these names out of what is given: a mapping by default.
    """

    def __init__(
        self,
        statement: sa.SelectBase | sa.UpdateBase,
        columns: Sequence[str] | None = None,
        takes: Callable[..., Callable[[Any], Any]] = itemgetter,
    ) -> None:
        self._statement = statement
        self._columns = columns
        self._takes = takes
        self._forms: dict[str, _Form] = {}

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
        return partial(_known, turns=turns)

    def _rows(self, connection: Connection, form: _Form, values: Values) -> list[Sequence[Any]]:
        rows: list[Sequence[Any]] = _run(connection, form.text, form.given(values), _ALL)
        return rows

    def scalar(self, connection: Connection, values: Values) -> Any:
        """The first column of the first row, None where there is no row."""
        form = self._form(connection)
        row = _run(connection, form.text, form.given(values), _FIRST)
        return None if row is None else form.read(row)[0]

    def each(self, connection: Connection, rows: Iterable[Any]) -> int:
        """How many rows were changed in all, by the statement with each of these values."""
        form = self._form(connection)
        given = [form.given(values) for values in rows]
        return int(_run(connection, form.text, given, _COUNT, many=True)) if given else 0

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
        names = tuple(bound if compiled.positiontup is None else compiled.positiontup)
        turns = {name: _bind(bind, dialect) for name, bind in bound.items()}
        fixed = {name for name, bind in bound.items() if not bind.required}
        return _Form(
            text=compiled.string,
            names=names,
            values=_taken(names, self._takes),
            turns=_turns(None if name in fixed else turns[name] for name in names),
            is_ordered=compiled.positiontup is not None,
            row=_turns(
                _read(each, dialect) for each in getattr(self._statement, "selected_columns", ())
            ),
            fixed={
                name: turn(bound[name].value) if (turn := turns[name]) else bound[name].value
                for name in fixed
            },
        )


def _turns(turns: Iterable[Turn]) -> Turns:
    return tuple((index, turn) for index, turn in enumerate(turns) if turn is not None)


def _taken(
    names: Sequence[str], takes: Callable[..., Callable[[Any], Any]]
) -> Callable[[Any], Sequence[Any]]:
    """What takes values of these names in their order; one alone would come without a sequence."""
    if len(names) > 1:
        return takes(*names)
    each = [takes(name) for name in names]
    return lambda given: tuple(take(given) for take in each)


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
    cursor = connection.connection.cursor()
    try:
        for hook in connection.dispatch.before_cursor_execute:
            hook(connection, cursor, text, values, None, many)
        (cursor.executemany if many else cursor.execute)(text, values)
        return result(cursor)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _told(connection, cursor, text, error) from error
    finally:
        cursor.close()


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


def _bind(bound: sa.BindParameter[Any], dialect: sa.Dialect) -> Turn:
    turn = bound.type.dialect_impl(dialect).bind_processor(dialect)
    if turn is None or not isinstance(bound.type, sa.JSON):
        return turn
    nothing = turn(None)  # what nearly all rows have; to write it takes as long as any other
    return lambda value: nothing if value is None else turn(value)


def _read(column: sa.ColumnElement[Any], dialect: sa.Dialect) -> Turn:
    turn = column.type.dialect_impl(dialect).result_processor(dialect, None)
    if turn is None or not isinstance(column.type, sa.JSON):
        return turn
    return lambda value: None if value == "null" else turn(value)
