"""Which enrollments does a rep's absence concern: those that run, those that wait for its end."""

from datetime import datetime

import sqlalchemy as sa

from sequencer.domain.enrollment import EnrollmentState, PauseReason
from sequencer.store.database import Connection
from sequencer.store.tables import LIVES, EnrollmentRow

_RUNS = EnrollmentRow.state == EnrollmentState.ACTIVE
_ABSENT = (
    EnrollmentRow.state == EnrollmentState.PAUSED,
    EnrollmentRow.pause_reason == PauseReason.REP_AWAY,
)


def to_pause(
    connection: Connection, mailbox: str, back_at: datetime, after: int, limit: int
) -> list[int]:
    """Numbers above `after` of what runs in a mailbox, or waits for another end of the absence."""
    waiting = sa.and_(*_ABSENT, EnrollmentRow.resume_at != back_at)
    return _numbers(connection, mailbox, after, limit, sa.or_(_RUNS, waiting))


def to_release(
    connection: Connection, mailbox: str, now: datetime, after: int, limit: int
) -> list[int]:
    """Numbers above `after` of what waits in a mailbox for the end of an absence that is over."""
    waiting = sa.and_(*_ABSENT, EnrollmentRow.resume_at > now)
    return _numbers(connection, mailbox, after, limit, waiting)


def _numbers(
    connection: Connection, mailbox: str, after: int, limit: int, found: sa.ColumnElement[bool]
) -> list[int]:
    query = (
        sa.select(EnrollmentRow.id)
        .where(sa.text(LIVES), EnrollmentRow.mailbox == mailbox, EnrollmentRow.id > after, found)
        .order_by(EnrollmentRow.id)
        .limit(limit)
    )
    return list(connection.execute(query).scalars())
