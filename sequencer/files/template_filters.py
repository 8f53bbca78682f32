"""What a template may do to a value: few filters, none of which can make much out of little.

A missing value passes through a filter as missing, so that a fallback may stand at the end.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any
from urllib.parse import quote

from jinja2 import Undefined
from jinja2.exceptions import SecurityError

MAX_VALUE = 16_000  # characters of one value: more than any field of a person may hold
MAX_ITEMS = 100  # of a list, and so rounds of a loop

Scalar = str | int | float


class Hole(str):
    """What a filter left of a value, if a reader would see nothing of it."""

    __slots__ = ()


def left_of(value: object, result: object) -> object:
    """The result of a filter; a hole where the value showed something and this does not."""
    if type(result) is not str or "!" <= result < "\x7f":  # as nearly all begin
        return result
    return result if result.strip() or _is_blank(value) else Hole(result)


def _is_blank(value: object) -> bool:
    """Whether it is a text without anything in it already, or several such."""
    if isinstance(value, list):
        return bool(value) and all(map(_is_blank, value))
    return type(value) is str and not value.strip()


def bounded_text(text: str) -> str:
    """The text, unless it has grown too long."""
    if len(text) > MAX_VALUE:
        raise SecurityError(f"a value has more than {MAX_VALUE} characters")
    return text


def bounded_list(written: Sequence[Any]) -> list[Any]:
    """The entries, unless they are too many or lists themselves."""
    items = list(written)
    if len(items) > MAX_ITEMS:
        raise SecurityError(f"a list has more than {MAX_ITEMS} entries")
    if not all(isinstance(item, str | int | float | Undefined) for item in items):
        raise SecurityError("a list holds only text and numbers")
    return items


def text_of(value: object) -> str:
    """A text or number as text; a missing value raises its own error here."""
    if not isinstance(value, str | int | float | Undefined):
        raise SecurityError('only text and numbers can be printed; join a list with `| join(", ")`')
    return bounded_text(str(value))


def items_of(value: object) -> list[Any]:
    """A list, or the characters of a text."""
    if not isinstance(value, list | tuple | str):
        raise SecurityError("this is not a list")
    return bounded_list(value)


def each(value: object) -> object:
    """What a loop runs over."""
    if isinstance(value, Undefined):
        str(value)
    return items_of(value)


def short_range(*bounds: int) -> list[int]:
    """`range`, but never long."""
    numbers = range(*bounds)
    if len(numbers) > MAX_ITEMS:
        raise SecurityError(f"a range has more than {MAX_ITEMS} numbers")
    return list(numbers)


def or_(value: object, fallback: object = "", *_empty_too: object) -> object:
    """The value, or the fallback where it is missing or empty; Jinja's second option is implied."""
    return fallback if isinstance(value, Undefined | Hole) or value == "" else value


def join(value: object, separator: str = "") -> str:
    """Entries of a list in a row."""
    texts = [text_of(item) for item in (items_of(value) if value else [])]
    return bounded_text(text_of(separator).join(texts))


def _through(function: Callable[..., object]) -> Callable[..., object]:
    """The filter, which hands a missing value on."""

    @wraps(function)
    def filtered(value: object, *args: Any, **kwargs: Any) -> object:
        return value if isinstance(value, Undefined) else function(value, *args, **kwargs)

    return filtered


def _on_text(function: Callable[[str], str]) -> Callable[..., object]:
    def filtered(value: object) -> str:
        return bounded_text(function(text_of(value)))

    return _through(filtered)


def _title(text: str) -> str:
    """Each word with a capital; the rest of a word only where it was all capitals (MCDONALD)."""
    words = (word.lower() if word.isupper() else word for word in text.split(" "))
    return " ".join(word[:1].upper() + word[1:] for word in words)


def _truncate(value: object, length: int = 60, *options: object, end: str = "\u2026") -> str:
    """At most `length` characters, cut between words, or inside one with an option."""
    text, end = text_of(value), text_of(end)
    if len(text) <= length:
        return text
    cut = text[: max(0, length - len(end))]
    return (cut if any(options) else cut.rpartition(" ")[0] or cut).rstrip() + end


def _replace(value: object, old: str, new: str) -> str:
    text, old, new = text_of(value), text_of(old), text_of(new)
    if len(text) + text.count(old) * len(new) > MAX_VALUE:
        raise SecurityError(f"a value has more than {MAX_VALUE} characters")
    return text.replace(old, new)


def _length(value: object) -> int:
    return len(value if isinstance(value, str) else items_of(value))


def _first(value: object) -> object:
    return next(iter(items_of(value)), "")


def _last(value: object) -> object:
    return next(reversed(items_of(value)), "")


def _int(value: object, default: int = 0) -> int:
    try:
        return int(float(text_of(value)[:20]))
    except (ValueError, OverflowError):
        return default


def _round(value: object, precision: int = 0) -> float:
    if not isinstance(value, int | float) or not 0 <= precision <= 10:
        raise SecurityError("`round` takes a number and at most 10 digits")
    return round(value, precision) if precision else round(value)


FILTERS: dict[str, Callable[..., object]] = {
    "or": or_,
    "default": or_,
    "d": or_,
    "join": join,
    "upper": _on_text(str.upper),
    "lower": _on_text(str.lower),
    "capitalize": _on_text(str.capitalize),
    "title": _on_text(_title),
    "trim": _on_text(str.strip),
    "urlencode": _on_text(lambda text: quote(text, safe="")),
    "truncate": _through(_truncate),
    "replace": _through(_replace),
    "length": _through(_length),
    "count": _through(_length),
    "first": _through(_first),
    "last": _through(_last),
    "int": _through(_int),
    "round": _through(_round),
}

# What the reading of a template puts in place of `for`, `~`, list literals and comparisons.
EACH, LIST, JOIN, COMPARE = "_each", "_list", "join", "_compare"
INNER_FILTERS: dict[str, Callable[..., object]] = {EACH: each, LIST: bounded_list}
