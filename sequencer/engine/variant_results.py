"""What came of the wordings of a cadence's mails so far, and is one of them better?"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sequencer.domain.attribution import Answered, Sign, attribute, grouped, tally
from sequencer.domain.cadence import Step, Version
from sequencer.domain.variant import WinnerRule, Yardstick
from sequencer.domain.variant_result import Outcome, Tally, Verdict, judge
from sequencer.domain.variant_window import Contender, comparable
from sequencer.engine.activate import current_version
from sequencer.engine.desk import Desk
from sequencer.engine.variant_stop import VariantError, VariantName, steps_of, with_hint
from sequencer.engine.wording import NoWordingError, wording_of
from sequencer.files.template_text import forms_of, template_text_hash
from sequencer.store import cadences, variant_mails, variant_stops
from sequencer.store.database import Connection
from sequencer.store.variant_stops import Stop


@dataclass(frozen=True, slots=True)
class VariantResult:
    """One wording.

    Attributes:
        template: its file in the version that runs; empty where that has it no more.
        weight: its share there.
        stopped: since when, by whom and why nobody gets it; None where it goes on.
        waiting: people whose mail of it has not left yet.
        other_texts: how many of its mails had another text than it has now.
        compared: how many mails of its text as it is now the verdict is drawn from.
    """

    name: str
    template: str
    weight: int
    stopped: Stop | None
    tally: Tally
    waiting: int = 0
    other_texts: int = 0
    compared: int = 0

    @property
    def is_live(self) -> bool:
        """Whether somebody may still get it."""
        return self.weight > 0 and self.stopped is None


@dataclass(frozen=True, slots=True)
class TextResult:
    """All mails with the same text, whatever that variant was called then.

    Attributes:
        text: the hash of it and of what it includes; empty for what reps have edited.
    """

    text: str
    names: tuple[str, ...]
    tally: Tally


@dataclass(frozen=True, slots=True)
class StepResult:
    """The wordings of one step.

    Attributes:
        declared: whether the step has a `winner`; the rule is the usual one where it has none.
    """

    slug: str
    step_id: str
    rule: WinnerRule
    declared: bool
    variants: tuple[VariantResult, ...]
    texts: tuple[TextResult, ...]
    outcome: Outcome

    @property
    def losers(self) -> tuple[str, ...]:
        """Those that would be stopped if the best one were to go on alone."""
        if self.outcome.verdict is not Verdict.CLEAR:
            return ()
        return tuple(each.name for each in self.outcome.against)


@dataclass(frozen=True, slots=True)
class Proposal:
    """That one wording is better, and the others could be stopped.

    Attributes:
        by: what counted.
        auto: whether they are stopped without anybody's word, once it is sure enough.
    """

    slug: str
    step_id: str
    best: str
    losers: tuple[str, ...]
    by: Yardstick
    auto: bool


def variant_results(
    connection: Connection, desk: Desk, slug: str, now: datetime, step_id: str | None = None
) -> list[StepResult]:
    """The results of every mail with variants, or of that one; those that are gone come last.

    Raises:
        UnknownCadenceError: the cadence has not been applied.
        VariantError: it has no such step.
    """
    ever = list(dict.fromkeys(step.id for step in steps_of(connection, desk, slug)))
    version = current_version(connection, desk, slug)
    steps = {step.id: step for step in version.cadence.steps if step.variants} if version else {}
    wanted = [*steps, *(each for each in ever if each not in steps)]
    if step_id is not None:
        if step_id not in wanted:
            what = f"{slug} has no step {step_id!r} with variants."
            raise VariantError(with_hint(what, step_id, wanted))
        wanted = [step_id]
    known = _known(connection, slug, _waiting(connection, desk, slug), now)
    return [_step_result(slug, each, version, steps.get(each), known) for each in wanted]


def declared_results(connection: Connection, desk: Desk, now: datetime) -> list[StepResult]:
    """The results of all mails, of cadences as they run, for which somebody wants a winner.

    People who wait are not counted.
    """
    found = []
    for slug in cadences.slugs(connection):
        version = current_version(connection, desk, slug)
        steps = [each for each in version.cadence.steps if each.winner] if version else []
        if steps:
            known = _known(connection, slug, Counter(), now)
            found += [_step_result(slug, each.id, version, each, known) for each in steps]
    return found


def proposals(connection: Connection, desk: Desk, now: datetime) -> list[Proposal]:
    """What is to be decided: mails of which one wording is better than the others."""
    return [
        Proposal(
            slug=each.slug,
            step_id=each.step_id,
            best=each.outcome.best,
            losers=each.losers,
            by=each.rule.by,
            auto=each.rule.auto,
        )
        for each in declared_results(connection, desk, now)
        if each.losers
    ]


@dataclass(frozen=True, slots=True)
class _Known:
    """What there is to know of a cadence, as of `now`."""

    answered: Sequence[Answered]
    waiting: Mapping[tuple[str, str], int]
    stops: Sequence[Stop]
    lifted: Mapping[VariantName, datetime]
    now: datetime

    def answered_of(self, step_id: str) -> list[Answered]:
        """Every mail of the step with what came of it."""
        return [each for each in self.answered if each[0].step_id == step_id]


def _known(
    connection: Connection, slug: str, waiting: Mapping[tuple[str, str], int], now: datetime
) -> _Known:
    mails = variant_mails.sent(connection, slug)
    answered = attribute(mails, variant_mails.seen(connection, slug))
    stops, lifted = (
        variant_stops.listed(connection, slug),
        variant_stops.lifted(connection, slug),
    )
    return _Known(answered, waiting, stops, lifted, now)


def _waiting(connection: Connection, desk: Desk, slug: str) -> Mapping[tuple[str, str], int]:
    """How many people have not got their mail yet, by step and variant."""
    found: Counter[tuple[str, str]] = Counter()
    stopped = variant_stops.of(connection, [slug]).get(slug, {})
    for step_id, key, version_hash in variant_mails.waiting(connection, slug):
        version = desk.versions.get(connection, version_hash)
        try:
            wording = wording_of(version.cadence.step(step_id), key, stopped)
        except NoWordingError:
            continue
        if wording.variant is not None:
            found[step_id, wording.variant] += 1
    return found


def _step_result(
    slug: str, step_id: str, version: Version | None, step: Step | None, known: _Known
) -> StepResult:
    answered = known.answered_of(step_id)
    answers = {(name, text): each for (_, name, text), each in grouped(answered).items()}
    stops = {each.variant: each for each in known.stops if each.step_id == step_id}
    present = {each.name: each for each in step.variants} if step else {}
    gone = sorted({name for name, _ in answers} - set(present))
    texts = {
        name: _texts_of(version, present[name].template) if version and name in present else set()
        for name in (*present, *gone)
    }
    results = []
    for name, current in texts.items():
        own = {text: signs for (variant, text), signs in answers.items() if variant == name}
        variant = present.get(name)
        results.append(
            VariantResult(
                name=name,
                template=variant.template if variant else "",
                weight=variant.weight if variant else 0,
                stopped=stops.get(name),
                tally=tally(name, _all(own.values())),
                waiting=known.waiting.get((step_id, name), 0),
                other_texts=sum(
                    len(signs) for text, signs in own.items() if text and text not in current
                ),
            )
        )
    rule = (step.winner if step else None) or WinnerRule()
    contenders = [
        Contender(
            each.name,
            frozenset(texts[each.name]),
            known.lifted.get(VariantName(slug, step_id, each.name)),
        )
        for each in results
        if each.is_live
    ]
    until = known.now - timedelta(days=rule.answer_days)
    compared = {each.name: each for each in comparable(contenders, answered, until)}
    counted = tuple(
        replace(each, compared=compared[each.name].delivered) if each.name in compared else each
        for each in results
    )
    outcome = judge(list(compared.values()), rule)
    declared = step is not None and step.winner is not None
    return StepResult(slug, step_id, rule, declared, counted, _texts(answers), outcome)


def _texts_of(version: Version, template: str) -> set[str]:
    """What names the text of a wording as it is now, in each language."""
    forms = forms_of(version.templates, template)
    return {template_text_hash(version.templates, file, tag) for file, tag in forms}


def _texts(answers: Mapping[tuple[str, str], Sequence[frozenset[Sign]]]) -> tuple[TextResult, ...]:
    """The same mails put together by their text, the most frequent first."""
    names, signs = defaultdict[str, list[str]](list), defaultdict[str, list[frozenset[Sign]]](list)
    for (name, text), each in answers.items():
        names[text].append(name)
        signs[text].extend(each)
    found = [
        TextResult(each, tuple(sorted(names[each])), tally(each, signs[each])) for each in signs
    ]
    return tuple(sorted(found, key=lambda each: (-each.tally.sent, each.text)))


def _all(groups: Iterable[Sequence[frozenset[Sign]]]) -> list[frozenset[Sign]]:
    return [signs for group in groups for signs in group]
