"""What would become of the people of a list in a cadence: who is refused, whose mail lacks what?"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sequencer.domain.admission import NO_STAGE
from sequencer.domain.cadence import MAIL_KINDS
from sequencer.domain.consent import country_of, lacks_consent
from sequencer.domain.prospect import Prospect
from sequencer.files.inspected import InspectedCadence, InspectedTemplate
from sequencer.files.language import choose_template
from sequencer.files.people_list import PeopleList, by_kind
from sequencer.files.problem import ConfigError, Problem
from sequencer.files.prospect_row import Accepted
from sequencer.files.sample_values import ALWAYS
from sequencer.files.settings_model import Settings
from sequencer.files.template import MissingVariableError, Template, render, template_variables
from sequencer.files.template_names import with_nested

MAX_MISSING = 50
USUAL_MINIMUM = 200  # mails of each wording, where a step has no `winner`
USUAL_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Outlook:
    """How the people of a list fare in one cadence.

    Attributes:
        refused: by the code of the gate.
        held: those who would be enrolled and then parked at some mail.
    """

    cadence: str
    people: int
    refused: dict[str, int]
    held: int

    @property
    def clear(self) -> int:
        """Those whom nothing in the files stands against."""
        return self.people - sum(self.refused.values()) - self.held


def people_findings(cadence: InspectedCadence, people: PeopleList) -> tuple[Outlook, list[Problem]]:
    """The outlook for a list in one cadence, and the findings about it."""
    wrong_stage = people.who(lambda each: not _right_stage(cadence, each))
    rest = [each for each in people.people if _right_stage(cadence, each.prospect)]
    unlawful = [each for each in rest if _lacks_consent(cadence.settings, each.prospect)]
    refused = {id(each) for each in unlawful}
    rest = [each for each in rest if id(each) not in refused]
    held, missing = _missing(cadence, people, rest)
    counted = {"stage_excluded": len(wrong_stage), "country_needs_consent": len(unlawful)}
    kept = {code: number for code, number in counted.items() if number}
    findings = [
        *_of_stage(cadence, people, wrong_stage),
        *missing,
        *_languages(cadence, people, rest),
        *_few(cadence, people, rest),
    ]
    return Outlook(cadence.cadence.slug, len(people), kept, held), findings


def consent_findings(settings: Settings, people: PeopleList) -> Iterator[Problem]:
    """People whom the law protects, and of whom no consent is on record."""
    found = people.who(lambda each: _lacks_consent(settings, each))
    if found:
        countries = Counter(country_of(each.prospect) for each in found)
        told = ", ".join(f"{country} {number}" for country, number in countries.most_common())
        message = f"{people.share(found)} have no `consent`, where one is needed: {told}"
        hint = "fill in when and how it was given, or leave them out; they are not enrolled"
        yield people.problem(found[0].line, "no-consent", message, hint)


def _right_stage(cadence: InspectedCadence, prospect: Prospect) -> bool:
    stages = {each.casefold() for each in cadence.cadence.audience.stages}
    return not stages or (prospect.stage.strip().casefold() or NO_STAGE) in stages


def _lacks_consent(settings: Settings | None, prospect: Prospect) -> bool:
    return settings is not None and lacks_consent(prospect, frozenset(settings.consent.countries))


def _of_stage(
    cadence: InspectedCadence, people: PeopleList, found: Sequence[Accepted]
) -> Iterator[Problem]:
    if found:
        stages = Counter(each.prospect.stage or NO_STAGE for each in found)
        told = ", ".join(f"{stage} {number}" for stage, number in stages.most_common())
        message = f"{people.share(found)} are of another stage: {told}"
        hint = f"{people.lines(found)}; `audience.stages` says whom the cadence is for"
        problem = cadence.source.problem(("audience", "stages"), message, hint)
        yield problem.of_rule("nobody-fits")


def _missing(
    cadence: InspectedCadence, people: PeopleList, of: Sequence[Accepted]
) -> tuple[int, list[Problem]]:
    """How many would be held, and which value of which mail is empty for how many."""
    lacking: dict[tuple[str, str, str], list[Accepted]] = {}
    held = 0
    forms = {(each.name, each.language): each for each in cadence.templates}
    for same in by_kind(of).values():
        found = {
            (*form, variable)
            for form in _mails_for(cadence, same[0].prospect)
            for variable in _lacks(forms[form].template, same[0].prospect)
        }
        held += len(same) if found else 0
        for each in found:
            lacking.setdefault(each, []).extend(same)
    findings = []
    for (*form, variable), who in sorted(lacking.items()):
        who.sort(key=lambda each: each.line)
        message = f"`{variable}` is empty for {people.share(who)}, who would be held here"
        hint = f"{people.lines(who)}; fill them in, or give it a fallback"
        findings.append(_place(forms[form[0], form[1]], variable, message, hint))
    return held, findings


def _mails_for(cadence: InspectedCadence, prospect: Prospect) -> Iterator[tuple[str, str]]:
    """File and language of each mail as this person gets it."""
    for step in cadence.cadence.steps:
        for name in step.templates:
            found = cadence.template_for(name, prospect.language)
            yield found.name, found.language


def _lacks(template: Template | None, prospect: Prospect) -> Iterator[str]:
    """Values that the template prints for this person, who has none."""
    if template is None:
        return
    known: dict[str, object] = {"stage": NO_STAGE, **prospect.variables(), **ALWAYS}
    values = with_nested(known, template)  # what no list of people says
    for _ in range(MAX_MISSING):
        try:
            render(template, values)
        except MissingVariableError as error:
            if error.name in values:
                return
            values[error.name] = "sample"
            yield error.name
        except ConfigError:
            return
        else:
            return


def _place(template: InspectedTemplate, variable: str, message: str, hint: str) -> Problem:
    """The problem at the use of the value, which may stand in a file that is included."""
    uses = () if template.template is None else template_variables(template.template)
    for use in uses:
        if use.name == variable and not use.guarded:
            problem = Problem(use.file, use.line, use.column, message, hint, use.source_line)
            return problem.of_rule("empty-variable")
    return template.problem("empty-variable", None, message, hint)


def _languages(
    cadence: InspectedCadence, people: PeopleList, of: Sequence[Accepted]
) -> Iterator[Problem]:
    readers: dict[str, list[Accepted]] = {}
    for each in of:
        language = each.prospect.language.partition("-")[0].lower()
        if language and language != USUAL_LANGUAGE:
            readers.setdefault(language, []).append(each)
    texts = cadence.loaded.templates
    for language, who in sorted(readers.items()):
        for step in cadence.cadence.steps:
            names = [
                name
                for name in dict.fromkeys(step.templates)
                if step.kind in MAIL_KINDS and choose_template(texts, name, language) == name
            ]
            if names:
                message = f"{people.share(who)} read `{language}`, in which `{names[0]}` is not"
                hint = f"write it in that language; {people.lines(who)}"
                key = str(step.kind)
                yield cadence.at_step(step.id, key, message, hint, "unwritten-language")
                break


def _few(
    cadence: InspectedCadence, people: PeopleList, of: Sequence[Accepted]
) -> Iterator[Problem]:
    for step in cadence.cadence.steps:
        living = [each for each in step.variants if each.weight]
        minimum = step.winner.minimum if step.winner is not None else USUAL_MINIMUM
        if len(living) > 1 and len(of) < minimum * len(living):
            needed = minimum * len(living)
            message = f"{len(living)} wordings want {needed} people, and {len(of)} would come here"
            hint = f"{people.file} is too short to tell them apart: take fewer, or a longer list"
            yield cadence.at_step(step.id, "variants", message, hint, "few-people")
