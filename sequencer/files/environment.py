"""Settings from the environment: `SEQUENCER_WEB__PORT=8026` is `web.port`, `..._FILE` a secret.

A variable that names no setting is a mistake as in the file: no typing error goes unnoticed.
"""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sequencer.files.model_fields import (
    Model,
    is_group,
    is_list,
    is_secret,
    known_at,
    step_into,
)
from sequencer.files.nearest import did_you_mean
from sequencer.files.problem import ConfigError, Problem
from sequencer.files.text_file import read_text

PREFIX = "SEQUENCER_"
NESTED = "__"
FROM_FILE = "_FILE"
SHOWN = "environment"
MAX_SECRET_BYTES = 64 * 1024
DATABASE = ("database",)  # no secret by itself, but its address may hold a password

# Variables of ours that are no settings: an option of the command line, a switch of the tests.
OTHERS = frozenset({"SEQUENCER_WORKSPACE", "SEQUENCER_REQUIRE_SERVERS"})

Keys = tuple[str, ...]


@dataclass
class FromEnvironment:
    """What the environment says, and which variable said it."""

    values: dict[Keys, Any] = field(default_factory=dict)
    variables: dict[Keys, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def over(self, written: Mapping[str, Any]) -> dict[str, Any]:
        """The written settings with those of the environment on top."""
        merged = _copied(written)
        for keys, value in self.values.items():
            below = merged
            for key in keys[:-1]:
                if not isinstance(below.get(key), dict):
                    below[key] = {}
                below = below[key]
            below[keys[-1]] = value
        return merged

    def variable_of(self, path: Sequence[str | int]) -> str | None:
        """The variable that a setting comes from, None where the environment does not name it."""
        keys = tuple(part for part in path if isinstance(part, str))
        known = (self.variables.get(keys[:length]) for length in range(len(keys), 0, -1))
        return next((variable for variable in known if variable), None)


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
                _take(found, variable, environ[variable], _Names(model, names))
            except ConfigError as error:
                found.problems.extend(error.problems)
    return found


def variable_name(path: Sequence[str | int]) -> str:
    """The variable for a setting."""
    return PREFIX + NESTED.join(str(part).upper().replace("-", "_") for part in path)


@dataclass(frozen=True)
class _Names:
    """What a variable may name."""

    model: Model
    given: Mapping[str, Sequence[str]]

    def keys(self, variable: str) -> Keys:
        """The setting that the variable would name."""
        keys = variable.removeprefix(PREFIX).lower().split(NESTED)
        for name in self.given.get(keys[0], ()):
            if len(keys) > 1 and name.replace("-", "_") == keys[1]:
                keys[1] = name
        return tuple(keys)

    def annotation(self, keys: Keys) -> Any:
        """What the setting may hold; None where there is none, or only a group of settings."""
        annotation: Any = self.model
        for key in keys:
            annotation = step_into(annotation, key) if key else None
        return None if annotation is None or is_group(annotation) else annotation


def _take(found: FromEnvironment, variable: str, text: str, names: _Names) -> None:
    keys = names.keys(variable)
    annotation = names.annotation(keys)
    if annotation is None and variable.endswith(FROM_FILE):
        plain = variable.removesuffix(FROM_FILE)
        keys = names.keys(plain)
        annotation = names.annotation(keys)
        if annotation is not None:
            if keys != DATABASE and not is_secret(annotation):
                raise _error(f"{variable} is not possible: only secrets come from files", plain)
            text = _content(variable, text)
    if annotation is None:
        raise _unknown(variable, names)
    if keys in found.variables:
        both = f"{found.variables[keys]} and {variable} give the same setting"
        raise _error(both, "keep one of them")
    found.variables[keys] = variable
    found.values[keys] = _value(variable, text, annotation)


def _value(variable: str, text: str, annotation: Any) -> Any:
    """The text as the setting takes it: lists cut at commas or lines, commands as a shell does."""
    if not is_list(annotation):
        return text
    if variable.endswith("COMMAND"):
        try:
            return shlex.split(text)
        except ValueError as error:
            raise _error(f"{variable} is no command: {error}", "look at its quotes") from None
    entries = text.replace("\n", ",").split(",")
    return [entry.strip() for entry in entries if entry.strip()]


def _content(variable: str, name: str) -> str:
    """The secret in the named file; nothing of it is ever part of a message."""
    path = Path(name)
    try:
        return read_text(path, name, MAX_SECRET_BYTES).strip()
    except ConfigError as error:
        message = f"{variable}: {error.problems[0].message} ({name})"
        raise _error(message, "it holds the path of a file with the secret in it") from None


def _unknown(variable: str, names: _Names) -> ConfigError:
    keys = names.keys(variable)
    for length, key in enumerate(keys):
        known = known_at(names.model, keys[:length])
        if known and key not in known:
            near = did_you_mean(key, known)
            return _error(f"{variable} names no setting: there is no `{key}`", near)
        if length and names.annotation(keys[:length]) is not None:
            message = f"{variable} names no setting: `{keys[length - 1]}` is a single value"
            return _error(message, f"set {variable.rpartition(NESTED)[0]}")
    return _error(f"{variable} names no single setting", f"go on with {variable}{NESTED}...")


def _error(message: str, hint: str) -> ConfigError:
    return ConfigError([Problem(SHOWN, None, None, message, hint).of_rule("bad-variable")])


def _copied(written: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: _copied(value) if isinstance(value, dict) else value for key, value in written.items()
    }
