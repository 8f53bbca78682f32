"""From a cadence file to the cadence that the engine runs, and from its stored form."""

import hashlib
import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from sequencer.domain.cadence import Cadence
from sequencer.files import names, workspace
from sequencer.files.attach_files import attached_in, attachment_problems
from sequencer.files.audience_keys import (
    audience_of,
    colleague_rule,
    stages_in_order,
    throttle_of,
)
from sequencer.files.cadence_check import problems_together
from sequencer.files.cadence_file import CadenceKeys
from sequencer.files.from_keys import normal_from
from sequencer.files.meeting_rule_keys import meeting_rules, normal_rules
from sequencer.files.meeting_rule_place import RulePlaces
from sequencer.files.model_error import problems_of
from sequencer.files.problem import ConfigError, Problem
from sequencer.files.schedule import normalise_schedule, normalise_step, schedule_of
from sequencer.files.step import normal_form, steps_of
from sequencer.files.step_check import template_values
from sequencer.files.template_folder import TemplateFolder
from sequencer.files.yaml_source import YamlSource, load_yaml

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class LoadedCadence:
    """A cadence file that holds together, with its templates.

    Attributes:
        document: the cadence in its one normal form, ready for JSON; spelling and comments of the
            file are gone, defaults are written out.
        templates: source text by file name, language variants included.
        attachments: the files that go with its mails, in Base64, by their names.
    """

    cadence: Cadence
    document: dict[str, object]
    templates: dict[str, str]
    attachments: dict[str, str] = field(default_factory=dict)

    @property
    def hash(self) -> str:
        """Name of the version that it becomes."""
        return content_hash(self.document, self.templates, self.attachments)


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
    files: dict[str, bytes] = {}
    if folder is not None:
        try:
            templates = folder.read(name for _, name in template_values(source))
            files = folder.contents(each.name for each in attached_in(source))
            problems.extend(attachment_problems(source, folder, files))
        except ConfigError as error:
            problems.extend(error.problems)
    if problems or keys is None:
        raise ConfigError(problems)
    attachments = {name: b64encode(content).decode() for name, content in files.items()}
    return LoadedCadence(_cadence(keys), _document(keys), templates, attachments)


def cadence_from_document(document: Mapping[str, object]) -> Cadence:
    """The cadence that was stored as that document.

    Raises:
        ValueError: the document was not made by `load_cadence`.
    """
    return _cadence(CadenceKeys.model_validate(document))


def content_hash(
    document: Mapping[str, object],
    templates: Mapping[str, str],
    attachments: Mapping[str, str] = NOTHING,
) -> str:
    """Name of a version: the same content gives the same hash, whatever the spelling of the file.

    Returns:
        64 hexadecimal digits.
    """
    content = {"cadence": dict(document), "templates": dict(templates)}
    if attachments:
        content["attachments"] = dict(attachments)
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _keys(source: YamlSource) -> tuple[CadenceKeys | None, list[Problem]]:
    try:
        return CadenceKeys.model_validate(source.value), []
    except ValidationError as error:
        return None, problems_of(error, RulePlaces(source), CadenceKeys)


def _folder(source: YamlSource, root: Path) -> TemplateFolder | None:
    """Folder of the cadence's templates, None where the file does not say its name."""
    slug = source.value.get("cadence") if isinstance(source.value, dict) else None
    try:
        folder = workspace.TEMPLATES / names.slug(slug if isinstance(slug, str) else "")
    except ValueError:
        return None
    return TemplateFolder(root / folder, folder.as_posix())


def _cadence(keys: CadenceKeys) -> Cadence:
    schedule = schedule_of(keys.schedule)
    return Cadence(
        slug=keys.cadence,
        title=keys.title,
        schedule=schedule,
        mailboxes=keys.from_.mailboxes or (),
        pool=keys.from_.pool or "",
        rotate=keys.from_.rotate,
        steps=tuple(steps_of(keys.steps, schedule)),
        audience=audience_of(keys.audience),
        throttle=throttle_of(keys.throttle),
        colleagues=colleague_rule(keys.stop_on.colleague_reply),
        meeting_ends_account=keys.stop_on.meeting == "account",
        on=tuple(meeting_rules(keys.on)),
        client=keys.client,
        retired=tuple(sorted(set(keys.retired))),
    )


def _document(keys: CadenceKeys) -> dict[str, object]:
    document: dict[str, Any] = keys.model_dump(mode="json", by_alias=True)
    normalise_schedule(document["schedule"], keys.schedule)
    document["audience"]["stages"] = stages_in_order(keys.audience.stages)
    steps = steps_of(keys.steps, schedule_of(keys.schedule))
    written = []
    for document_step, step_keys, step in zip(document["steps"], keys.steps, steps, strict=True):
        normalise_step(document_step, step_keys, step.wait)
        written.append(normal_form(document_step, step))
    document["steps"] = written
    if not document["audience"]["beside_meeting"]:
        del document["audience"]["beside_meeting"]
    document["from"] = normal_from(keys.from_)
    document["on"] = normal_rules(tuple(meeting_rules(keys.on)))
    document["retired"] = sorted(set(keys.retired))
    for later in ("client", "on", "retired"):  # without them a version has the name it had before
        if not document[later]:
            del document[later]
    return document
