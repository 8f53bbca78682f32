"""Wordings that nobody gets any more, of steps of cadences, in whatever version."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sequencer.store.columns import cut
from sequencer.store.database import Connection
from sequencer.store.desk_tables import VariantStopRow
from sequencer.store.insert import insert_new
from sequencer.store.prepared import Prepared, one_of

_OF = Prepared(
    sa.select(VariantStopRow.slug, VariantStopRow.step_id, VariantStopRow.variant).where(
        one_of(VariantStopRow.slug, "many"), VariantStopRow.started_at.is_(None)
    )
)

Stopped = Mapping[str, frozenset[str]]  # names of wordings by the step


@dataclass(frozen=True, slots=True)
class VariantName:
    """A wording of a step of a cadence."""

    slug: str
    step_id: str
    variant: str


@dataclass(frozen=True, slots=True)
class Stop(VariantName):
    """That a wording was stopped: when, by whom, and why."""

    at: datetime
    by: str
    why: str


def of(connection: Connection, slugs: Iterable[str]) -> dict[str, Stopped]:
    """What is stopped in each of these cadences; one in which nothing is, is left out."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    for slug, step_id, variant in _OF.all(connection, {"many": list(slugs)}):
        steps = found.setdefault(slug, {})
        steps[step_id] = steps.get(step_id, frozenset()) | {variant}
    return dict(found)


def listed(connection: Connection, slug: str) -> list[Stop]:
    """The stops of a cadence that hold, the earliest first."""
    row = VariantStopRow
    columns = (row.slug, row.step_id, row.variant, row.at, row.by, row.why)
    query = sa.select(*columns).where(row.slug == slug, row.started_at.is_(None))
    rows = connection.execute(query.order_by(row.at, row.step_id, row.variant))
    return [Stop(**each) for each in rows.mappings()]


def lifted(connection: Connection, slug: str) -> dict[VariantName, datetime]:
    """Since when each wording of a cadence goes on that had been stopped."""
    row = VariantStopRow
    query = sa.select(row.step_id, row.variant, row.started_at).where(
        row.slug == slug, row.started_at.is_not(None)
    )
    return {
        VariantName(slug, step_id, variant): at
        for step_id, variant, at in connection.execute(query)
        if at is not None
    }


def add(connection: Connection, stop: Stop) -> bool:
    """Whether the wording was not stopped before."""
    values = {
        "slug": stop.slug,
        "step_id": stop.step_id,
        "variant": stop.variant,
        "at": stop.at,
        "by": cut(stop.by),
        "why": cut(stop.why),
    }
    if insert_new(connection, VariantStopRow, values):
        return True
    again = sa.update(VariantStopRow).where(*_here(stop), VariantStopRow.started_at.is_not(None))
    return connection.execute(again.values(**values, started_at=None)).rowcount > 0


def lift(connection: Connection, named: VariantName, now: datetime) -> bool:
    """Whether the wording was stopped, and goes on from now on."""
    query = sa.update(VariantStopRow).where(*_here(named), VariantStopRow.started_at.is_(None))
    return connection.execute(query.values(started_at=now)).rowcount > 0


def was_lifted(connection: Connection, named: VariantName) -> bool:
    """Whether somebody has said that a wording that was stopped goes on."""
    query = sa.select(VariantStopRow.slug).where(
        *_here(named), VariantStopRow.started_at.is_not(None)
    )
    return connection.execute(query).first() is not None


def _here(named: VariantName) -> tuple[sa.ColumnElement[bool], ...]:
    row = VariantStopRow
    return (row.slug == named.slug, row.step_id == named.step_id, row.variant == named.variant)
