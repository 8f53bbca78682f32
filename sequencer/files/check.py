"""Check everything that people wrote in a workspace, before anything runs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from sequencer.domain.disposition import Dispositions
from sequencer.domain.prospect import FIELDS
from sequencer.files import workspace
from sequencer.files.cadence import LoadedCadence, cadence_from_source
from sequencer.files.check_cadence import between_files, cadence_findings
from sequencer.files.check_holidays import holiday_findings, local_windows
from sequencer.files.check_memory import CheckMemory, key_of
from sequencer.files.check_people import Outlook, consent_findings, people_findings
from sequencer.files.check_settings import settings_findings
from sequencer.files.dispositions import load_dispositions
from sequencer.files.goto_check import lost_gotos
from sequencer.files.guard_check import unknown_names
from sequencer.files.inspected import inspect
from sequencer.files.meeting_rule_check import rule_problems
from sequencer.files.people_list import read_people
from sequencer.files.problem import ConfigError, Problem, Severity
from sequencer.files.rule_book import RULES
from sequencer.files.settings import Settings, read_settings
from sequencer.files.template_folder import TemplateFolder
from sequencer.files.template_whole import shown_beside
from sequencer.files.waivers import Waived, without_waived
from sequencer.files.yaml_source import YamlSource, load_yaml

T = TypeVar("T")

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to check beyond everything.

    Attributes:
        cadences: only these; empty for all.
        prospects: a list of people for whom to look ahead.
        on: the day on which they would be enrolled.
        memory: file in which findings are kept, so that only what has changed is looked at.
    """

    cadences: tuple[str, ...] = ()
    prospects: Path | None = None
    on: date | None = None
    memory: Path | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found, in the order of the places.

    Attributes:
        cadences: those that could be loaded.
        waived: findings that somebody allowed.
        outlooks: how a list of people would fare in each cadence.
        slugs: names of all cadences, those that could not be loaded among them.
    """

    cadences: tuple[LoadedCadence, ...]
    problems: tuple[Problem, ...]
    waived: tuple[Waived, ...] = ()
    outlooks: tuple[Outlook, ...] = ()
    slugs: tuple[str, ...] = ()

    def count(self, level: Severity) -> int:
        """How many problems there are of that level."""
        return sum(problem.severity is level for problem in self.problems)


EVERYTHING = Wanted()


def check_workspace(
    root: Path, environ: Mapping[str, str] = NOTHING, wanted: Wanted = EVERYTHING
) -> Checked:
    """Settings, cadences and templates of a workspace; nothing is raised, nothing is changed."""
    desk = _Desk(root)
    desk.read(environ)
    desk.look(wanted)
    every = dict.fromkeys(desk.problems)  # what is included twice is found twice
    found, waived = without_waived(map(by_the_book, every), desk.texts)
    chosen = _Chosen(desk, wanted)
    return Checked(
        tuple(each for each in desk.loaded if chosen.slug(each.cadence.slug)),
        tuple(sorted(filter(chosen.problem, map(by_the_book, found)), key=_order)),
        tuple(each for each in waived if chosen.problem(each.problem)),
        tuple(desk.outlooks),
        tuple(dict.fromkeys(filter(None, chosen.slug_of.values()))),
    )


def by_the_book(problem: Problem) -> Problem:
    """The problem with the level that its rule has."""
    rule = RULES.get(problem.code)
    return problem if rule is None else replace(problem, severity=rule.level)


def _order(problem: Problem) -> tuple[str, int, int]:
    return problem.order


@dataclass
class _Desk:
    """Everything that was read, and what was found so far."""

    root: Path
    problems: list[Problem] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    settings: Settings | None = None
    dispositions: Dispositions | None = None
    sources: list[YamlSource] = field(default_factory=list)
    readable: list[YamlSource] = field(default_factory=list)
    loaded: list[LoadedCadence] = field(default_factory=list)
    outlooks: list[Outlook] = field(default_factory=list)

    def read(self, environ: Mapping[str, str]) -> None:
        """Read the files of the workspace, each once."""
        read = self._or_problems(lambda: read_settings(self.root, environ))
        if read is not None:
            self.settings, source = read
            self.texts[source.file] = source.text
            self.problems.extend(settings_findings(self.settings, source))
        self.dispositions = self._or_problems(lambda: load_dispositions(self.root))
        for path in workspace.cadence_files(self.root):
            shown = workspace.shown(path, self.root)
            loaded = self._or_problems(partial(load_yaml, path, shown))
            if loaded is not None:
                self._cadence(loaded)

    def look(self, wanted: Wanted) -> None:
        """Look at everything that was read, and at the people of a list."""
        memory = CheckMemory(wanted.memory)
        for source, loaded in zip(self.readable, self.loaded, strict=True):
            folder = (workspace.TEMPLATES / loaded.cadence.slug).as_posix()
            self.problems.extend(self._findings(source, loaded, memory))
            for name, text in loaded.templates.items():
                self.texts[shown_beside(f"{folder}/-", name)] = text
        memory.save()
        self.problems.extend(lost_gotos(self.root, self.dispositions or {}, self.loaded))
        cadences = [each.cadence for each in self.loaded]
        self.problems.extend(rule_problems(self.sources, cadences, _reps(self.settings)))
        if wanted.prospects is not None:
            self._people(wanted.prospects, wanted)

    def _cadence(self, source: YamlSource) -> None:
        """What one cadence file says."""
        self.sources.append(source)
        self.texts[source.file] = source.text
        self.problems.extend(between_files(self.sources, self.settings))
        if self.settings is not None and self.dispositions is not None:
            fields = (*FIELDS, *self.settings.prospect_fields)
            self.problems.extend(unknown_names(source, fields, self.dispositions))
        loaded = self._or_problems(lambda: cadence_from_source(source, self.root))
        if loaded is not None:
            self.readable.append(source)
            self.loaded.append(loaded)

    def _findings(
        self, source: YamlSource, loaded: LoadedCadence, memory: CheckMemory
    ) -> Sequence[Problem]:
        """What is found in a cadence, looked for anew only where something has changed."""
        folder = workspace.TEMPLATES / loaded.cadence.slug
        present = TemplateFolder(self.root / folder, folder.as_posix()).names()
        dispositions = self.dispositions or {}
        key = key_of(source, loaded, self.settings, dispositions, present)
        found = memory.get(key)
        if found is None:
            inspected = inspect(source, loaded, self.settings)
            found = tuple(cadence_findings(inspected, dispositions, present))
            memory.put(key, found)
        return found

    def _people(self, path: Path, wanted: Wanted) -> None:
        shown = workspace.shown(path, self.root)
        people = self._or_problems(lambda: read_people(path, shown), "bad-list")
        if people is None:
            return
        self.problems.extend(people.refused_rows())
        if self.settings is not None:
            self.problems.extend(consent_findings(self.settings, people))
        if wanted.on is not None:
            self.problems.extend(holiday_findings(people, wanted.on))
        for source, loaded in zip(self.readable, self.loaded, strict=True):
            if not wanted.cadences or loaded.cadence.slug in wanted.cadences:
                inspected = inspect(source, loaded, self.settings)
                outlook, findings = people_findings(inspected, people)
                self.outlooks.append(outlook)
                self.problems.extend(findings)
                self.problems.extend(local_windows(inspected, people))

    def _or_problems(self, read: Callable[[], T], code: str = "") -> T | None:
        """What was read, or None where that failed, and then its problems are noted."""
        try:
            return read()
        except ConfigError as error:
            self.problems.extend(each.of_rule(code) for each in error.problems)
            return None


def _reps(settings: Settings | None) -> set[str] | None:
    """Whom a prospect may be given to, as far as the settings say."""
    if settings is None:
        return None
    boxes = {name: each.rep or name for name, each in settings.mailboxes.items()}
    return {*boxes, *boxes.values(), *settings.reps}


class _Chosen:
    """What belongs to the cadences that were asked for: their files, and what is of all."""

    def __init__(self, desk: _Desk, wanted: Wanted) -> None:
        self._wanted = wanted.cadences
        self.slug_of = {
            source.file: str(source.value.get("cadence") or "")
            for source in desk.sources
            if isinstance(source.value, dict)
        }
        hidden = {file: slug for file, slug in self.slug_of.items() if not self.slug(slug)}
        self._hidden = hidden.keys()
        self._folders = _folders(hidden.values())

    def slug(self, slug: str) -> bool:
        """Whether a cadence is among them."""
        return not self._wanted or slug in self._wanted

    def problem(self, problem: Problem) -> bool:
        """Whether a problem is about one of them, or about all."""
        hidden = problem.file in self._hidden or problem.file.startswith(self._folders)
        return not hidden


def _folders(slugs: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{(workspace.TEMPLATES / slug).as_posix()}/" for slug in slugs if slug)
