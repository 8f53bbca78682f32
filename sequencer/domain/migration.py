"""What becomes of one person under way where their cadence is edited: pure, for one at a time.

The id of a step is its identity. Whoever goes over to the new version gets nothing that the old one
would not have given them: what is over is never done again, whatever the new order; what the edit
added is passed over unless it is asked for; and where both versions have a guard, both must hold.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from enum import StrEnum

from sequencer.domain.cadence import Cadence, Step, StepKind
from sequencer.domain.overrides import NO_OVERRIDES, Overrides
from sequencer.domain.steps_ahead import NONE, Way, steps_named


class Choice(StrEnum):
    """What a person may decide about those who stand at a step that is gone."""

    NEXT = "next"
    KEEP = "keep"
    FINISH = "finish"


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands.

    Attributes:
        step: id of the step that is next or under way; None where the enrollment has not begun.
        over: ids of steps whose mail or task has happened, or may have.
        under_way: why nothing about it may be changed just now; empty where it may.
    """

    step: str | None = None
    overrides: Overrides = NO_OVERRIDES
    over: AbstractSet[str] = NONE
    under_way: str = ""


@dataclass(frozen=True, slots=True)
class Edit:
    """Two versions of a cadence, and how people go from one to the other.

    Attributes:
        choices: what was decided about steps that are gone, by their ids.
        with_added: whether steps that the edit added come to those who are under way, too.
        landings: ids of steps that the disposition of a task may lead to.
    """

    old: Cadence
    new: Cadence
    choices: Mapping[str, Choice]
    with_added: bool = False
    landings: AbstractSet[str] = NONE

    @property
    def added(self) -> frozenset[str]:
        """Ids of the steps that only the new version has."""
        return _ids(self.new) - _ids(self.old)

    @property
    def turned(self) -> frozenset[str]:
        """Ids of the steps that are a mail now and were not: a mail that nobody would have had."""
        mails = [_ids(each, StepKind.EMAIL) for each in (self.old, self.new)]
        return mails[1] - mails[0] - self.added


@dataclass(frozen=True, slots=True)
class Keep:
    """It goes on in the version that it has; `why` is empty where that was decided."""

    why: str = ""


@dataclass(frozen=True, slots=True)
class NeedsDecision:
    """The step at which it stands is gone, or is a mail now and was none."""

    step: str


@dataclass(frozen=True, slots=True)
class Finish:
    """It ends: nothing of what was to come is left, or that was decided.

    Attributes:
        decided: whether a person wanted that.
        loses: ids of steps that do not come any more.
    """

    decided: bool
    loses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Migrate:
    """It goes on in the new version.

    Attributes:
        step: id of the step that comes next; None where it has not begun.
        overrides: what it does otherwise than the new version says.
        to_come: ids of the steps that may come, in their new order.
        loses: ids of the steps that would have come and do not any more.
        gains: ids of steps that would not have come.
    """

    step: str | None
    overrides: Overrides
    to_come: tuple[str, ...]
    loses: tuple[str, ...] = ()
    gains: tuple[str, ...] = ()


Verdict = Keep | NeedsDecision | Finish | Migrate


def migrate(edit: Edit, place: Place) -> Verdict:
    """What becomes of somebody who stands there."""
    if place.under_way:
        return Keep(place.under_way)
    return _Crossing(edit, place).verdict()


