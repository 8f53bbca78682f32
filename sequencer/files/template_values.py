"""The values that a template gets: copies of plain values, never objects."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sequencer.files.template_sandbox import Fields

MAX_DEPTH = 3


def plain_values(variables: Mapping[str, object], path: str = "") -> dict[str, Any]:
    """Copies of the values; what is None or empty is left out, because it counts as missing.

    Raises:
        TypeError: a value is none of str, int, float, bool, date or a mapping of such.
    """
    copied = {}
    for name, value in variables.items():
        plain = _plain(value, f"{path}.{name}" if path else name)
        if plain is not None:
            copied[name] = plain
    return copied


def _plain(value: object, path: str) -> Any:
    # The exact type, not a subclass: a method of an object could be called from a template.
    if type(value) is str:
        return value.strip() or None
    if value is None or type(value) in {int, float, bool}:
        return value
    if type(value) is date:
        return value.isoformat()
    if isinstance(value, Mapping) and path.count(".") < MAX_DEPTH:
        return Fields(path, plain_values(value, path))
    raise TypeError(f"`{path}` is a {type(value).__name__}; templates get only plain values")
