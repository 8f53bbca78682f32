"""How do many rows get to a server in one statement? As one text of JSON that it takes apart.

A driver that is given many rows runs the statement once for each, which costs about as much as the
statement for all of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from json import JSONEncoder, dumps
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.visitors import ExternallyTraversible, replacement_traverse
from sqlalchemy.types import TypeEngine

from sequencer.store.fixed_values import text_of
from sequencer.store.turns import Takes, Turn, Turns, Values, into, placed, taken, turned

ROWS, BYTES = "given_rows", "given_bytes"
MOST_ROWS, MOST_BYTES = 1_000, 16 * 2**20  # of a statement: the driver and the server copy them
Binds = dict[str, sa.BindParameter[Any]]
_TEXT = sa.bindparam(ROWS, type_=JSONB())
_LISTED = (
    sa.func.jsonb_array_elements(_TEXT)
    .table_valued("row", with_ordinality="number")
    .render_derived("listed")
)
# The limit tells the planner how many rows there are. Without it that takes them for a hundred, for
# which it would rather read a whole table than look for each by its number.
_GIVEN = sa.select(_LISTED).limit(sa.func.jsonb_array_length(_TEXT)).subquery("given")
_JOINED = sa.bindparam(BYTES, type_=sa.LargeBinary())
_as_text = JSONEncoder(
    ensure_ascii=False, check_circular=False, separators=(",", ":"), default=datetime.isoformat
).encode


@dataclass(frozen=True, slots=True)
class OverRows:
    """A statement that is run once for many rows.

    Attributes:
        values: takes those of a row out of what is given for it.
        turns: for each value that JSON does not take as it is.
        data: the place of bytes, which travel beside the text.
    """

    text: str
    values: Values
    turns: Turns
    data: int | None

    def given(self, rows: Sequence[Any]) -> Iterator[dict[str, Any]]:
        """What the driver is to be given, in as many portions as are needed."""
        found = [turned(self.values(row), self.turns) for row in rows]
        for portion in self._portions(found):
            if self.data is None:
                yield {ROWS: _as_text(portion)}
            else:
                cut, joined = _beside(portion, self.data)
                yield {ROWS: _as_text(cut), BYTES: joined}

    def _portions(self, rows: Sequence[Sequence[Any]]) -> Iterator[Sequence[Sequence[Any]]]:
        first = size = 0
        for number, row in enumerate(rows):
            more = 0 if self.data is None else len(row[self.data] or b"")
            if number - first == MOST_ROWS or (number > first and size + more > MOST_BYTES):
                yield rows[first:number]
                first, size = number, 0
            size += more
        yield rows[first:]


def _beside(rows: Sequence[Sequence[Any]], place: int) -> tuple[list[list[Any]], bytes]:
    """Rows that say where their bytes begin and how many they are, and the bytes of all."""
    cut, start = [], 1
    for row in rows:
        data = row[place]
        span = None if data is None else (start, len(data))
        cut.append([*row[:place], span, *row[place + 1 :]])
        start += len(data or b"")
    return cut, b"".join(row[place] or b"" for row in rows)


def over_rows(
    statement: sa.UpdateBase,
    values: Mapping[str, sa.ColumnElement[Any]] | None,
    takes: Takes,
    dialect: sa.Dialect,
) -> OverRows:
    """The statement over rows, `values` has what an insertion puts into the columns of a row.

    Rows are inserted in their order. No two may be meant for one row that is changed.
    """
    binds: Binds = {}
    if values is not None and isinstance(statement, sa.Insert):
        cells = [_spread(each, binds).label(None) for each in values.values()]
        query = sa.select(*cells).order_by(_GIVEN.c.number)
        compiled = statement.from_select(list(values), query).compile(dialect=dialect)
    else:
        compiled = _spread(statement, binds).compile(dialect=dialect)
    return OverRows(
        text=text_of(compiled),
        values=taken(tuple(binds), takes),
        turns=placed(_turn(bind, dialect) for bind in binds.values()),
        data=_place_of_bytes(binds),
    )


def _spread(whole: ExternallyTraversible, binds: Binds) -> Any:
    """The same with the values of a row in their places, which are noted as they are found."""

    def cell(element: Any, **_: Any) -> Any:
        if not isinstance(element, sa.BindParameter) or not element.required:
            return None
        binds.setdefault(element.key, element)
        return _cell(list(binds).index(element.key), element.type)

    return replacement_traverse(whole, {}, cell)


def _cell(place: int, kind: TypeEngine[Any]) -> Any:
    """One value of a row. A text is not cast: to a type with a length that would cut it."""
    if isinstance(kind, sa.LargeBinary):
        span = sa.func.jsonb_array_element(_GIVEN.c.row, sa.literal_column(str(place)))
        start, length = (_element(span, each, sa.Integer()) for each in (0, 1))
        return sa.func.substring(_JOINED, start, length, type_=kind)
    return _element(_GIVEN.c.row, place, kind)


def _element(row: sa.ColumnElement[Any], place: int, kind: TypeEngine[Any]) -> Any:
    text = sa.func.jsonb_array_element_text(row, sa.literal_column(str(place)), type_=sa.Text)
    return text if isinstance(kind, sa.String) else sa.cast(text, kind)


def _turn(bind: sa.BindParameter[Any], dialect: sa.Dialect) -> Turn:
    if isinstance(bind.type, sa.JSON):
        return dumps  # a text in a text: to the server it is one value, in which it changes nothing
    return None if isinstance(bind.type, sa.LargeBinary) else into(bind, dialect)


def _place_of_bytes(binds: Binds) -> int | None:
    places = [
        place for place, bind in enumerate(binds.values()) if isinstance(bind.type, sa.LargeBinary)
    ]
    if len(places) > 1:
        raise TypeError("rows have bytes in one column at most")
    return places[0] if places else None