class _Crossing:
    """One person on the way from one version to the other."""

    def __init__(self, edit: Edit, place: Place) -> None:
        self.edit, self.place = edit, place
        self.old, self.new = edit.old, edit.new
        self.kept = _ids(edit.new) - (NONE if edit.with_added else edit.turned)
        self.first = place.step or place.overrides.start_at or self.old.steps[0].id
        behind = self.old.ids_before(self.first)
        self.over = frozenset({*behind, *place.over, *place.overrides.skip}) - {self.first}
        way = Way(self.old, place.overrides, self.over, edit.landings)
        self.way, self.before = way, way.ahead_from(self.first)
        self.may_come = self._may_come()

    def verdict(self) -> Verdict:
        stands_at = self.place.step or self.place.overrides.start_at
        if stands_at is None or stands_at in self.kept:
            return self._over_to(stands_at)
        choice = self.edit.choices.get(stands_at)
        if choice is None:
            return NeedsDecision(stands_at)
        if choice is Choice.KEEP:
            return Keep()
        surviving = [each for each in self.before if each in self.may_come]
        if choice is Choice.NEXT and surviving:
            return self._over_to(surviving[0])
        return Finish(decided=choice is Choice.FINISH, loses=self.before)

    def _may_come(self) -> frozenset[str]:
        """Steps of the new version that may come, as far as the old one would have had them."""
        common = frozenset(self.before) & self.kept
        return self._with_known_guards(common - self._no_more_passed_over())

    def _no_more_passed_over(self) -> frozenset[str]:
        """Steps that a jump of the old version may have passed over, and none of the new does."""
        ids, lost = _ids(self.new), set[str]()
        for step in map(self.old.step, self.before):
            for target, between in self.way.passed_over(step):
                still = self._still_passed_over(step, target) if step.id in ids else ()
                lost.update(each for each in between if each not in still)
        return frozenset(lost)

    def _still_passed_over(self, step: Step, target: str) -> tuple[str, ...]:
        after = self.new.step(step.id)
        if step.goto == target and after.when != step.when:
            return ()  # whether it jumps may be decided otherwise now
        jumps = dict(Way(self.new, landings=self.edit.landings).passed_over(after))
        return jumps.get(target, ())

    def _with_known_guards(self, steps: frozenset[str]) -> frozenset[str]:
        """Those of them whose guards ask for nothing that goes otherwise now."""
        kept = steps
        while (fewer := frozenset(filter(lambda each: self._known(each, kept), kept))) != kept:
            kept = fewer
        return kept

    def _known(self, step_id: str, kept: frozenset[str]) -> bool:
        """Whether every step that the guards of a step name lies before it, and ends as before."""
        if step_id == self.place.step:
            return True  # it was asked when that step was reached
        named = _named(self.way.guards_of(self.old.step(step_id)))
        above = frozenset(self.new.ids_before(step_id))
        return named <= above and named <= self.over | kept

    def _over_to(self, stands_at: str | None) -> Migrate:
        """Into the new version; None is its first step, for whoever has not begun."""
        start = stands_at or self.new.steps[0].id
        turned = self.edit.turned
        added = self.edit.added - self.over if self.edit.with_added else NONE
        wanted = self.may_come | added
        below = {start, *self.new.ids_after(start)}
        gone = self.over - _ids(self.new)  # may come back with a later edit
        skip = (self.place.overrides.skip | gone | (below - wanted)) - {stands_at}
        overrides = self._overrides(stands_at, skip, wanted)
        to_come = Way(self.new, overrides, skip, self.edit.landings).ahead_from(start)
        return Migrate(
            step=stands_at if self.place.step else None,
            overrides=overrides,
            to_come=to_come,
            loses=tuple(each for each in self.before if each not in to_come),
            gains=tuple(each for each in to_come if each not in self.before or each in turned),
        )

    def _overrides(
        self, stands_at: str | None, skip: AbstractSet[str], wanted: Iterable[str]
    ) -> Overrides:
        own, ids = self.place.overrides, _ids(self.new)
        start_at = own.start_at
        if start_at is not None and start_at not in self.kept:
            start_at = stands_at
        guards = {each: further for each in wanted if (further := self._further_guards(each))}
        waits = {each: wait for each, wait in own.waits.items() if each in ids}
        return replace(own, start_at=start_at, waits=waits, skip=frozenset(skip), guards=guards)

    def _further_guards(self, step_id: str) -> tuple[str, ...]:
        """The guards that the step had for this person, but for the one that it has now."""
        if step_id not in self.before:
            return ()
        guards = self.way.guards_of(self.old.step(step_id))
        return tuple(each for each in guards if each != self.new.step(step_id).when)


def _named(guards: Iterable[str]) -> frozenset[str]:
    return frozenset[str]().union(*map(steps_named, guards))


def _ids(cadence: Cadence, kind: StepKind | None = None) -> frozenset[str]:
    return frozenset(step.id for step in cadence.steps if kind in {None, step.kind})
