"""What the checks look at: a cadence with its file, its settings, and its templates read once."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from sequencer.domain.cadence import MAIL_KINDS, Cadence, Step
from sequencer.domain.first_mail import may_be_first
from sequencer.domain.prospect import FIELDS
from sequencer.files import workspace
from sequencer.files.cadence import LoadedCadence
from sequencer.files.language import choose_template
from sequencer.files.problem import ConfigError, Problem
from sequencer.files.sample_values import ALWAYS, FULL, SPARSE
from sequencer.files.settings_model import Settings
from sequencer.files.template import (
    MissingVariableError,
    Rendered,
    Template,
    parse_template,
    render,
    template_variables,
)
from sequencer.files.template_names import certain_of_sender, with_nested
from sequencer.files.template_text import forms_of
from sequencer.files.template_values import with_value
from sequencer.files.template_whole import shown_beside
from sequencer.files.yaml_source import YamlSource

MAX_MISSING = 50
FENCE = "---"
_SUBJECT = re.compile(r"subject\s*:\s*[\"']?")


class User(NamedTuple):
    """A step that uses a template, and whether its mail may be the first that somebody gets."""

    step: Step
    may_begin: bool


@dataclass(frozen=True, slots=True)
class Sample:
    """A template filled in for one invented person, or why that failed.

    Attributes:
        missing: values that had to be invented since nothing stands in for them.
    """

    rendered: Rendered | None = None
    failures: tuple[Problem, ...] = ()
    missing: tuple[MissingVariableError, ...] = ()


@dataclass(frozen=True, slots=True)
class InspectedTemplate:
    """A template of a cadence.

    Attributes:
        shown: how messages call it.
        template: None where it cannot be read; `mistakes` tell why.
        full: for somebody of whom everything is known.
        sparse: for somebody of whom next to nothing is known.
        language: of the readers for whom it was put together; the file alone may be for others.
    """

    name: str
    shown: str
    lines: tuple[str, ...] = field(repr=False)
    users: tuple[User, ...]
    template: Template | None
    mistakes: tuple[Problem, ...] = ()
    full: Sample = Sample()
    sparse: Sample = Sample()
    language: str = ""

    @property
    def is_mail(self) -> bool:
        """Whether it is sent, and no guide for a task."""
        return any(user.step.kind in MAIL_KINDS for user in self.users)

    @property
    def is_first(self) -> bool:
        """Whether its mail may be the first that somebody gets."""
        return any(user.may_begin for user in self.users)

    @property
    def body_at(self) -> int:
        """Number of the first line below the front matter."""
        if self.lines and self.lines[0].rstrip() == FENCE:
            ends = (at for at, line in enumerate(self.lines[1:], 2) if line.rstrip() == FENCE)
            return next(ends, 0) + 1
        return 1

    @property
    def subject_at(self) -> tuple[int, int] | None:
        """Line and column where the subject begins; None where there is none."""
        for number, line in enumerate(self.lines[: self.body_at - 1], 1):
            if found := _SUBJECT.match(line):
                return number, found.end() + 1
        return None

    def body(self) -> Iterator[tuple[int, str]]:
        """Number and text of each line of the body."""
        yield from enumerate(self.lines[self.body_at - 1 :], self.body_at)

    def problem(
        self, code: str, at: tuple[int, int] | None, message: str, hint: str = ""
    ) -> Problem:
        """A problem at that line and column."""
        line, column = at or (None, None)
        shown = self.lines[line - 1] if line and line <= len(self.lines) else ""
        return Problem(self.shown, line, column, message, hint, shown, code=code)


@dataclass(frozen=True, slots=True)
class InspectedCadence:
    """A cadence that could be loaded, and all that is around it.

    Attributes:
        settings: None where they cannot be read.
        pieces: files that are only included, as they are written.
    """

    source: YamlSource
    loaded: LoadedCadence
    settings: Settings | None
    templates: tuple[InspectedTemplate, ...]
    pieces: tuple[InspectedTemplate, ...] = ()

    @property
    def cadence(self) -> Cadence:
        """What the engine would run."""
        return self.loaded.cadence

    def template_for(self, name: str, language: str) -> InspectedTemplate:
        """A template as a reader of that language gets it."""
        forms = {(each.name, each.language): each for each in self.templates}
        file = choose_template(self.loaded.templates, name, language)
        tag = language.replace("_", "-").lower()
        while tag and (file, tag) not in forms:
            tag = tag.rpartition("-")[0]
        return forms[file, tag]

    def at_step(self, step_id: str, key: str, message: str, hint: str, code: str) -> Problem:
        """A problem at a key of a step, or at the step where it has no such key."""
        index = [step.id for step in self.cadence.steps].index(step_id)
        return self.source.problem(("steps", index, key), message, hint).of_rule(code)


def inspect(
    source: YamlSource, loaded: LoadedCadence, settings: Settings | None
) -> InspectedCadence:
    """The cadence with each of its templates parsed and filled in once."""
    fields = FIELDS if settings is None else (*FIELDS, *settings.prospect_fields)
    sender = certain_of_sender(loaded.cadence, settings)
    users: dict[tuple[str, str], list[User]] = {}
    for step in loaded.cadence.steps:
        user = User(step, may_be_first(loaded.cadence, step))
        for name in step.templates:
            for form in forms_of(loaded.templates, name):
                known = users.setdefault(form, [])
                if user not in known:
                    known.append(user)
    templates = (_read(loaded, form, tuple(each), fields, sender) for form, each in users.items())
    used = {name for name, _ in users}
    pieces = (_piece(loaded, name) for name in loaded.templates if name not in used)
    return InspectedCadence(source, loaded, settings, tuple(templates), tuple(pieces))


def _piece(loaded: LoadedCadence, name: str) -> InspectedTemplate:
    shown = shown_beside((workspace.TEMPLATES / loaded.cadence.slug / "-").as_posix(), name)
    return InspectedTemplate(name, shown, tuple(loaded.templates[name].split("\n")), (), None)


def _read(
    loaded: LoadedCadence,
    form: tuple[str, str],
    users: tuple[User, ...],
    fields: tuple[str, ...],
    sender: Mapping[str, str],
) -> InspectedTemplate:
    name, language = form
    text = loaded.templates[name]
    shown = (workspace.TEMPLATES / loaded.cadence.slug / name).as_posix()
    lines = tuple(text.split("\n"))
    found = InspectedTemplate(name, shown, lines, users, None, language=language)
    try:
        template = parse_template(shown, text, loaded.templates, language)
    except ConfigError as error:
        return replace(found, mistakes=error.problems)
    extra = {use.name: "sample" for use in template_variables(template) if "." not in use.name}
    full = with_nested({**extra, **dict.fromkeys(fields, "sample"), **FULL, **ALWAYS}, template)
    sparse = _sparse(template, {**SPARSE, "sender": sender})
    return replace(found, template=template, full=_full(template, full), sparse=sparse)


def _full(template: Template, values: Mapping[str, object]) -> Sample:
    try:
        return Sample(render(template, values))
    except ConfigError as error:
        return Sample(failures=error.problems)


def _sparse(template: Template, values: dict[str, object]) -> Sample:
    """The template with as few values as it can do with."""
    missing: list[MissingVariableError] = []
    for _ in range(MAX_MISSING):
        try:
            return Sample(render(template, values), missing=tuple(missing))
        except MissingVariableError as error:
            if any(error.name == each.name for each in missing):
                break
            values = with_value(values, error.name, "sample")
            missing.append(error)
        except ConfigError:
            break  # only a sample: with these values it would be another mail
    return Sample(missing=tuple(missing))
