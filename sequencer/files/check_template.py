"""Check the templates of a cadence: parse each, know each name, fill each in for sample people."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sequencer.domain.cadence import MAIL_KINDS, Cadence, Step, StepKind, Thread
from sequencer.domain.prospect import FIELDS
from sequencer.files import workspace
from sequencer.files.booking_page_check import mailboxes_without_page, no_page
from sequencer.files.cadence import LoadedCadence
from sequencer.files.language import variants
from sequencer.files.nearest import did_you_mean, nearest
from sequencer.files.problem import ConfigError, Problem, Severity
from sequencer.files.settings import Settings
from sequencer.files.template import (
    MissingVariableError,
    Template,
    Variable,
    parse_template,
    render,
    template_variables,
)

# What every template may name beside the fields of a prospect.
SENDER = {"name": "Ana Ruiz", "email": "ana@sender.example"}
UNSUBSCRIBE_URL = "https://sender.example/u/opt-out"
BOOKING_LINK = "https://calendly.com/ana/intro?utm_content=token"
ALWAYS: Mapping[str, object] = {
    "sender": SENDER,
    "unsubscribe_url": UNSUBSCRIBE_URL,
    "booking_link": BOOKING_LINK,
}

ADDRESS = "zoe@bank.example"
FULL = {
    "email": ADDRESS,
    "first_name": "Zoë",
    "last_name": "Marin",
    "company": "Bank Example",
    "title": "Head of Finance",
    "phone": "+49 30 1234567",
    "timezone": "Europe/Berlin",
    "country": "DE",
    "language": "en",
    "stage": "lead",
    "owner": "ana",
}
MAX_MISSING = 50


def template_problems(loaded: LoadedCadence, settings: Settings | None) -> Iterator[Problem]:
    """Problems of all templates of a cadence, each with the line that it is about.

    Args:
        loaded: the cadence.
        settings: where the further fields of prospects are declared; None where they could not be
            read, and then any name might be one.
    """
    fields = None if settings is None else (*FIELDS, *settings.prospect_fields)
    pageless = [] if settings is None else mailboxes_without_page(loaded.cadence, settings)
    steps: dict[str, list[tuple[Step, bool]]] = {}
    for step in loaded.cadence.steps:
        user = (step, may_begin_a_thread(loaded.cadence, step))
        for name in (step.template, *variants(loaded.templates, step.template)):
            steps.setdefault(name, []).append(user)
    for name, users in steps.items():
        lines = loaded.templates[name].split("\n")
        shown = (workspace.TEMPLATES / loaded.cadence.slug / name).as_posix()
        for problem in _of_template(shown, loaded.templates[name], users, fields, pageless):
            yield _with_line(problem, lines)


def _of_template(
    shown: str,
    source: str,
    users: Sequence[tuple[Step, bool]],
    fields: tuple[str, ...] | None,
    pageless: Sequence[str],
) -> Iterator[Problem]:
    try:
        template = parse_template(shown, source)
    except ConfigError as error:
        yield from error.problems
        return
    for step, may_begin in users:
        yield from _missing_subject(template, step, may_begin=may_begin)
    yield from _problems(template, fields)
    yield from no_page(template, pageless)


def _with_line(problem: Problem, lines: Sequence[str]) -> Problem:
    if problem.source_line or problem.column is None or not 0 < (problem.line or 0) <= len(lines):
        return problem
    return replace(problem, source_line=lines[(problem.line or 0) - 1])


def may_begin_a_thread(cadence: Cadence, step: Step) -> bool:
    """Whether a mail may be the first that somebody gets: none above is sent to everybody."""
    above = [cadence.step(step_id) for step_id in cadence.ids_before(step.id)]
    return step.kind in MAIL_KINDS and not any(_is_certain(cadence, each) for each in above)


def _is_certain(cadence: Cadence, step: Step) -> bool:
    """Whether a mail is sent to everybody who comes so far, with nobody's help."""
    above = cadence.ids_before(step.id)
    passed_by = any(cadence.step(each).goto in cadence.ids_after(step.id) for each in above)
    return step.kind is StepKind.EMAIL and not step.when and not passed_by


def _missing_subject(template: Template, step: Step, *, may_begin: bool) -> Iterator[Problem]:
    if template.has_subject or not (may_begin or step.thread is Thread.NEW):
        return
    hint = "put `---`, `subject: ...` and `---` on its first three lines"
    if step.thread is Thread.NEW:
        message = f"the template has no subject, but the step `{step.id}` begins a thread"
        yield Problem(template.name, 1, None, message, hint)
    else:
        message = (
            f"the step `{step.id}` is held for whoever got no mail before it: the template has no "
            "subject to begin a thread with"
        )
        yield Problem(template.name, 1, None, message, hint, severity=Severity.WARNING)


def _problems(template: Template, fields: tuple[str, ...] | None) -> Iterator[Problem]:
    unknown = [] if fields is None else list(_unknown(template, fields))
    yield from unknown
    if unknown:
        return
    extra = {use.name: "sample" for use in template_variables(template) if "." not in use.name}
    full = {**extra, **dict.fromkeys(fields or (), "sample"), **FULL, **ALWAYS}
    try:
        render(template, full)
    except ConfigError as error:
        yield from error.problems
        return
    yield from _without_fallback(template)


def _unknown(template: Template, fields: tuple[str, ...]) -> Iterator[Problem]:
    """Names that nobody could ever have a value for."""
    for use in template_variables(template):
        root, _, below = use.name.partition(".")
        if root == "sender" and below not in SENDER:
            known = [f"sender.{each}" for each in SENDER]
            message = f"there is no `{use.name}`; a template knows {', '.join(known)}"
            yield _at(template, use, message, "")
        elif below and root != "sender":
            yield _at(template, use, f"`{root}` is a single value, it has no `.{below}`", "")
        elif root not in fields and root not in ALWAYS:
            known = [*fields, *ALWAYS]
            declare = f"declare it under prospect_fields in {workspace.SETTINGS.as_posix()}"
            hint = did_you_mean(root, known) if nearest(root, known) else declare
            yield _at(template, use, f"there is no field `{root}`", hint)


def _without_fallback(template: Template) -> Iterator[Problem]:
    """Warnings for the values without which somebody would get no mail."""
    values: dict[str, object] = {"email": ADDRESS, "stage": "lead", **ALWAYS}
    for _ in range(MAX_MISSING):
        try:
            render(template, values)
        except MissingVariableError as error:
            if error.name in values:
                return
            values[error.name] = "sample"
            yield _warning(template, error)
        except ConfigError:
            return  # only a sample: with these values it would be another mail
        else:
            return


def _warning(template: Template, error: MissingVariableError) -> Problem:
    uses = [use for use in template_variables(template) if use.name == error.name]
    at = next((use for use in uses if not use.guarded), uses[0] if uses else None)
    message = f"whoever has no `{error.name}` does not get this mail"
    hint = f'give it a fallback: {{{{ {error.name} | or("...") }}}}'
    if at is None:
        problem = Problem(template.name, error.line, None, message, hint)
    else:
        problem = _at(template, at, message, hint)
    return replace(problem, severity=Severity.WARNING)


def _at(template: Template, use: Variable, message: str, hint: str) -> Problem:
    return Problem(template.name, use.line, use.column, message, hint)
