"""From a cadence file to the cadence that the engine runs, and from its stored form."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sequencer.domain.cadence import Cadence, Schedule, Step, StepKind, Thread
from sequencer.domain.delay import NO_DELAY, delay_from_text
from sequencer.files import names, workspace
from sequencer.files.cadence_check import problems_together, step_values
from sequencer.files.cadence_file import CadenceKeys
from sequencer.files.model_error import problems_of
from sequencer.files.problem import ConfigError, Problem
from sequencer.files.schedule_keys import ScheduleKeys
from sequencer.files.step_keys import StepKeys
from sequencer.files.template_folder import TemplateFolder
from sequencer.files.window_text import window_as_text, window_from_text
from sequencer.files.yaml_source import YamlSource, load_yaml


@dataclass(frozen=True, slots=True)
class LoadedCadence:
    """A cadence file that holds together, with its templates.

    Attributes:
        document: the cadence in its one normal form, ready for JSON; spelling and comments of the
            file are gone, defaults are written out.
        templates: source text by file name, language variants included.
    """

    cadence: Cadence
    document: dict[str, object]
    templates: dict[str, str]


def load_cadence(path: Path, root: Path | None = None) -> LoadedCadence:
    """The cadence in that file with the templates of `templates/<cadence>/` of its workspace.

    Args:
        path: the YAML file.
        root: the workspace; by default the folder above `config/cadences`.

    Raises:
        ConfigError: anything in the file is wrong, or a template is missing or unreadable.
    """
    home = root or workspace.root_of(path)
    source = load_yaml(path, workspace.shown(path, home))
    return cadence_from_source(source, home)


def cadence_from_source(source: YamlSource, root: Path) -> LoadedCadence:
    """The cadence of a YAML file that has been read.

    Raises:
        ConfigError: see `load_cadence`.
    """
    folder = _folder(source, root)
    keys, problems = _keys(source)
    problems.extend(problems_together(source, folder))
    templates: dict[str, str] = {}
    if folder is not None:
        try:
            templates = folder.read(name for _, name in step_values(source, "email"))
        except ConfigError as error:
            problems.extend(error.problems)
    if problems or keys is None:
        raise ConfigError(problems)
    return LoadedCadence(_cadence(keys), _document(keys), templates)


def cadence_from_document(document: Mapping[str, object]) -> Cadence:
    """The cadence that was stored as that document.

    Raises:
        ValueError: the document was not made by `load_cadence`.
    """
    return _cadence(CadenceKeys.model_validate(document))


def content_hash(document: Mapping[str, object], templates: Mapping[str, str]) -> str:
    """Name of a version: the same content gives the same hash, whatever the spelling of the file.

    Returns:
        64 hexadecimal digits.
    """
    content = {"cadence": dict(document), "templates": dict(templates)}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _keys(source: YamlSource) -> tuple[CadenceKeys | None, list[Problem]]:
    try:
        return CadenceKeys.model_validate(source.value), []
    except ValidationError as error:
        return None, problems_of(error, source, CadenceKeys)


def _folder(source: YamlSource, root: Path) -> TemplateFolder | None:
    """Folder of the cadence's templates, None where the file does not say its name."""
    slug = source.value.get("cadence") if isinstance(source.value, dict) else None
    try:
        folder = workspace.TEMPLATES / names.slug(slug if isinstance(slug, str) else "")
    except ValueError:
        return None
    return TemplateFolder(root / folder, folder.as_posix())


def _cadence(keys: CadenceKeys) -> Cadence:
    return Cadence(
        slug=keys.cadence,
        title=keys.title,
        schedule=_schedule(keys.schedule),
        mailboxes=keys.from_.mailboxes,
        steps=tuple(_steps(keys.steps)),
    )


def _schedule(keys: ScheduleKeys) -> Schedule:
    window = window_from_text(keys.window, frozenset(keys.skip_dates))
    return Schedule(window, keys.timezone, timedelta(minutes=keys.jitter_minutes))


def _steps(steps: Iterable[StepKeys]) -> Iterable[Step]:
    for index, step in enumerate(steps):
        wait = delay_from_text(step.wait) if step.wait else NO_DELAY
        thread = step.thread if index else Thread.NEW
        yield Step(step.id, wait, StepKind.EMAIL, step.email, thread)


def _document(keys: CadenceKeys) -> dict[str, object]:
    document: dict[str, Any] = keys.model_dump(mode="json", by_alias=True)
    schedule = document["schedule"]
    schedule["window"] = window_as_text(window_from_text(keys.schedule.window, frozenset()))
    schedule["skip_dates"] = sorted(set(schedule["skip_dates"]))
    for written, step in zip(document["steps"], _steps(keys.steps), strict=True):
        written.update(wait=str(step.wait), thread=str(step.thread))
    return document
