"""Read the settings of a workspace: its file, the environment on top, secrets never in the file."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sequencer.files import workspace
from sequencer.files.environment import (
    FROM_FILE,
    PREFIX,
    SHOWN,
    FromEnvironment,
    read_environment,
    variable_name,
)
from sequencer.files.handover_check import handover_mistakes
from sequencer.files.mailbox_settings import MailboxSettings, ServerSettings
from sequencer.files.model_error import problems_of
from sequencer.files.model_fields import is_secret, step_into
from sequencer.files.nearest import did_you_mean
from sequencer.files.pool_check import pool_mistakes
from sequencer.files.problem import ConfigError, Problem
from sequencer.files.rep_check import rep_mistakes
from sequencer.files.settings_form import database_url
from sequencer.files.settings_model import Settings
from sequencer.files.text_file import read_text
from sequencer.files.yaml_source import YamlSource, load_yaml

__all__ = [
    "MailboxSettings",
    "ServerSettings",
    "Settings",
    "lasting_database",
    "load_settings",
]

SECRET_KEY = workspace.STATE / "secret.key"
MAX_KEY_BYTES = 64 * 1024
_PASSWORD_IN_URL = re.compile(r"://[^/@\s]*:[^/@\s]*@")


def load_settings(root: Path, environ: Mapping[str, str]) -> Settings:
    """The settings in `config/sequencer.yaml`, those of the environment on top.

    Args:
        root: the workspace.
        environ: variables; those that begin with SEQUENCER_ are settings.

    Raises:
        ConfigError: anything in the file or the environment is wrong.
    """
    return read_settings(root, environ)[0]


def read_settings(root: Path, environ: Mapping[str, str]) -> tuple[Settings, YamlSource]:
    """The settings, and the file with the place of each of them.

    Raises:
        ConfigError: see `load_settings`.
    """
    source = _read(root)
    written = source.value if isinstance(source.value, dict) else {}
    given = {"mailboxes": _names(written, "mailboxes"), "reps": _names(written, "reps")}
    found = read_environment(environ, Settings, given)
    problems = [*found.problems, *_refuse_unknown_mailboxes(written, found)]
    problems.extend(_secrets(source, written, ()))
    values = found.over(_without_secrets(written, ()))
    if not problems:
        _add_secret_key(values, found, root)
    origin = _Origin(source, found)
    try:
        # What is no mapping at all is for the model to complain about.
        settings = Settings.model_validate(values if written or not source.value else source.value)
    except ValidationError as error:
        raise ConfigError([*problems, *problems_of(error, origin, Settings)]) from None
    problems.extend(_mistakes(settings, origin))
    if problems:
        raise ConfigError(problems)
    return _completed(settings, root), source


def _mistakes(settings: Settings, origin: "_Origin") -> Iterator[Problem]:
    """What does not fit together in settings that are right each by itself."""
    for each in rep_mistakes(settings):
        yield origin.problem(*each[:3], at_key=each.at_key).of_rule("bad-rep")
    for each in handover_mistakes(settings):
        yield origin.problem(*each[:3], at_key=each.at_key).of_rule("bad-handover")
    for each in pool_mistakes(settings):
        yield origin.problem(*each[:3], at_key=each.at_key).of_rule("bad-pool")


class _Origin:
    """Where a setting was written: in the file, or in a variable."""

    def __init__(self, source: YamlSource, found: FromEnvironment) -> None:
        self._source, self._found = source, found

    def problem(
        self, path: Sequence[str | int], message: str, hint: str = "", *, at_key: bool = False
    ) -> Problem:
        """A problem where that setting comes from."""
        variable = self._found.variable_of(path)
        if variable is None:
            problem = self._source.problem(path, message, hint, at_key=at_key)
            return _without_value(problem) if at_key else problem
        if not variable.startswith(PREFIX):
            return Problem(variable, None, None, message, hint)
        return Problem(SHOWN, None, None, f"{variable}: {message}", hint)


def _without_value(problem: Problem) -> Problem:
    """The problem with no more of its line than the key: a misspelt key may stand for a secret."""
    end = problem.source_line.find(":", problem.column or 0)
    return replace(problem, source_line=problem.source_line[: end + 1])


def _read(root: Path) -> YamlSource:
    path = root / workspace.SETTINGS
    shown = workspace.SETTINGS.as_posix()
    if not path.exists():
        hint = "`sequencer init` begins a workspace; `--workspace` names another folder"
        problem = Problem(shown, None, None, f"there is no such file in {root}", hint)
        raise ConfigError([problem.of_rule("no-workspace")])
    return load_yaml(path, shown)


def _names(written: Mapping[str, Any], group: str) -> list[str]:
    named = written.get(group)
    return list(named) if isinstance(named, dict) else []


def _refuse_unknown_mailboxes(
    written: Mapping[str, Any], found: FromEnvironment
) -> Iterator[Problem]:
    """Take out the variables for a mailbox that nobody has declared, with a problem for each."""
    names = _names(written, "mailboxes")
    for keys, variable in found.variables.items():
        declared = keys[1:2] == () or keys[1] in names or (*keys[:2], "address") in found.variables
        if keys[0] == "mailboxes" and not declared:
            del found.values[keys]
            message = f"{variable}: there is no mailbox `{keys[1]}`"
            problem = Problem(SHOWN, None, None, message, did_you_mean(keys[1], names))
            yield problem.of_rule("bad-variable")


def _secrets(source: YamlSource, value: Any, path: tuple[str, ...]) -> Iterator[Problem]:
    """Secrets in the file; what they are is not shown."""
    for key, below in value.items() if isinstance(value, dict) else ():
        place = (*path, key)
        if isinstance(below, dict):
            yield from _secrets(source, below, place)
        elif below is not None and _is_secret(place, below):
            variable = variable_name(place)
            hint = f"set {variable}, or {variable}{FROM_FILE} with the path of a file that holds it"
            message = f"`{key}` holds a secret and does not belong into this file"
            yield source.problem(place, message, hint, at_key=True).of_rule("secret-in-file")


def _is_secret(path: tuple[str, ...], value: Any) -> bool:
    annotation: Any = Settings
    for part in path:
        annotation = step_into(annotation, part)
    if path == ("database",):
        return isinstance(value, str) and bool(_PASSWORD_IN_URL.search(value))
    return annotation is not None and is_secret(annotation)


def _without_secrets(value: Mapping[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """The written settings without those that are refused, so that no message can show them."""
    kept: dict[str, Any] = {}
    for key, below in value.items():
        if isinstance(below, dict):
            kept[key] = _without_secrets(below, (*path, key))
        elif not _is_secret((*path, key), below):
            kept[key] = below
    return kept


def _add_secret_key(values: dict[str, Any], found: FromEnvironment, root: Path) -> None:
    """Take the key that `init` made, where the environment gives none."""
    path = root / SECRET_KEY
    if "secret_keys" not in values and path.exists():
        text = read_text(path, SECRET_KEY.as_posix(), MAX_KEY_BYTES)
        values["secret_keys"] = text.split()
        found.variables["secret_keys",] = SECRET_KEY.as_posix()


def _completed(settings: Settings, root: Path) -> Settings:
    """The settings with what depends on the workspace: paths, and the address of the pages."""
    mailboxes = {
        name: each.model_copy(update={"ca_file": str(root / each.ca_file)})
        if each.ca_file
        else each
        for name, each in settings.mailboxes.items()
    }
    web = settings.web
    if not web.public_url:
        web = web.model_copy(update={"public_url": f"http://{_reachable(web.host)}:{web.port}"})
    changes = {
        "database": _database(settings.database, root),
        "mailboxes": mailboxes,
        "web": web,
    }
    return settings.model_copy(update=changes)


def _reachable(host: str) -> str:
    """The host as it stands in an address; one that means all interfaces becomes this machine."""
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        return host
    if address.is_unspecified:
        return "127.0.0.1"
    return f"[{address}]" if address.version == 6 else str(address)


def lasting_database(url: str, root: Path) -> str:
    """The address of a database that is not in the settings, as it would be read there.

    Raises:
        ValueError: it is none, or nothing could be kept there.
    """
    found = _database(database_url(url), root)
    if found.startswith("sqlite:"):
        path = found.removeprefix("sqlite://").removeprefix("/").partition("?")[0]
        if path in {"", ":memory:"}:
            raise ValueError("a file is expected, such as `sqlite:///file.db`")
        if not Path(path).parent.is_dir():
            raise ValueError(f"there is no folder {Path(path).parent}")
    return found


def _database(url: str, root: Path) -> str:
    """The address with an SQLite file's path made absolute."""
    path, mark, options = url.removeprefix("sqlite:///").partition("?")
    if not url.startswith("sqlite:///") or path in {"", ":memory:"}:
        return url
    return f"sqlite:///{root.absolute() / path}{mark}{options}"
