"""Settings from the environment: `SEQUENCER_WEB__PORT=8026` is `web.port`, `..._FILE` a secret.

A variable that names no setting is a mistake as in the file, so that no typing error goes unnoticed.
"""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sequencer.files.model_fields import Model, is_list, is_secret, known_at, step_into
from sequencer.files.nearest import did_you_mean
from sequencer.files.problem import ConfigError, Problem
from sequencer.files.text_file import read_text

PREFIX = "SEQUENCER_"
NESTED = "__"
FROM_FILE = "_FILE"
SHOWN = "environment"
MAX_SECRET_BYTES = 64 * 1024

# Variables of ours that are no settings: an option of the command line, a switch of the tests.
OTHERS = frozenset({"SEQUENCER_WORKSPACE", "SEQUENCER_REQUIRE_SERVERS"})

KeyPath = tuple[str, ...]


@dataclass
class FromEnvironment:
    """What the environment says, and which variable said it."""

    values: dict[KeyPath, Any] = field(default_factory=dict)
    variables: dict[KeyPath, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def over(self, written: Mapping[str, Any]) -> dict[str, Any]:
        """The written settings with those of the environment on top."""
        merged = _copy(written)
        for path, value in self.values.items():
            below = merged
            for part in path[:-1]:
                if not isinstance(below.get(part), dict):
                    below[part] = {}
                below = below[part]
            below[path[-1]] = value
        return merged

    def variable_of(self, path: Sequence[str | int]) -> str | None:
        """The variable that a setting comes from, None where the environment does not name it."""
        wanted = tuple(part for part in path if isinstance(part, str))
        for length in range(len(wanted), 0, -1):
            if wanted[:length] in self.variables:
                return self.variables[wanted[:length]]
        return None


def read_environment(
    environ: Mapping[str, str], model: Model, names: Mapping[str, Sequence[str]]
) -> FromEnvironment:
    """The settings in the environment.

    Args:
        environ: variables by name.
        model: what settings there are.
        names: names that people gave, by setting (`mailboxes`): a variable cannot spell them all.
    """
    found = FromEnvironment()
    for variable in sorted(environ):
        if variable.startswith(PREFIX) and variable not in OTHERS:
            try:
                _take(found, variable, environ[variable], model, names)
            except ConfigError as error:
                found.problems.extend(error.problems)
    return found


def variable_name(path: Sequence[str | int]) -> str:
    """The variable for a setting."""
    return PREFIX + NESTED.join(str(part).upper().replace("-", "_") for part in path)


def _take(
    found: FromEnvironment,
    variable: str,
    text: str,
    model: Model,
    names: Mapping[str, Sequence[str]],
) -> None:
    path = _path(variable, names)
    annotation = _annotation(model, path)
    if annotation is None and variable.endswith(FROM_FILE):
        path = _path(variable.removesuffix(FROM_FILE), names)
        annotation = _annotation(model, path)
        if annotation is not None and not (is_secret(annotation) or path == ("database",)):
            hint = f"only secrets come from files; set {variable.removesuffix(FROM_FILE)}"
            raise _error(f"{variable} is not possible", hint)
        if annotation is not None:
            text = _content(variable, text)
    if annotation is None:
        raise _unknown(variable, path, model)
    if path in found.variables:
        raise _error(f"{variable} and {found.variables[path]} give the same setting", "keep one")
    found.variables[path] = variable
    found.values[path] = _value(variable, text, annotation)


def _path(variable: str, names: Mapping[str, Sequence[str]]) -> KeyPath:
    parts = variable.removeprefix(PREFIX).lower().split(NESTED)
    for given in names.get(parts[0], ()):
        if len(parts) > 1 and given.replace("-", "_") == parts[1]:
            parts[1] = given
    return tuple(parts)


def _annotation(model: Model, path: KeyPath) -> Any:
    """What the setting may hold; None where there is no such setting, or only a group of them."""
    annotation: Any = model
    for part in path:
        annotation = step_into(annotation, part) if part else None
    return None if annotation is None or known_at_annotation(annotation) else annotation


def known_at_annotation(annotation: Any) -> bool:
    """Whether the annotation is a group of settings, which no single variable can give."""
    from sequencer.files.model_fields import is_group

    return is_group(annotation)
