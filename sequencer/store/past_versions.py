"""What ran when: versions in the order in which they were made to run, and who is on which now."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sequencer.store.database import Connection
from sequencer.store.desk_tables import ApplicationRow
from sequencer.store.tables import LIVES, EnrollmentRow, VersionRow


@dataclass(frozen=True, slots=True)
class Applied:
    """One version that was made the one that runs.

    Attributes:
        number: grows with each application, of whatever cadence.
        plan: names the plan it was done by, empty without one.
        moved: people under way who went over to it by that.
    """

    number: int
    slug: str
    version_hash: str
    at: datetime
    by: str
    plan: str
    moved: int


def newest(connection: Connection, slug: str | None, below: int, limit: int) -> list[Applied]:
    """Applications with a number below that, of one cadence or of all, the newest first."""
    row = ApplicationRow
    query = sa.select(row.id, row.slug, row.version_hash, row.at, row.by, row.plan, row.moved)
    if slug is not None:
        query = query.where(row.slug == slug)
    query = query.where(row.id < below).order_by(row.id.desc()).limit(limit)
    return [Applied(*each) for each in connection.execute(query)]


def people_on(connection: Connection, slugs: Collection[str]) -> dict[str, int]:
    """How many people are in these cadences now and not through them, by their versions."""
    query = (
        sa.select(EnrollmentRow.version_hash, sa.func.count())
        .where(EnrollmentRow.slug.in_(slugs), sa.text(LIVES))
        .group_by(EnrollmentRow.version_hash)
    )
    rows = connection.execute(query)
    return {row[0]: row[1] for row in rows}


def hashes_like(connection: Connection, slug: str, beginning: str, limit: int) -> list[str]:
    """Names of versions of a cadence that begin like that; the oldest first."""
    query = (
        sa.select(VersionRow.hash)
        .where(VersionRow.slug == slug, VersionRow.hash.startswith(beginning, autoescape=True))
        .order_by(VersionRow.applied_at, VersionRow.hash)
        .limit(limit)
    )
    return list(connection.execute(query).scalars())
