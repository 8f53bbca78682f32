"""Compare the files with what runs: what would applying them do, and to whom? Nothing changes."""

from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from sequencer.domain.cadence import Version
from sequencer.domain.disposition import Action
from sequencer.domain.migration import Edit
from sequencer.domain.plan_steps import Difference, StepChange, difference, whole
from sequencer.domain.similar_step import likeness
from sequencer.engine.desk import Desk
from sequencer.engine.plan_effect import Effect, Foreseen, Target, foresee
from sequencer.engine.plan_view import CadencePlan, Change, Options, Plan, Renamed
from sequencer.engine.wording import wordless
from sequencer.files.cadence import LoadedCadence
from sequencer.store import cadences, draining, first_run, under_way
from sequencer.store.database import Connection, Database
from sequencer.store.under_way import UnderWay

BATCH = 500  # people that are looked at together

Progress = Callable[[int], None]


class UnknownOptionError(ValueError):
    """An option names a cadence or a step that is not there."""


def version_of(loaded: LoadedCadence) -> Version:
    """The version that a checked cadence becomes."""
    files = {name: b64decode(text) for name, text in loaded.attachments.items()}
    return Version(loaded.hash, loaded.cadence, loaded.templates, files)


def people_ahead(database: Database, slugs: Iterable[str]) -> int:
    """How many people under way a plan that moves those of these cadences has to look at."""
    with database.read() as connection:
        return sum(sum(under_way.versions_of(connection, slug).values()) for slug in slugs)


def look(
    database: Database,
    desk: Desk,
    loaded: Sequence[LoadedCadence],
    options: Options,
    now: datetime,
    progress: Progress = lambda _people: None,
) -> Plan:
    """The plan as of now, from one consistent look at the database.

    Raises:
        UnknownOptionError: an option names what is not there.
    """
    with database.read() as connection:
        looking = _Looking(connection, desk, options, now, progress)
        found = [looking.at(each) for each in sorted(loaded, key=lambda each: each.cadence.slug)]
        slugs = {each.cadence.slug for each in loaded}
        found += [
            CadencePlan(
                slug,
                Change.DRAINING,
                before_hash=cadences.current_hash(connection, slug) or "",
                people=under_way.versions_of(connection, slug),
            )
            for slug in cadences.slugs(connection)
            if slug not in slugs and draining.since(connection, slug) is None
        ]
    _refuse_unknown(options, found)
    return Plan(now, options, tuple(found), tuple(looking.renamed))


def _refuse_unknown(options: Options, found: Sequence[CadencePlan]) -> None:
    known = {each.slug for each in found if each.change is not Change.DRAINING}
    for slug in sorted(options.moving - known):
        raise UnknownOptionError(f"there is no file of a cadence {slug}")
    gone = {
        (each.slug, step)
        for each in found
        for change in (StepChange.REMOVED, StepChange.KIND)
        for step in each.difference.having(change)
    }
    gone |= {(each.slug, effect.step or "") for each in found for effect in each.effects}
    for slug, step in sorted(set(options.decisions) - gone):
        raise UnknownOptionError(f"nobody stands at a step {step} of {slug}, and it is not gone")


class _Looking:
    """One look at the database."""

    def __init__(
        self,
        connection: Connection,
        desk: Desk,
        options: Options,
        now: datetime,
        progress: Progress,
    ) -> None:
        self.connection, self.desk, self.options = connection, desk, options
        self.now, self.progress = now, progress
        self.renamed: list[Renamed] = []

    def at(self, loaded: LoadedCadence) -> CadencePlan:
        """What applying one file does."""
        connection, slug = self.connection, loaded.cadence.slug
        after, before_hash = version_of(loaded), cadences.current_hash(connection, slug)
        if before_hash is None:
            return CadencePlan(slug, Change.NEW, after_hash=after.hash, difference=whole(after))
        before = self.desk.versions.get(connection, before_hash)
        changed = difference(before, after)
        self.renamed += renamed(before, after, changed)
        moving = slug in self.options.moving
        people = under_way.versions_of(connection, slug)
        limit = first_run.limit_of(connection, slug)
        change = self._change(slug, before_hash, after.hash)
        steps = () if change is Change.UNCHANGED else after.cadence.steps
        return CadencePlan(
            slug,
            change,
            before_hash,
            after.hash,
            changed,
            moving=moving,
            people=people,
            effects=tuple(self._effects(after, people)) if moving else (),
            most_people=limit.most if limit else None,
            wordless=wordless(steps, self.desk.stopped(connection, after)),
        )

    def _change(self, slug: str, before_hash: str, after_hash: str) -> Change:
        if draining.since(self.connection, slug) is not None:
            return Change.RETURNS
        return Change.UNCHANGED if before_hash == after_hash else Change.CHANGED

    def _effects(self, after: Version, hashes: Iterable[str]) -> Iterator[Effect]:
        slug = after.cadence.slug
        target = target_of(self.connection, self.desk, after, self.options, hashes)
        for batch in under_way.batches(self.connection, slug, after.hash, BATCH):
            for found in foresee_all(self.connection, target, batch, self.now):
                yield found.effect
            self.progress(len(batch))


def target_of(
    connection: Connection,
    desk: Desk,
    after: Version,
    options: Options,
    hashes: Iterable[str],
) -> Target:
    """What people of a cadence go over to, and how from each version of these that they have."""
    slug = after.cadence.slug
    decided = {step: choice for (of, step), choice in options.decisions.items() if of == slug}
    landings = frozenset(
        each.step
        for each in desk.policy.dispositions.values()
        if each.action is Action.GOTO and each.step is not None
    )
    edits = {
        version_hash: Edit(
            old=desk.versions.get(connection, version_hash).cadence,
            new=after.cadence,
            choices=decided,
            with_added=slug in options.with_added,
            landings=landings,
        )
        for version_hash in hashes
    }
    return Target(desk, after, edits, {})


def foresee_all(
    connection: Connection, target: Target, people: Sequence[UnderWay], now: datetime
) -> list[Foreseen]:
    """What becomes of each of these people, in their order."""
    cases = target.desk.cases(connection, (each.stored for each in people))
    return [foresee(target, cases[each.stored.id], each, now) for each in people]


def renamed(before: Version, after: Version, changed: Difference) -> list[Renamed]:
    """Steps that look as if only their id had changed."""
    retired = after.cadence.retired
    return [
        Renamed(after.cadence.slug, gone, appeared)
        for gone in changed.having(StepChange.REMOVED)
        for appeared in changed.having(StepChange.ADDED)
        if gone not in retired and likeness(before, gone, after, appeared)
    ]
