"""The values that a template gets: copies of plain values, never objects."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sequencer.files.template_sandbox import ACCOUNT, Fields

MAX_DEPTH = 4

# What counts as printable and shows nothing all the same: fillers and blanks of several scripts,
# and characters that only change the one before them.
_RANGES = (
    (0x034F, 0x034F),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x2800, 0x2800),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFFA0, 0xFFA0),
    (0x1D159, 0x1D159),
    (0xE0100, 0xE01EF),
)
BLANK = frozenset(chr(each) for first, last in _RANGES for each in range(first, last + 1))


def plain_values(variables: Mapping[str, object]) -> dict[str, Any]:
    """Copies of the values; what is None or shows nothing is left out: it counts as missing.

    Raises:
        TypeError: a value is none of str, int, float, bool, date, datetime, or a dict, list or
            tuple of such.
    """
    return _fields(variables, "", 0)


def with_value(values: Mapping[str, object], name: str, text: str) -> dict[str, object]:
    """The values with one more, whose name has dots where it is nested."""
    root, _, below = name.partition(".")
    if not below:
        return {**values, name: text}
    key = ACCOUNT if root == "account" else root
    known = values.get(key)
    nested = with_value(known if isinstance(known, dict) else {}, below, text)
    return {**values, key: nested}


def _fields(values: Mapping[str, object], path: str, depth: int) -> dict[str, Any]:
    copied = {}
    for name, value in values.items():
        if type(name) is not str:
            raise TypeError(f"{name!r} cannot be the name of a template's value")
        if type(value) is str:
            # Nearly every text is empty, or begins with a character between these two.
            if "!" <= value < "\x7f" or (value and _shows(value)):
                copied[name] = value
            continue
        plain = _plain(value, f"{path}{name}", depth)
        if plain is not None:
            copied[name] = plain
    return copied


def _plain(value: object, path: str, depth: int) -> Any:
    # The exact type, not a subclass: a method of an object could be called from a template.
    kind = type(value)
    if isinstance(value, str) and kind is str:
        return value if _shows(value) else None
    if value is None or kind in {int, float, bool}:
        return value
    if kind in {date, datetime}:
        return str(value)
    if isinstance(value, dict) and kind in {dict, Fields} and depth < MAX_DEPTH:
        path = "account" if path == ACCOUNT else path
        return Fields(path, _fields(value, f"{path}.", depth + 1))
    if isinstance(value, list | tuple) and kind in {list, tuple} and depth < MAX_DEPTH:
        items = (_plain(item, f"{path}[{at}]", depth + 1) for at, item in enumerate(value))
        return [item for item in items if item is not None]
    raise TypeError(f"`{path}` is a {kind.__name__}; templates get only plain values")


def _shows(text: str) -> bool:
    """Whether a reader would see anything of it."""
    return any(map(_is_seen, text))


def _is_seen(character: str) -> bool:
    return character.isprintable() and character != " " and character not in BLANK
