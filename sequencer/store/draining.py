"""Which cadences take nobody in any more, and whether somebody is left in them?"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sequencer.domain.enrollment import EnrollmentState
from sequencer.store.columns import cut
from sequencer.store.database import Connection
from sequencer.store.prepared import Prepared
from sequencer.store.standing import BEGUN
from sequencer.store.tables import CadenceRow, EnrollmentRow

_SINCE = Prepared(
    sa.select(CadenceRow.draining_since).where(CadenceRow.slug == sa.bindparam("one"))
)
NOT_ARCHIVED = Prepared(
    sa.select(CadenceRow.slug)
    .where(CadenceRow.draining_since.is_not(None), CadenceRow.archived_at.is_(None))
    .order_by(CadenceRow.slug)
)


@dataclass(frozen=True, slots=True)
class Draining:
    """A cadence that takes nobody in any more.

    Attributes:
        by: who wanted that.
        archived_at: when nobody was left in it.
    """

    slug: str
    since: datetime
    by: str
    archived_at: datetime | None


def since(connection: Connection, slug: str) -> datetime | None:
    """Since when a cadence takes nobody in; None where it does, or where nobody knows it."""
    found: datetime | None = _SINCE.scalar(connection, {"one": slug})
    return found


def listed(connection: Connection) -> list[Draining]:
    """All that take nobody in, by their names."""
    columns = (
        CadenceRow.slug,
        CadenceRow.draining_since,
        CadenceRow.drained_by,
        CadenceRow.archived_at,
    )
    query = sa.select(*columns).where(CadenceRow.draining_since.is_not(None))
    rows = connection.execute(query.order_by(CadenceRow.slug))
    return [Draining(slug, at, by or "", archived_at) for slug, at, by, archived_at in rows if at]


def begin(connection: Connection, slug: str, by: str, now: datetime) -> bool:
    """Whether a cadence takes nobody in from now on that did so until now."""
    changed = connection.execute(
        sa.update(CadenceRow)
        .where(CadenceRow.slug == slug, CadenceRow.draining_since.is_(None))
        .values(draining_since=now, drained_by=cut(by), archived_at=None)
    )
    return changed.rowcount > 0


def stop(connection: Connection, slug: str) -> bool:
    """Whether a cadence takes people in again that did not."""
    changed = connection.execute(
        sa.update(CadenceRow)
        .where(CadenceRow.slug == slug, CadenceRow.draining_since.is_not(None))
        .values(draining_since=None, drained_by=None, archived_at=None)
    )
    return changed.rowcount > 0


def run_dry(connection: Connection) -> list[str]:
    """Names of those in which nobody is under way any more, and that are not archived yet."""
    draining = [slug for (slug,) in NOT_ARCHIVED.all(connection, {})]
    # One after another: for all at once, a database reads every enrollment there is.
    return [slug for slug in draining if not connection.execute(_somebody(slug)).scalar()]


def archive(connection: Connection, slug: str, now: datetime) -> bool:
    """Whether a cadence was archived that takes nobody in and was not archived before."""
    changed = connection.execute(
        sa.update(CadenceRow)
        .where(
            CadenceRow.slug == slug,
            CadenceRow.draining_since.is_not(None),
            CadenceRow.archived_at.is_(None),
        )
        .values(archived_at=now)
    )
    return changed.rowcount > 0


def take_out_of_archive(connection: Connection, slug: str) -> None:
    """Call a cadence archived no more, as somebody is in it again; it still takes nobody in."""
    connection.execute(
        sa.update(CadenceRow)
        .where(CadenceRow.slug == slug, CadenceRow.archived_at.is_not(None))
        .values(archived_at=None)
    )


def waiting_in(connection: Connection, slug: str, limit: int) -> list[int]:
    """Numbers of enrollments that wait to begin in a cadence, the oldest first."""
    query = (
        sa.select(EnrollmentRow.id)
        .where(EnrollmentRow.slug == slug, EnrollmentRow.state == EnrollmentState.PENDING)
        .order_by(EnrollmentRow.id)
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def people_in(connection: Connection, slug: str) -> tuple[int, int]:
    """How many are under way in a cadence, and how many wait to begin."""
    rows = connection.execute(
        sa.select(EnrollmentRow.state, sa.func.count())
        .where(
            EnrollmentRow.slug == slug,
            EnrollmentRow.state.in_((*BEGUN, EnrollmentState.PENDING)),
        )
        .group_by(EnrollmentRow.state)
    )
    found = {row[0]: row[1] for row in rows}
    waits = found.pop(str(EnrollmentState.PENDING), 0)
    return sum(found.values()), waits


def _somebody(slug: str) -> sa.Select[int]:
    """One row where somebody is under way in a cadence."""
    found = (EnrollmentRow.slug == slug, EnrollmentRow.state.in_(BEGUN))
    return sa.select(sa.literal(1)).where(*found).limit(1)
