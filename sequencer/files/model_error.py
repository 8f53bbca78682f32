"""From a failed validation to problems with a place and words that need no manual."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sequencer.files.model_fields import Model, known_at
from sequencer.files.nearest import did_you_mean
from sequencer.files.problem import Problem
from sequencer.files.section import HintedError

Path = tuple[str | int, ...]


class Source(Protocol):
    """Whatever knows where a value was written."""

    def problem(
        self, path: Sequence[str | int], message: str, hint: str = "", *, at_key: bool = False
    ) -> Problem:
        """A problem at that path."""
        ...


def problems_of(error: ValidationError, source: Source, model: Model) -> list[Problem]:
    """Every complaint of the validation as a problem at its place."""
    every = error.errors(include_url=False, include_context=True)
    return [_problem(each, source, model) for each in every if not _is_echo(each, every)]


def _is_echo(error: ErrorDetails, every: Sequence[ErrorDetails]) -> bool:
    """Whether a list seems too short only because something in it is wrong."""
    place = error["loc"]
    return error["type"] == "too_short" and any(
        len(each["loc"]) > len(place) and each["loc"][: len(place)] == place for each in every
    )


def _problem(error: ErrorDetails, source: Source, model: Model) -> Problem:
    path = tuple(error["loc"])
    kind = error["type"]
    at_key = kind == "value_error" and isinstance(error["input"], dict)
    if path and path[-1] == "[key]":
        path, at_key = path[:-1], True
    if kind == "extra_forbidden":
        key = str(path[-1])
        hint = did_you_mean(key, known_at(model, path[:-1]))
        problem = source.problem(path, f"unknown key `{_short(key)}`", hint, at_key=True)
        return problem.of_rule("unknown-key")
    if kind == "missing":
        message = f"the key `{path[-1]}` is missing"
        if len(path) > 1:
            message += f" in `{_dotted(path[:-1])}`"
        problem = source.problem(path[:-1], message, at_key=len(path) > 1)
        return problem.of_rule("missing-key")
    name = _dotted(path)
    message = f"`{name}`: {_words(error)}" if name else _words(error)
    return source.problem(path, message, _hint(error), at_key=at_key).of_rule("bad-value")


def _hint(error: ErrorDetails) -> str:
    """What to do about it, where that is known."""
    refused = error.get("ctx", {}).get("error")
    if isinstance(refused, HintedError):
        return refused.hint
    quotes = error["type"] == "string_type" and _is_plain(error["input"])
    return "put it in quotes" if quotes else ""


def _is_plain(value: object) -> bool:
    return isinstance(value, bool | int | float)


def _words(error: ErrorDetails) -> str:
    """What is wrong with the value itself."""
    context: Mapping[str, Any] = error.get("ctx", {})
    if error["type"] in {"value_error", "assertion_error"}:
        return str(context["error"])
    if error["type"] in {"enum", "literal_error"}:
        return f"one of {_choices(str(context['expected']))} is expected, not {_seen(error)}"
    limit = _LIMITS.get(error["type"])
    if limit is not None:
        return limit(context)
    expected = _EXPECTED.get(error["type"])
    if expected is not None:
        return f"{expected} is expected, not {_seen(error)}"
    return f"this value cannot be used ({error['msg']})"


_INTEGER = "a whole number"
_YES_NO = "`true` or `false`"
_MAPPING = "a mapping (`key: value` lines below it)"
_LIST = "a list (`- item` lines below it, or `[a, b]`)"
_DATE = "a date such as 2026-12-24"

_EXPECTED = {
    "string_type": "text",
    "int_type": _INTEGER,
    "int_parsing": _INTEGER,
    "int_from_float": _INTEGER,
    "bool_type": _YES_NO,
    "bool_parsing": _YES_NO,
    "dict_type": _MAPPING,
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
}

_LIMITS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "greater_than_equal": lambda context: f"at least {context['ge']}",
    "less_than_equal": lambda context: f"at most {context['le']}",
    "string_too_short": lambda _context: "it must not be empty",
    "string_too_long": lambda context: f"at most {context['max_length']} characters",
    "too_short": lambda context: f"at least {context['min_length']} is needed",
    "too_long": lambda context: f"at most {context['max_length']} are possible",
}


def _seen(error: ErrorDetails) -> str:
    """What stands there, named by its kind or, where it is short and plain, by itself."""
    value = error["input"]
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, str | int | float):
        return f"`{_short(str(value))}`"
    return "this"


def _choices(expected: str) -> str:
    return expected.replace("'", "`")


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"


def _dotted(path: Sequence[str | int]) -> str:
    """`schedule.window`, `steps[2].wait`: lists count from 1, as people do."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{_short(part)}"
    return text.lstrip(".")
