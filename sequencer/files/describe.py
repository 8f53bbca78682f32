"""The keys of settings, cadences and templates as rows for the reference pages."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any, Literal, NamedTuple, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from sequencer.files.cadence_file import CadenceKeys
from sequencer.files.dispositions import DispositionsKeys
from sequencer.files.front_matter import FrontMatterKeys
from sequencer.files.model_fields import is_secret, keys_of, model_in, options
from sequencer.files.settings_model import Settings


class Row(NamedTuple):
    """One key.

    Attributes:
        key: with dots where it is nested, `[]` for each entry of a list, `<name>` for a name that
            people give.
        default: empty where there is none, `required` where it must be written.
    """

    key: str
    type: str
    default: str
    description: str
    secret: bool


def describe_settings() -> Iterator[Row]:
    """Every key of config/sequencer.yaml."""
    return _rows(Settings, "")


def describe_cadence_keys() -> Iterator[Row]:
    """Every key of a cadence file."""
    return _rows(CadenceKeys, "")


def describe_disposition_keys() -> Iterator[Row]:
    """Every key of config/dispositions.yaml."""
    return _rows(DispositionsKeys, "")


def describe_template_keys() -> Iterator[Row]:
    """Every key at the top of a template."""
    return _rows(FrontMatterKeys, "")


def _rows(model: type[BaseModel], prefix: str) -> Iterator[Row]:
    for name, field in keys_of(model).items():
        annotation = field.annotation
        below = _below(annotation)
        key = f"{prefix}{name}"
        if below is None:
            secret = is_secret(annotation)
            yield Row(key, _type(field), _default(field), field.description or "", secret)
        else:
            inner, suffix = below
            yield from _rows(inner, f"{key}{suffix}.")


def _below(annotation: Any) -> tuple[type[BaseModel], str] | None:
    """The model of the keys below, and how the key goes on; None for a single value."""
    for option in options(annotation):
        direct = model_in(option)
        if direct is not None:
            return direct, ""
        for entry in get_args(option)[-2:]:
            below = _below(entry) if entry is not Ellipsis else None
            if below is not None:
                suffix = ".<name>" if get_origin(option) is dict else "[]"
                return below[0], f"{suffix}{below[1]}"
    return None


def _type(field: FieldInfo) -> str:
    return " or ".join(dict.fromkeys(_type_word(each) for each in options(field.annotation)))


_WORDS = {
    "str": "text",
    "SecretStr": "text",
    "int": "number",
    "float": "number",
    "bool": "true or false",
    "date": "date",
}


def _type_word(option: Any) -> str:
    origin, arguments = get_origin(option), get_args(option)
    if origin is Literal:
        return " or ".join(f"`{each}`" for each in arguments)
    if origin is dict:
        return "mapping"
    if origin in {list, tuple}:
        return f"list of {_type_word(next(options(arguments[0])))}"
    if isinstance(option, type) and issubclass(option, StrEnum):
        return " or ".join(f"`{each}`" for each in option)
    return _WORDS.get(getattr(option, "__name__", ""), "value")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.default
    if value is None or value is PydanticUndefined or value in ((), ""):
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return ", ".join(f"`{each}`" for each in value)
    if isinstance(value, dict):
        return ", ".join(f"`{key}: {', '.join(each)}`" for key, each in value.items())
    return f"`{value}`"
