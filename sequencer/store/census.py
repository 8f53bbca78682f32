"""How many enrollments stand where?"""

from dataclasses import dataclass

import sqlalchemy as sa

from sequencer.domain.enrollment import EnrollmentState
from sequencer.store.database import Connection
from sequencer.store.tables import LIVES, EnrollmentRow


def live_by_mailbox(connection: Connection) -> dict[str, int]:
    """How many live enrollments each mailbox carries."""
    rows = connection.execute(
        sa.select(EnrollmentRow.mailbox, sa.func.count())
        .where(sa.text(LIVES), EnrollmentRow.mailbox.is_not(None))
        .group_by(EnrollmentRow.mailbox)
    )
    return {name: number for name, number in rows if name is not None}


@dataclass(frozen=True, slots=True)
class Count:
    """How many enrollments of a cadence stand where."""

    slug: str
    state: EnrollmentState
    reason: str
    number: int


def counts(connection: Connection) -> list[Count]:
    """Enrollments by cadence, state and reason."""
    reason = sa.func.coalesce(EnrollmentRow.finish_reason, EnrollmentRow.pause_reason, "")
    rows = connection.execute(
        sa.select(EnrollmentRow.slug, EnrollmentRow.state, reason, sa.func.count())
        .group_by(EnrollmentRow.slug, EnrollmentRow.state, reason)
        .order_by(EnrollmentRow.slug, EnrollmentRow.state, reason)
    )
    return [Count(slug, EnrollmentState(state), why, number) for slug, state, why, number in rows]
