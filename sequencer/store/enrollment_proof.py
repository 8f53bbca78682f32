"""What enrollments and the suppression list tell against a promise."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import sqlalchemy as sa

from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.suppression import SuppressionKind
from sequencer.store.database import Connection
from sequencer.store.outside_tables import SuppressionRow
from sequencer.store.stream import streamed
from sequencer.store.tables import EnrollmentRow


def count(connection: Connection) -> int:
    """How many enrollments there are."""
    return connection.execute(sa.select(sa.func.count()).select_from(EnrollmentRow)).scalar_one()


def reasons_amiss(connection: Connection) -> Iterator[tuple[int, EnrollmentState, str]]:
    """Enrollments that ended without a reason, or have one and have not ended: (id, state, why)."""
    ended = EnrollmentRow.state == EnrollmentState.FINISHED
    query = sa.select(EnrollmentRow.id, EnrollmentRow.state, EnrollmentRow.finish_reason).where(
        ended != EnrollmentRow.finish_reason.is_not(None)
    )
    for number, state, reason in streamed(connection, query):
        yield number, EnrollmentState(state), reason or ""


def paused_without_reason(connection: Connection) -> Iterator[int]:
    """Enrollments that wait, without a word on why."""
    query = sa.select(EnrollmentRow.id).where(
        EnrollmentRow.state == EnrollmentState.PAUSED, EnrollmentRow.pause_reason.is_(None)
    )
    for row in streamed(connection, query):
        yield row.id


def listed_at(connection: Connection, keys: Sequence[str]) -> dict[str, datetime]:
    """Since when each of these addresses has been suppressed for good, or with its domain."""
    domains = sorted({key.rpartition("@")[2] for key in keys})
    query = sa.select(SuppressionRow.kind, SuppressionRow.key, SuppressionRow.at).where(
        SuppressionRow.until.is_(None),
        sa.or_(
            sa.and_(
                SuppressionRow.kind == SuppressionKind.ADDRESS,
                SuppressionRow.key.in_(sorted(set(keys))),
            ),
            sa.and_(SuppressionRow.kind == SuppressionKind.DOMAIN, SuppressionRow.key.in_(domains)),
        ),
    )
    since = {(row.kind, row.key): row.at for row in connection.execute(query)}
    found = {}
    for key in keys:
        own = since.get((SuppressionKind.ADDRESS, key))
        whole = since.get((SuppressionKind.DOMAIN, key.rpartition("@")[2]))
        if instants := [at for at in (own, whole) if at is not None]:
            found[key] = min(instants)
    return found
