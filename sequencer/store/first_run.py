"""The first live run of a cadence: how many people may begin in it for now, and how many have?"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sequencer.store.database import Connection
from sequencer.store.prepared import Prepared
from sequencer.store.tables import CadenceRow, EnrollmentRow

_LIMIT = Prepared(
    sa.select(CadenceRow.most_people, CadenceRow.limited_at).where(
        CadenceRow.slug == sa.bindparam("one"), CadenceRow.most_people.is_not(None)
    )
)
_BEGUN = Prepared(
    sa.select(sa.func.count()).where(
        EnrollmentRow.slug == sa.bindparam("one"),
        EnrollmentRow.activated_at
        >= sa.bindparam("since", type_=EnrollmentRow.__table__.c.activated_at.type),
    )
)


@dataclass(frozen=True, slots=True)
class FirstRun:
    """A limit on who begins.

    Attributes:
        most: how many people may begin.
        since: since when they are counted.
        begun: how many have begun since then.
    """

    most: int
    since: datetime
    begun: int

    @property
    def places(self) -> int:
        """How many more may begin."""
        return max(self.most - self.begun, 0)


def limit_of(connection: Connection, slug: str) -> FirstRun | None:
    """The limit of a cadence, None where it has none."""
    for most, since in _LIMIT.all(connection, {"one": slug}):
        begun = _BEGUN.scalar(connection, {"one": slug, "since": since})
        return FirstRun(most, since, begun or 0)
    return None


def set_limit(connection: Connection, slug: str, most: int | None, now: datetime) -> bool:
    """Whether a cadence has another limit now; None lifts it."""
    row = CadenceRow
    changed = connection.execute(
        sa.update(row)
        .where(row.slug == slug, row.most_people.is_distinct_from(most))
        .values(most_people=most, limited_at=None if most is None else now)
    )
    return changed.rowcount > 0
