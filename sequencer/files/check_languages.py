"""Is every mail of a cadence there in the languages of the others, and is every file used?"""

from collections.abc import Collection, Iterator

from sequencer.domain.cadence import MAIL_KINDS, Step
from sequencer.files.inspected import InspectedCadence
from sequencer.files.language import language_of, variants
from sequencer.files.problem import Problem, Severity


def languages_of(cadence: InspectedCadence, name: str) -> set[str]:
    """Languages in which a template is there, beside the one without a tag."""
    texts = cadence.loaded.templates
    return {language_of(each, name) for each in variants(texts, name)}


def language_findings(cadence: InspectedCadence) -> Iterator[Problem]:
    """Mails that lack a language which another mail of the cadence has."""
    mails = [step for step in cadence.cadence.steps if step.kind in MAIL_KINDS]
    having: dict[str, str] = {}
    for step in mails:
        for name in step.templates:
            for language in languages_of(cadence, name):
                having.setdefault(language, name)
    for step in mails:
        for name in dict.fromkeys(step.templates):
            for language in sorted(having.keys() - languages_of(cadence, name)):
                yield _missing(cadence, step, name, language, having[language])


def _missing(
    cadence: InspectedCadence, step: Step, name: str, language: str, other: str
) -> Problem:
    stem, _, ending = name.rpartition(".")
    message = f"there is no `{stem}.{language}.{ending}`, though `{other}` is there in `{language}`"
    hint = f"write it in templates/{cadence.cadence.slug}, beside `{name}`"
    return cadence.at_step(step.id, str(step.kind), message, hint, "missing-language")


def unused_templates(
    cadence: InspectedCadence, folder: str, present: Collection[str]
) -> Iterator[Problem]:
    """Files in the cadence's folder that no step uses, and no template includes."""
    used = {*cadence.loaded.templates, *cadence.loaded.attachments}
    for name in sorted(set(present) - used):
        if not name.startswith("_"):
            message = "no step of the cadence uses this file"
            hint = "delete it, or name it in a step"
            path = f"{folder}/{name}"
            problem = Problem(path, 1, None, message, hint, severity=Severity.WARNING)
            yield problem.of_rule("unused-template")
