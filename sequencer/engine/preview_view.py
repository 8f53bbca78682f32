"""What is seen of a draft: the steps for one person, what may be chosen, what is wrong."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from sequencer.domain.cadence import Version
from sequencer.engine.desk import Desk
from sequencer.engine.preview import StepPreview, Wish, preview
from sequencer.engine.preview_list import Lack, lack_of
from sequencer.engine.preview_people import Complete, People, Sample, matching
from sequencer.files import workspace
from sequencer.files.language import language_of
from sequencer.files.problem import Problem

PER_PAGE = 50  # people of a list that are shown at once


@dataclass(frozen=True, slots=True)
class Ask:
    """What is to be seen; where there is no such thing, it is the first that there is.

    A cadence that is not there is none, since another one may not pass for it.

    Attributes:
        person: the address of somebody.
        find: only people in whose name, company or address that stands.
        page: of the list, from 1.
    """

    cadence: str = ""
    step: str = ""
    person: str = ""
    variant: str = ""
    language: str = ""
    mailbox: str = ""
    find: str = ""
    page: int = 1


@dataclass(frozen=True)
class Page:
    """A part of the list.

    Attributes:
        held: why each person on the page would be held.
        found: how many people were found in all.
        refused: rows of the list that are no people.
    """

    samples: tuple[Sample, ...] = ()
    held: tuple[Lack, ...] = ()
    found: int = 0
    number: int = 1
    last: int = 1
    refused: int = 0


@dataclass(frozen=True)
class View:
    """What is seen; `ask` is what was asked for, with what was chosen for it.

    Attributes:
        stamp: tells whether the files have changed since.
        problems: those of the template that is looked at first.
        title: of the cadence; empty where it cannot be used, and then there are no steps.
        invented: people who are always there.
    """

    ask: Ask
    stamp: str
    cadences: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    title: str = ""
    steps: tuple[StepPreview, ...] = ()
    variants: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    mailboxes: tuple[str, ...] = ()
    sample: Sample | None = None
    invented: tuple[Sample, ...] = ()
    people: Page = field(default_factory=Page)

    @property
    def is_gone(self) -> bool:
        """Whether no file holds the cadence that is asked for, though others are there."""
        return bool(self.cadences) and self.ask.cadence not in self.cadences

    @property
    def step(self) -> StepPreview | None:
        """The step that is looked at."""
        return next((each for each in self.steps if each.id == self.ask.step), None)


@dataclass(frozen=True)
class Material:
    """What a view is made of.

    Attributes:
        invented: not empty.
    """

    desk: Desk
    version: Version
    people: People
    invented: tuple[Sample, ...]
    named: Sample | None
    complete: Complete
    now: datetime


def view(bare: View, material: Material) -> View:
    """The view of a cadence that holds together."""
    cadence, desk = material.version.cadence, material.desk
    boxes = tuple(
        each for each in desk.policy.mailboxes_of(cadence) if each in desk.policy.mailboxes
    )
    variants = tuple(dict.fromkeys(each.name for step in cadence.steps for each in step.variants))
    languages = _languages(material.version)
    sample = material.named or material.invented[0]
    own = (sample.place.mailbox,) if sample.place else ()
    boxes = tuple(dict.fromkeys((*(each for each in own if each in boxes), *boxes)))
    asked = bare.ask
    ask = replace(
        asked,
        step=_first(asked.step, tuple(each.id for each in cadence.steps)),
        mailbox=_first(asked.mailbox, boxes),
        variant=asked.variant if asked.variant in variants else "",
        language=asked.language if asked.language in languages else "",
        person=sample.prospect.email,
    )
    steps = _steps(material, ask, sample)
    return replace(
        bare,
        ask=ask,
        title=cadence.title,
        steps=steps,
        problems=_in_order(bare.problems, ask, steps),
        variants=variants,
        languages=languages,
        mailboxes=boxes,
        sample=sample,
        invented=material.invented,
        people=_page(material, ask),
    )


def _steps(material: Material, ask: Ask, sample: Sample) -> tuple[StepPreview, ...]:
    if not ask.mailbox:
        return ()
    person = sample.prospect
    reader = replace(person, language=ask.language) if ask.language else person
    wish = sample.wish(Wish(ask.mailbox, variant=ask.variant))
    return tuple(preview(material.desk, material.version, reader, wish, material.now))


def _languages(version: Version) -> tuple[str, ...]:
    wanted = {name for step in version.cadence.steps for name in step.templates}
    found = {language_of(each, name) for name in wanted for each in version.templates}
    return tuple(sorted(found - {""}))


def _in_order(
    problems: tuple[Problem, ...], ask: Ask, steps: tuple[StepPreview, ...]
) -> tuple[Problem, ...]:
    """Those of the template that is looked at, then the others."""
    name = next((each.template for each in steps if each.id == ask.step), "")
    own = (workspace.TEMPLATES / ask.cadence / name).as_posix()
    return tuple(sorted(problems, key=lambda each: (each.file != own, each.order)))


def _page(material: Material, ask: Ask) -> Page:
    found = list(matching(material.people.samples, ask.find))
    last = max(1, -(-len(found) // PER_PAGE))
    number = min(max(ask.page, 1), last)
    some = found[(number - 1) * PER_PAGE : number * PER_PAGE]
    some = list(material.complete(material.version, some))
    held = tuple(lack_of(partial(_steps, material, ask), each) for each in some)
    return Page(tuple(some), held, len(found), number, last, material.people.refused)


def _first(wanted: str, known: tuple[str, ...]) -> str:
    return wanted if wanted in known else next(iter(known), "")
