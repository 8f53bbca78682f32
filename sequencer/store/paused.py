"""Which enrollments are paused, and which mails are due beside those that wait for them?"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from sequencer.domain.enrollment import EnrollmentState, PauseReason
from sequencer.domain.send import OPEN_STATES, SendState
from sequencer.store.database import Connection
from sequencer.store.tables import WAITS, EnrollmentRow, ProspectRow, SendRow


def find(
    connection: Connection, slug: str | None = None, reason: PauseReason | None = None
) -> list[int]:
    """Numbers of the paused enrollments, of one cadence or for one reason where that is given."""
    query = sa.select(EnrollmentRow.id).where(EnrollmentRow.state == EnrollmentState.PAUSED)
    if slug is not None:
        query = query.where(EnrollmentRow.slug == slug)
    if reason is not None:
        query = query.where(EnrollmentRow.pause_reason == reason)
    return list(connection.execute(query.order_by(EnrollmentRow.id)).scalars())


def of_people(connection: Connection, prospect_ids: Sequence[int]) -> list[int]:
    """Numbers of the paused enrollments of these people."""
    query = sa.select(EnrollmentRow.id).where(
        EnrollmentRow.state == EnrollmentState.PAUSED, EnrollmentRow.prospect_id.in_(prospect_ids)
    )
    return list(connection.execute(query.order_by(EnrollmentRow.id)).scalars())


def in_doubt(connection: Connection) -> set[int]:
    """Numbers of the paused enrollments with a mail about which a person has to decide."""
    query = (
        sa.select(EnrollmentRow.id)
        .join(SendRow, SendRow.enrollment_id == EnrollmentRow.id)
        .where(EnrollmentRow.state == EnrollmentState.PAUSED, SendRow.state == SendState.PARKED)
    )
    return set(connection.execute(query).scalars())


def queued_beside(connection: Connection, mailbox: str) -> list[datetime]:
    """When the open mails of a mailbox are due whose enrollments run."""
    return _queued(connection, SendRow.mailbox == mailbox, sa.text(f"send.{WAITS}"))


def queued_to_person(connection: Connection, prospect_id: int) -> list[datetime]:
    """The same of a person, from all mailboxes."""
    return _queued(connection, EnrollmentRow.prospect_id == prospect_id)


def queued_to_domain(connection: Connection, domain: str) -> list[datetime]:
    """The same of all people at a domain (a domain key), from all mailboxes."""
    return _queued(connection, ProspectRow.domain_key == domain)


def queued_first_touches(connection: Connection, slug: str) -> list[datetime]:
    """The same of the first touches of a cadence."""
    waits = SendRow.handed_at.is_(None)  # one that may have left counts as such
    return _queued(connection, EnrollmentRow.slug == slug, SendRow.follow_up.is_(False), waits)


def _queued(
    connection: Connection, *which: sa.ColumnElement[bool] | sa.TextClause
) -> list[datetime]:
    query = (
        sa.select(SendRow.due_at, EnrollmentRow.state)
        .join(EnrollmentRow, EnrollmentRow.id == SendRow.enrollment_id)
        .join(ProspectRow, ProspectRow.id == EnrollmentRow.prospect_id)
        .where(*which, SendRow.state.in_(OPEN_STATES))
    )
    # Were the state asked for in the query, SQLite would begin with all enrollments that run.
    rows = connection.execute(query).all()
    return [due_at for due_at, state in rows if state == EnrollmentState.ACTIVE]
