"""What a plain word in a YAML file stands for, by YAML 1.2: no surprises with `on`, `NO`, `9:00`.

Dates stay text: whoever wants one reads it, everybody else keeps what was written.
"""

import re

_CONSTANTS: dict[str, bool | None] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})", re.ASCII)  # `0815` is a name, not 815
_FLOAT = re.compile(r"[-+]?[0-9]{1,18}\.[0-9]{1,18}", re.ASCII)

Scalar = str | int | float | bool | None


def plain_value(text: str) -> Scalar:
    """Value of a scalar that was written without quotes."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
