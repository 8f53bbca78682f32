"""The environment that templates run in: no objects, no loader, nothing that grows without bound.

Together with what `template_language` lets through, every template ends and its cost is bounded:
there is no recursion, no loop in a loop, and no value, list or loop that is long.
"""

import operator
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, cast

from jinja2 import Environment, Undefined, pass_context
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from sequencer.files.template_comparison import COMPARING_TESTS, COMPARISONS, cost_of
from sequencer.files.template_filters import (
    COMPARE,
    FILTERS,
    INNER_FILTERS,
    MAX_ITEMS,
    MAX_VALUE,
    Hole,
    bounded_list,
    bounded_text,
    left_of,
    or_,
    short_range,
    text_of,
)

METHODS = frozenset({"upper", "lower", "title", "capitalize", "strip", "startswith", "endswith"})
LOOP = frozenset({"index", "index0", "first", "last", "length", "previtem", "nextitem"})
TESTS = frozenset({"defined", "undefined", "none", "number", "string", *COMPARING_TESTS})

MAX_OUTPUT = 256 * 1024  # characters of a mail
MAX_WORK = 8_000_000  # characters that operators and filters of one run may read
OPERATION = 200  # what an operator or filter costs beside the characters that it reads
MAX_NUMBER = 10**15
MAX_POWER = 15
_SIZED = (str, list)


class Fields(dict[str, Any]):
    """Values below a name; `path` is how a template writes that name."""

    def __init__(self, path: str, values: Mapping[str, Any]) -> None:
        super().__init__(values)
        self.path = path


ACCOUNT = "_account"  # under this name, which no template can write, `account.tier` finds `tier`
GLOBALS: Mapping[str, object] = {"range": short_range, ACCOUNT: Fields("account", {})}


class Missing(Undefined):
    """A value that is not there: false and equal to nothing else, an error wherever it is used."""

    __slots__ = ()

    def _fail(self) -> NoReturn:
        raise UndefinedError(self.path)

    __str__ = __iter__ = __len__ = _fail

    def __contains__(self, item: object) -> bool:
        return False

    @property
    def path(self) -> str:
        """How the template writes the name."""
        return str(self._undefined_name)

    @property
    def _undefined_message(self) -> str:
        return self.path


class Run(Context):
    """One run of a template, which may do and print only so much.

    Attributes:
        mark: makes what is printed in place of a value, from the value's index; None where the
            values themselves are.
        marks: what was printed for each value; in the order of their indexes.
    """

    def __init__(
        self,
        environment: Environment,
        values: dict[str, Any],
        name: str | None,
        mark: Callable[[int], str] | None = None,
    ) -> None:
        super().__init__(environment, values, name, {})
        self.mark = mark
        self.marks: dict[str, str] = {}
        self._work = 0
        self._size = 0

    def spend(self, *values: object) -> None:
        """Count an operation on these values.

        Raises:
            SecurityError: the run has worked enough.
        """
        characters = 0
        for value in values:
            if isinstance(value, _SIZED):
                characters += len(value)
        self.spend_characters(characters)

    def spend_characters(self, number: int) -> None:
        """Count an operation that reads so many characters.

        Raises:
            SecurityError: the run has worked enough.
        """
        self._work += OPERATION + number
        if self._work > MAX_WORK:
            raise SecurityError("the template does too much")

    @pass_context
    def show(self, value: object) -> str:
        """What is printed for a value: its mark, if there are marks.

        Raises:
            SecurityError: the run has printed enough, or this cannot be printed.
        """
        # Nearly every value is a short text already.
        text = value if type(value) is str and len(value) <= MAX_VALUE else _printed(value)
        self._size += len(text)
        if self._size > MAX_OUTPUT:
            raise SecurityError(f"the mail is larger than {MAX_OUTPUT // 1024} kB")
        if self.mark is None:
            return text
        known = self.marks.get(text)
        if known is None:
            known = self.marks[text] = self.mark(len(self.marks))
        return known


def _printed(value: object) -> str:
    if isinstance(value, Hole):
        hint = 'say what stands there instead: `| or("...")`'
        raise SecurityError(f"nothing is left of a value that is printed; {hint}")
    return text_of(value)


def _counted(function: Callable[..., object]) -> Callable[..., object]:
    """The filter, which counts as work; all do that read their value."""

    @pass_context
    def run(context: Run, *args: Any, **kwargs: Any) -> object:
        context.spend(*args, *kwargs.values())
        return left_of(args[0], function(*args, **kwargs))

    return run


def _searching(function: Callable[..., object]) -> Callable[..., object]:
    """The filter, which looks for one text in another and counts as that."""

    @pass_context
    def run(context: Run, value: object, *args: Any, **kwargs: Any) -> object:
        context.spend_characters(_search(value, *args, *kwargs.values()))
        return left_of(value, function(value, *args, **kwargs))

    return run


def _search(value: object, *wanted: object) -> int:
    """The most characters that are read where these are looked for in a text."""
    length = len(value) if isinstance(value, str) else 1
    return length * (1 + sum(len(each) for each in wanted if isinstance(each, _SIZED)))


@pass_context
def _compare(context: Run, value: object, *others: Any) -> bool:
    """Whether `value < other < another` holds: each is compared with the one before it.

    Args:
        context: what it counts for.
        value: the first.
        others: by turns the name of an operator, and what stands behind it.
    """
    left = value
    for at in range(0, len(others), 2):
        sign, right = others[at], others[at + 1]
        context.spend_characters(cost_of(sign, left, right))
        if not COMPARISONS[sign](left, right):
            return False
        left = right
    return True


def _comparing(sign: str) -> Callable[..., bool]:
    """The test that compares with this operator."""

    @pass_context
    def run(context: Run, value: object, other: object) -> bool:
        return _compare(context, value, sign, other)

    return run


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
            finalize=Run.show,
        )
        self.globals = dict(GLOBALS)
        filters = {**FILTERS, **INNER_FILTERS}
        self.filters = {
            name: function if function is or_ else _counted(function)
            for name, function in filters.items()
        }
        self.filters["replace"] = _searching(FILTERS["replace"])
        self.filters[COMPARE] = _compare
        self.tests = {name: test for name, test in self.tests.items() if name in TESTS}
        self.tests.update({name: _comparing(sign) for name, sign in COMPARING_TESTS.items()})

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
            return (
                obj[argument] if -len(obj) <= argument < len(obj) else Missing(name=f"[{argument}]")
            )
        if isinstance(obj, Missing):
            return obj
        raise SecurityError("only lists have numbered entries")

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """What a method of a text, or `range`, returns."""
        value = getattr(obj, "__self__", None)
        cast(Run, context).spend_characters(_search(value, *args, *kwargs.values()))
        return left_of(value, super().call(context, obj, *args, **kwargs))

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """The result of an operator, if its size can be told beforehand to be small."""
        cast(Run, context).spend(left, right)
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
