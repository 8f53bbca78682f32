"""What the order of the ledger tells against a promise.

Entries about an enrollment are written while its row is locked, so their numbers tell the order of
the commits, which two clocks could not.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.ledger import Kind
from sequencer.store.database import Connection
from sequencer.store.ledger import about
from sequencer.store.outside_tables import InboundRow
from sequencer.store.stream import streamed
from sequencer.store.tables import EnrollmentRow, LedgerRow, ProspectRow


def handed_after_end(connection: Connection) -> Iterator[tuple[int, str]]:
    """(enrollment, step) of each mail handed over when its enrollment had ended.

    One that was re-opened has not ended any more.
    """
    return _handed_between(connection, Kind.FINISHED, [Kind.REOPENED])


def handed_in_pause(connection: Connection) -> Iterator[tuple[int, str]]:
    """(enrollment, step) of each mail handed over while its enrollment was paused."""
    return _handed_between(connection, Kind.PAUSED, [Kind.RESUMED, Kind.FINISHED, Kind.REOPENED])


def _handed_between(
    connection: Connection, begin: Kind, ends: Sequence[Kind]
) -> Iterator[tuple[int, str]]:
    """Mails handed over after an entry of one kind, with none of the others in between."""
    told = _told([Kind.HANDED], [begin], ends)
    query = sa.select(told.c.enrollment_id, told.c.step_id).where(
        told.c.kind == Kind.HANDED, told.c.begun > sa.func.coalesce(told.c.ended, 0)
    )
    for enrollment_id, step_id in streamed(connection, query):
        yield enrollment_id, step_id or ""


def handed_after_listing(connection: Connection) -> Iterator[tuple[int, str]]:
    """(enrollment, step) of each mail handed over when the ledger had told of a suppression.

    One that was taken back before the mail does not count; the ledger tells of both per person.
    """
    listed = (
        sa.select(LedgerRow.prospect_id, sa.func.min(LedgerRow.id).label("number"))
        .where(LedgerRow.kind == Kind.SUPPRESSED)
        .group_by(LedgerRow.prospect_id)
        .subquery()
    )
    told, lifted = aliased(LedgerRow), aliased(LedgerRow)
    stands = ~sa.exists().where(
        lifted.prospect_id == told.prospect_id,
        lifted.kind == Kind.LIFTED,
        lifted.id > told.id,
        lifted.id < LedgerRow.id,
    )
    before = sa.exists().where(
        told.prospect_id == LedgerRow.prospect_id,
        told.kind == Kind.SUPPRESSED,
        told.id < LedgerRow.id,
        stands,
    )
    query = (
        sa.select(LedgerRow.enrollment_id, LedgerRow.step_id)
        .join(listed, listed.c.prospect_id == LedgerRow.prospect_id)
        .where(LedgerRow.kind == Kind.HANDED, LedgerRow.id > listed.c.number, before)
    )
    for enrollment_id, step_id in streamed(connection, query):
        yield enrollment_id or 0, step_id or ""


def replies(connection: Connection) -> Iterator[tuple[int, str, str]]:
    """Replies to enrollments that no entry of that moment or before has ended.

    Each as (enrollment, sender, key of the prospect's address): whether the sender is the prospect
    is for the caller to say.
    """
    ended = _last_at(Kind.FINISHED)
    reopened = _last_at(Kind.REOPENED)
    query = (
        sa.select(InboundRow.enrollment_id, InboundRow.sender, ProspectRow.email_key)
        .join(EnrollmentRow, EnrollmentRow.id == InboundRow.enrollment_id)
        .join(ProspectRow, ProspectRow.id == EnrollmentRow.prospect_id)
        .where(
            InboundRow.kind.in_(["reply", "opt_out"]),
            sa.func.coalesce(ended, 0) <= sa.func.coalesce(reopened, 0),
        )
    )
    for enrollment_id, sender, key in streamed(connection, query):
        yield enrollment_id or 0, sender, key


def ended_twice(connection: Connection) -> Iterator[int]:
    """Enrollments that ended when they had ended already."""
    told = _told([], [Kind.FINISHED], [Kind.REOPENED])
    query = sa.select(told.c.enrollment_id).where(
        told.c.kind == Kind.FINISHED, told.c.begun_before > sa.func.coalesce(told.c.ended, 0)
    )
    for row in streamed(connection, query):
        yield row.enrollment_id


def untold_ends(connection: Connection) -> Iterator[tuple[int, str]]:
    """Enrollments whose end, or going on, the ledger does not tell, with their state."""
    marks = (
        sa.select(
            LedgerRow.enrollment_id,
            sa.func.max(sa.case((LedgerRow.kind == Kind.FINISHED, LedgerRow.id))).label("finished"),
            sa.func.max(sa.case((LedgerRow.kind == Kind.REOPENED, LedgerRow.id))).label("reopened"),
        )
        .where(LedgerRow.kind.in_([Kind.FINISHED, Kind.REOPENED]))
        .group_by(LedgerRow.enrollment_id)
        .subquery()
    )
    ended = sa.func.coalesce(marks.c.finished, 0) > sa.func.coalesce(marks.c.reopened, 0)
    query = (
        sa.select(EnrollmentRow.id, EnrollmentRow.state)
        .join(marks, marks.c.enrollment_id == EnrollmentRow.id, isouter=True)
        .where((EnrollmentRow.state == EnrollmentState.FINISHED) != ended)
    )
    yield from streamed(connection, query)


def _told(others: Sequence[Kind], begin: Sequence[Kind], ends: Sequence[Kind]) -> sa.Subquery:
    """Entries of these kinds, each with the number of the last begin and end up to it."""

    def last(kinds: Sequence[Kind], frame: tuple[None, int]) -> sa.ColumnElement[Any]:
        numbers = sa.func.max(sa.case((LedgerRow.kind.in_(kinds), LedgerRow.id)))
        return numbers.over(partition_by=LedgerRow.enrollment_id, order_by=LedgerRow.id, rows=frame)

    return (
        sa.select(
            LedgerRow.enrollment_id,
            LedgerRow.step_id,
            LedgerRow.kind,
            last(begin, (None, 0)).label("begun"),
            last(begin, (None, -1)).label("begun_before"),
            last(ends, (None, 0)).label("ended"),
        )
        .where(LedgerRow.kind.in_([*others, *begin, *ends]), LedgerRow.enrollment_id.is_not(None))
        .subquery()
    )


def _last_at(kind: Kind) -> sa.ScalarSelect[Any]:
    """Number of the last entry of that kind about the enrollment, up to the instant of the mail.

    That of a mail which was first taken for something else is when it was understood.
    """
    return (
        sa.select(sa.func.max(LedgerRow.id))
        .where(
            *about(LedgerRow, InboundRow.enrollment_id),
            LedgerRow.kind == kind,
            LedgerRow.at <= sa.func.coalesce(InboundRow.judged_at, InboundRow.stored_at),
        )
        .scalar_subquery()
    )
