"""Check everything that people wrote in a workspace, before anything runs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from sequencer.domain.prospect import FIELDS
from sequencer.files import workspace
from sequencer.files.cadence import LoadedCadence, cadence_from_source
from sequencer.files.check_template import template_problems
from sequencer.files.client_check import unknown_client
from sequencer.files.dispositions import load_dispositions
from sequencer.files.goto_check import lost_gotos
from sequencer.files.guard_check import unknown_names
from sequencer.files.meeting_rule_check import rule_problems
from sequencer.files.nearest import did_you_mean
from sequencer.files.problem import ConfigError, Problem, Severity
from sequencer.files.settings import Settings, load_settings
from sequencer.files.yaml_source import YamlSource, load_yaml

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Checked:
    """The cadences that could be loaded, and all problems found, in the order of their places."""

    cadences: tuple[LoadedCadence, ...]
    problems: tuple[Problem, ...]


def check_workspace(root: Path, environ: Mapping[str, str] = NOTHING) -> Checked:
    """Settings, cadences and templates of a workspace; nothing is raised, nothing is changed."""
    problems: list[Problem] = []
    settings = None
    try:
        settings = load_settings(root, environ)
    except ConfigError as error:
        problems.extend(error.problems)
    else:
        problems.extend(_advice(settings))
    dispositions = None
    try:
        dispositions = load_dispositions(root)
    except ConfigError as error:
        problems.extend(error.problems)
    cadences: list[LoadedCadence] = []
    sources: list[YamlSource] = []
    first_file: dict[str, str] = {}
    for path in workspace.cadence_files(root):
        try:
            source = load_yaml(path, workspace.shown(path, root))
            sources.append(source)
            problems.extend(_together(source, settings, first_file))
            if settings is not None and dispositions is not None:
                fields = (*FIELDS, *settings.prospect_fields)
                problems.extend(unknown_names(source, fields, dispositions))
            cadences.append(cadence_from_source(source, root))
        except ConfigError as error:
            problems.extend(error.problems)
    for loaded in cadences:
        problems.extend(template_problems(loaded, settings))
    problems.extend(lost_gotos(root, dispositions or {}, cadences))
    problems.extend(rule_problems(sources, [each.cadence for each in cadences], _reps(settings)))
    return Checked(tuple(cadences), tuple(sorted(problems, key=lambda problem: problem.order)))


def _reps(settings: Settings | None) -> set[str] | None:
    """Whom a prospect may be given to, as far as the settings say."""
    if settings is None:
        return None
    boxes = {name: each.rep or name for name, each in settings.mailboxes.items()}
    return {*boxes, *boxes.values(), *settings.reps}


def _together(
    source: YamlSource, settings: Settings | None, first_file: dict[str, str]
) -> Iterator[Problem]:
    """What is wrong between a cadence and the rest of the workspace."""
    written = source.value if isinstance(source.value, dict) else {}
    slug = written.get("cadence")
    if isinstance(slug, str):
        first = first_file.setdefault(slug, source.file)
        if first != source.file:
            message = f"the cadence `{slug}` stands in {first} already"
            yield source.problem(("cadence",), message, "every cadence has its own name")
    if settings is not None:
        yield from _unknown_mailboxes(source, written.get("from"), settings)
        yield from unknown_client(source, settings.reps)


def _unknown_mailboxes(
    source: YamlSource, written: object, settings: Settings
) -> Iterator[Problem]:
    mailboxes = written.get("mailboxes") if isinstance(written, dict) else None
    for index, name in enumerate(mailboxes if isinstance(mailboxes, list) else ()):
        if isinstance(name, str) and name not in settings.mailboxes:
            place = ("from", "mailboxes", index)
            message = f"there is no mailbox `{name}` in the settings"
            hint = did_you_mean(name, settings.mailboxes)
            settings_file = workspace.SETTINGS.as_posix()
            yield source.problem(place, message, hint or f"declare it in {settings_file}")


def _advice(settings: Settings) -> Iterator[Problem]:
    """What works, but not as people would want."""
    shown = workspace.SETTINGS.as_posix()
    if settings.mailboxes and not settings.workspace.postal_address:
        message = "`workspace.postal_address` is empty; many countries demand one in each mail"
        yield Problem(shown, None, None, message, severity=Severity.WARNING)
