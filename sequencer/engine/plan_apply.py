"""Carry a plan out: the versions at once, then the people under way, batch by batch."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice

from sequencer.engine.apply import store_version
from sequencer.engine.desk import Desk
from sequencer.engine.plan_cross import BATCH, Crossed, cross_all
from sequencer.engine.plan_effect import Effect, Target
from sequencer.engine.plan_look import target_of, version_of
from sequencer.engine.plan_view import CadencePlan, Change, Plan
from sequencer.files.cadence import LoadedCadence
from sequencer.store import applications, draining, first_run, wake
from sequencer.store.applications import Application
from sequencer.store.database import Connection, Database


class PlanError(Exception):
    """The plan cannot be applied; each line says why, and nothing was changed."""


@dataclass(frozen=True, slots=True)
class Order:
    """Who applies a plan, and how much of it.

    Attributes:
        at: when.
        plan: names the plan, empty for one that was never written down.
        limit: how many people may go over now, and begin in what was applied; None for all.
    """

    by: str
    at: datetime
    plan: str = ""
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class AppliedCadence:
    """What was done to one cadence.

    Attributes:
        moved: people under way who went over, or ended, as was planned.
        went_on: addresses of those who went on before they could be.
        left: how many were left for another time, because of the limit.
        most_people: how many may begin in it for now, None for no limit.
    """

    slug: str
    change: Change
    hash: str
    moved: int = 0
    went_on: tuple[str, ...] = ()
    left: int = 0
    most_people: int | None = None


def refusals_of(plan: Plan) -> list[str]:
    """Why a plan cannot be applied as it is, in plain sentences."""
    found = [
        f"{each.slug}: the step {each.gone} is gone, and {each.appeared} looks like it"
        for each in plan.renamed
    ]
    for each in plan.cadences:
        found += [
            f"{each.slug}: every variant of {step} is stopped, so nobody could be written to: "
            f"add another one, or `sequencer variants start {each.slug} {step} NAME`"
            for step in each.wordless
        ]
        for step, people in sorted(each.undecided.items()):
            verb = "stands" if people == 1 else "stand"
            found.append(
                f"{each.slug}: {people} {verb} at {step}, which is gone or became a mail: "
                f"--decide {each.slug}:{step}=next (or keep, or finish)"
            )
    return found


def apply_plan(
    database: Database,
    desk: Desk,
    loaded: Sequence[LoadedCadence],
    plan: Plan,
    order: Order,
    progress: Callable[[int], None] = lambda _people: None,
) -> list[AppliedCadence]:
    """What was done, cadence by cadence.

    The versions become the ones that run in one transaction. People go over in batches after it,
    each looked at again; whoever went on meanwhile keeps their version, and is told of.

    Raises:
        PlanError: something is to be decided first, or another version runs than was planned with.
    """
    if refusals := refusals_of(plan):
        raise PlanError("\n".join(refusals))
    by_slug = {each.cadence.slug: each for each in loaded}
    numbers = database.transact(lambda connection: _begin(connection, plan, by_slug, order))
    done, places = [], order.limit
    for each in plan.cadences:
        changed = [effect for effect in each.effects if effect.is_changed]
        taken = changed if places is None else changed[:places]
        crossed = Crossed()
        if taken:
            hashes = {effect.from_hash for effect in taken}
            after = version_of(by_slug[each.slug])
            with database.read() as connection:
                target = target_of(connection, desk, after, plan.options, hashes)
            moving = _Moving(database, target, order, numbers[each.slug])
            crossed = moving.move(taken, progress)
        if places is not None:
            places -= crossed.moved
        done.append(_told(each, order, crossed, len(changed) - len(taken)))
    return done


def _told(planned: CadencePlan, order: Order, crossed: Crossed, left: int) -> AppliedCadence:
    limited = planned.change in _LIMITED
    return AppliedCadence(
        planned.slug,
        planned.change,
        planned.after_hash or planned.before_hash,
        crossed.moved,
        tuple(each.email for each in crossed.went_on),
        left,
        order.limit if limited else None,
    )


_LIMITED = frozenset({Change.NEW, Change.CHANGED, Change.RETURNS})


def _begin(
    connection: Connection,
    plan: Plan,
    by_slug: dict[str, LoadedCadence],
    order: Order,
) -> dict[str, int]:
    """Let the versions of the plan be the ones that run; the number of each application."""
    numbers, now = {}, order.at
    for each in plan.cadences:
        if each.change is Change.DRAINING:
            draining.begin(connection, each.slug, order.by, now)
            continue
        before = store_version(connection, by_slug[each.slug], now)
        if (before or "") != each.before_hash:
            raise PlanError(f"{each.slug}: somebody has applied another version meanwhile")
        limit = order.limit if each.change in _LIMITED else None
        if limit is not None or order.limit is None:
            first_run.set_limit(connection, each.slug, limit, now)
        if each.changes_anything:
            new = Application(each.slug, each.after_hash, now, order.by, order.plan)
            numbers[each.slug] = applications.add(connection, new)
    wake.call(connection, [wake.CHORES])  # who waited may begin now
    return numbers


@dataclass(frozen=True)
class _Moving:
    """The people of one cadence on their way."""

    database: Database
    target: Target
    order: Order
    application_id: int

    def move(self, effects: Sequence[Effect], progress: Callable[[int], None]) -> Crossed:
        """Take them over, so many in one transaction."""
        done = Crossed()
        for batch in _batches(effects):
            done += self.database.transact(partial(self._batch, batch))
            progress(len(batch))
        return done

    def _batch(self, batch: Sequence[Effect], connection: Connection) -> Crossed:
        crossed = cross_all(connection, self.target, batch, self.order.by, self.order.at)
        applications.count_moved(connection, self.application_id, crossed.moved)
        return crossed


def _batches(effects: Sequence[Effect]) -> Iterator[Sequence[Effect]]:
    ahead = iter(effects)
    while batch := tuple(islice(ahead, BATCH)):
        yield batch
