"""The environment that templates run in: no objects, no loader, nothing that grows without bound.

Together with what `template_language` lets through, every template ends and its cost is bounded:
there is no recursion, no loop in a loop, and no value, list or loop that is long.
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jinja2 import Undefined, pass_context
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from sequencer.files.template_filters import (
    FILTERS,
    INNER_FILTERS,
    MAX_ITEMS,
    bounded_list,
    bounded_text,
    short_range,
    text_of,
)

METHODS = frozenset({"upper", "lower", "title", "capitalize", "strip", "startswith", "endswith"})
LOOP = frozenset({"index", "index0", "first", "last", "length", "previtem", "nextitem"})
TESTS = frozenset(
    {"defined", "undefined", "none", "number", "string", "even", "odd", "divisibleby"}
    | {"in", "eq", "ne", "lt", "le", "gt", "ge", "equalto", "==", "!=", "<", "<=", ">", ">="}
)
PRINTED = "*printed"  # no name that a template could write

MAX_NUMBER = 10**15
MAX_POWER = 15


class Fields(dict[str, Any]):
    """Values below a name; `path` is how a template writes that name."""

    def __init__(self, path: str, values: Mapping[str, Any]) -> None:
        super().__init__(values)
        self.path = path


class Missing(Undefined):
    """A value that is not there: false and equal to nothing else, an error wherever it is used."""

    __slots__ = ()

    def __str__(self) -> str:
        self._fail_with_undefined_error()

    def __iter__(self) -> Iterator[Any]:
        self._fail_with_undefined_error()

    def __len__(self) -> int:
        self._fail_with_undefined_error()

    def __contains__(self, item: object) -> bool:
        return False

    @property
    def path(self) -> str:
        """How the template writes the name."""
        return str(self._undefined_name)

    @property
    def _undefined_message(self) -> str:
        return self.path


class Printed:
    """What the template printed, where each value is only marked in the text by its index."""

    def __init__(self, mark: Callable[[int], str]) -> None:
        self.values: dict[str, int] = {}
        self._mark = mark

    def add(self, value: str) -> str:
        """The mark that stands for the value."""
        return self._mark(self.values.setdefault(value, len(self.values)))


@pass_context
def _finalize(context: Context, value: Any) -> str:
    text = text_of(value)
    printed = context.parent.get(PRINTED)
    return printed.add(text) if isinstance(printed, Printed) else text


class Sandbox(ImmutableSandboxedEnvironment):
    """Jinja, reduced to what a mail needs."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "**", "%"})

    def __init__(self) -> None:
        super().__init__(
            undefined=Missing,
            autoescape=False,
            optimized=False,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            finalize=_finalize,
        )
        self.globals = {"range": short_range}
        self.filters = {**FILTERS, **INNER_FILTERS}
        self.tests = {name: test for name, test in self.tests.items() if name in TESTS}

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A nested value, or one of the few methods of a text; nothing else has attributes."""
        if isinstance(obj, Fields):
            return obj[attribute] if attribute in obj else _missing(obj.path, attribute)
        if isinstance(obj, Missing):
            return _missing(obj.path, attribute)
        if isinstance(obj, str) and attribute in METHODS:
            return getattr(obj, attribute)
        if isinstance(obj, LoopContext) and attribute in LOOP:
            return getattr(obj, attribute)
        raise SecurityError(f"there is no `{attribute}` here")

    def getitem(self, obj: Any, argument: Any) -> Any:
        """A nested value by its name, or an entry of a list by its number."""
        if isinstance(obj, Fields | Missing) and isinstance(argument, str):
            return self.getattr(obj, argument)
        if isinstance(obj, list | str) and isinstance(argument, int):
            return obj[argument] if -len(obj) <= argument < len(obj) else Missing(name="[]")
        raise SecurityError("only lists have numbered entries")

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """The result of an operator, if its size can be told beforehand to be small."""
        del context
        for side in (left, right):
            if isinstance(side, Undefined):
                str(side)
        if isinstance(left, int | float) and isinstance(right, int | float):
            return _calculated(operator, left, right)
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            return bounded_text(left + right)
        if operator == "+" and isinstance(left, list) and isinstance(right, list):
            return bounded_list(left + right)
        if operator == "*" and isinstance(left, str) and isinstance(right, int):
            return _repeated(left, right)
        raise SecurityError(f"`{operator}` cannot be used on these two values")


def _missing(path: str, attribute: str) -> Missing:
    return Missing(name=f"{path}.{attribute}")


_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
}


def _calculated(sign: str, left: float, right: float) -> float:
    if max(abs(left), abs(right)) > MAX_NUMBER or (sign == "**" and abs(right) > MAX_POWER):
        raise SecurityError("the numbers are too large")
    result: float = _OPERATORS[sign](left, right)
    return result


def _repeated(text: str, times: int) -> str:
    if times > MAX_ITEMS:
        raise SecurityError(f"a text can be repeated {MAX_ITEMS} times at most")
    return bounded_text(text * times)
