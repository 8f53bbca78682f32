"""Who is enrolled and waits to begin: for room in the cadence, or for a day."""

from datetime import datetime

import sqlalchemy as sa

from sequencer.domain.enrollment import EnrollmentState
from sequencer.store.database import Connection
from sequencer.store.prepared import Prepared
from sequencer.store.tables import CadenceRow, EnrollmentRow

_STARTS = EnrollmentRow.starts_at
_IS_PENDING = EnrollmentRow.state == EnrollmentState.PENDING
_STARTS_NOW = (_STARTS.is_(None), sa.bindparam("now", type_=_STARTS.type) >= _STARTS)
# Two looks into the index for each cadence, however many wait in it.
MAY_BEGIN = Prepared(
    sa.select(CadenceRow.slug)
    .where(
        sa.or_(
            *(
                sa.exists().where(EnrollmentRow.slug == CadenceRow.slug, _IS_PENDING, starts)
                for starts in _STARTS_NOW
            )
        )
    )
    .order_by(CadenceRow.slug)
)
SOMEBODY = Prepared(sa.select(EnrollmentRow.id).where(_IS_PENDING).limit(sa.literal_column("1")))
_NEXT_START_AT = Prepared(sa.select(sa.func.min(_STARTS, type_=_STARTS.type)).where(_IS_PENDING))


def slugs(connection: Connection, now: datetime) -> list[str]:
    """Cadences in which somebody waits to begin who may begin now."""
    return [slug for (slug,) in MAY_BEGIN.all(connection, {"now": now})]


def to_activate(connection: Connection, slug: str, now: datetime, limit: int) -> list[int]:
    """Numbers of those who may begin in a cadence now, whoever has waited longest first."""
    since = sa.func.coalesce(_STARTS, EnrollmentRow.enrolled_at)
    query = (
        sa.select(EnrollmentRow.id)
        .where(EnrollmentRow.slug == slug, _IS_PENDING, sa.or_(*_STARTS_NOW))
        .order_by(since, EnrollmentRow.id)
        .limit(limit)
    )
    return list(connection.execute(query, {"now": now}).scalars())


def next_start_at(connection: Connection) -> datetime | None:
    """Earliest instant at which somebody who waits may begin; None where nobody waits for one."""
    start_at: datetime | None = _NEXT_START_AT.scalar(connection, {})
    return start_at


def start_later(connection: Connection, enrollment_id: int, at: datetime) -> None:
    """Let an enrollment that has not begun wait until then, at least."""
    connection.execute(
        sa.update(EnrollmentRow)
        .where(EnrollmentRow.id == enrollment_id, _IS_PENDING)
        .values(starts_at=at)
    )
