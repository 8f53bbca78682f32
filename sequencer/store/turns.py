"""How are values turned into those of a driver, and its values into those of the domain?"""

from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

Turn = Callable[[Any], Any] | None
Turns = tuple[tuple[int, Callable[[Any], Any]], ...]  # each with the place of its value
Takes = Callable[..., Callable[[Any], Any]]
Values = Callable[[Any], Sequence[Any]]


def placed(turns: Iterable[Turn]) -> Turns:
    """Those that do anything, each with the place of its value."""
    return tuple((index, turn) for index, turn in enumerate(turns) if turn is not None)


def turned(values: Sequence[Any], turns: Turns) -> Sequence[Any]:
    """Values as the driver takes them."""
    if not turns:
        return values
    after = list(values)
    for index, turn in turns:
        after[index] = turn(after[index])
    return after


def known(values: Sequence[Any], turns: Turns) -> Sequence[Any]:
    """The same for values that come, of which many are missing."""
    if not turns:
        return values
    after = list(values)
    for index, turn in turns:
        if after[index] is not None:
            after[index] = turn(after[index])
    return after


def taken(names: Sequence[str], takes: Takes = itemgetter) -> Values:
    """What takes values of these names in their order; one alone would come without a sequence."""
    if len(names) > 1:
        return takes(*names)
    each = [takes(name) for name in names]
    return lambda given: tuple(take(given) for take in each)


def by_column(*names: str) -> Callable[[Any], Any]:
    """Takes the values of an update, where that of a column is `new_`: its own name is reserved."""
    return itemgetter(*(name.removeprefix("new_") for name in names))


def into(bound: sa.BindParameter[Any], dialect: sa.Dialect) -> Turn:
    """What turns a value for a place in a statement."""
    turn = bound.type.dialect_impl(dialect).bind_processor(dialect)
    if turn is None or not isinstance(bound.type, sa.JSON):
        return turn
    nothing = turn(None)  # what nearly all rows have; to write it takes as long as any other
    return lambda value: nothing if value is None else turn(value)


def out_of(column: sa.ColumnElement[Any], dialect: sa.Dialect) -> Turn:
    """What turns the value of a column."""
    turn = column.type.dialect_impl(dialect).result_processor(dialect, None)
    if turn is None or not isinstance(column.type, sa.JSON):
        return turn
    return lambda value: None if value == "null" else turn(value)
