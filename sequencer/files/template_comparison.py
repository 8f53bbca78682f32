"""What a comparison in a template costs: the characters that Python may read for it."""

import operator
from collections.abc import Callable, Mapping
from typing import Any


def _lies_in(left: Any, right: Any) -> bool:
    return left in right


def _lies_outside(left: Any, right: Any) -> bool:
    return left not in right


# By the names that Jinja has for them.
COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "lteq": operator.le,
    "gt": operator.gt,
    "gteq": operator.ge,
    "in": _lies_in,
    "notin": _lies_outside,
}
_SEARCHES = frozenset({"in", "notin"})

# Tests that compare as well: `n is lt(3)`.
COMPARING_TESTS: Mapping[str, str] = {
    "eq": "eq",
    "equalto": "eq",
    "==": "eq",
    "ne": "ne",
    "!=": "ne",
    "lt": "lt",
    "<": "lt",
    "le": "lteq",
    "<=": "lteq",
    "gt": "gt",
    ">": "gt",
    "ge": "gteq",
    ">=": "gteq",
    "in": "in",
}


def cost_of(sign: str, left: object, right: object) -> int:
    """The most characters that are read.

    A text that is looked for in another may be begun anew at each of its characters.
    """
    if isinstance(left, str) and isinstance(right, str):
        return len(left) * len(right) if sign in _SEARCHES else len(left) + len(right)
    return weight(left) + weight(right)


def weight(value: object) -> int:
    """The characters of a value, with all that is in it."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return len(value) + sum(map(weight, value.values()))
    if isinstance(value, list):
        return len(value) + sum(map(weight, value))
    return 1
