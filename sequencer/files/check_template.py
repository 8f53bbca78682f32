"""Check the templates of a cadence: parse each, know each name, fill each in for sample people."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sequencer.domain.cadence import Step, Thread
from sequencer.files.booking_page_check import mailboxes_without_page, no_page
from sequencer.files.inspected import InspectedCadence, InspectedTemplate
from sequencer.files.problem import Problem, Severity
from sequencer.files.settings import Settings
from sequencer.files.template import MissingVariableError, Template, Variable, template_variables
from sequencer.files.template_names import names_of, unknown


def template_problems(cadence: InspectedCadence) -> Iterator[Problem]:
    """Problems of all templates of a cadence, each with the line that it is about.

    Where the settings could not be read, any name might be that of a declared field.
    """
    pageless = _pageless(cadence, cadence.settings)
    for each in cadence.templates:
        for problem in _of_template(each, cadence.settings, pageless):
            yield _with_line(problem, each.lines)


def _pageless(cadence: InspectedCadence, settings: Settings | None) -> list[str]:
    return [] if settings is None else mailboxes_without_page(cadence.cadence, settings)


def _of_template(
    inspected: InspectedTemplate, settings: Settings | None, pageless: Sequence[str]
) -> Iterator[Problem]:
    yield from inspected.mistakes
    template = inspected.template
    if template is None:
        return
    for step, may_begin in inspected.users:
        yield from _missing_subject(template, step, may_begin=may_begin)
    yield from _unused_subject(inspected, template)
    unknown = [] if settings is None else list(_unknown(template, settings))
    yield from unknown
    if not unknown:
        yield from inspected.full.failures
    if not unknown and not inspected.full.failures:
        yield from (_warning(template, error) for error in inspected.sparse.missing)
    yield from no_page(template, pageless)


def _with_line(problem: Problem, lines: Sequence[str]) -> Problem:
    if problem.source_line or problem.column is None or not 0 < (problem.line or 0) <= len(lines):
        return problem
    return replace(problem, source_line=lines[(problem.line or 0) - 1])


def _missing_subject(template: Template, step: Step, *, may_begin: bool) -> Iterator[Problem]:
    if template.has_subject or not (may_begin or step.thread is Thread.NEW):
        return
    hint = "put `---`, `subject: ...` and `---` on its first three lines"
    if step.thread is Thread.NEW:
        message = f"the template has no subject, but the step `{step.id}` begins a thread"
        yield Problem(template.name, 1, None, message, hint).of_rule("no-subject")
    else:
        message = (
            f"the step `{step.id}` is held for whoever got no mail before it: the template has no "
            "subject to begin a thread with"
        )
        problem = Problem(template.name, 1, None, message, hint, severity=Severity.WARNING)
        yield problem.of_rule("skipped-thread")


def _unused_subject(inspected: InspectedTemplate, template: Template) -> Iterator[Problem]:
    begins = any(each.may_begin or each.step.thread is Thread.NEW for each in inspected.users)
    if template.has_subject and not begins:
        step = inspected.users[0].step
        message = f"the step `{step.id}` answers in a thread, so nobody sees this subject"
        hint = "delete it, or give the step `thread: new`"
        yield inspected.problem("unused-subject", inspected.subject_at, message, hint)


def _unknown(template: Template, settings: Settings) -> Iterator[Problem]:
    """Names that nobody could ever have a value for."""
    known = names_of(settings)
    for use in template_variables(template):
        found = unknown(use.name, known)
        if found is not None:
            yield _at(use, found.message, found.hint).of_rule("undefined-variable")


def _at(use: Variable, message: str, hint: str) -> Problem:
    """A problem at the use of a value, which may stand in a file that is included."""
    return Problem(use.file, use.line, use.column, message, hint, use.source_line)


def _warning(template: Template, error: MissingVariableError) -> Problem:
    uses = [use for use in template_variables(template) if use.name == error.name]
    at = next((use for use in uses if not use.guarded), uses[0] if uses else None)
    message = f"whoever has no `{error.name}` does not get this mail"
    hint = f'give it a fallback: {{{{ {error.name} | or("...") }}}}'
    problem = Problem(error.file, error.line, None, message, hint)
    if at is not None:
        problem = _at(at, message, hint)
    return replace(problem, severity=Severity.WARNING).of_rule("missing-fallback")
