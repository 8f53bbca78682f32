"""Mails of a cadence that had variants, and what came of the enrollments that got them."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from sequencer.domain.attribution import Seen, Sign, WordedMail
from sequencer.domain.enrollment import FinishReason
from sequencer.domain.meeting import MeetingState
from sequencer.domain.send import OPEN_STATES, SendState
from sequencer.domain.suppression import SuppressionKind, SuppressionReason
from sequencer.mail.intent import Intent
from sequencer.mail.verdict import Kind
from sequencer.store.database import Connection
from sequencer.store.meeting_tables import BookingEventRow, MeetingRow
from sequencer.store.outside_tables import InboundRow, SuppressionRow
from sequencer.store.tables import HAS_VARIANT, EnrollmentRow, ProspectRow, SendRow

POSITIVE = frozenset({Intent.INTERESTED, Intent.MEETING_PROPOSAL})
_ON = (MeetingState.BOOKED, MeetingState.HELD)
_OF_KIND = {Kind.REPLY: Sign.REPLY, Kind.OPT_OUT: Sign.OPT_OUT, Kind.COMPLAINT: Sign.OPT_OUT}
_OF_END = {
    FinishReason.OPTED_OUT: Sign.OPT_OUT,
    FinishReason.COMPLAINED: Sign.OPT_OUT,
    FinishReason.BOUNCED: Sign.BOUNCE,
}
_OF_LIST = {
    SuppressionReason.OPTED_OUT: Sign.OPT_OUT,
    SuppressionReason.COMPLAINED: Sign.OPT_OUT,
}


def _had_variants(slug: str) -> sa.Select[int]:
    """Enrollments of the cadence that a mail in a variant was claimed for."""
    return sa.select(SendRow.enrollment_id).where(SendRow.slug == slug, sa.text(HAS_VARIANT))


def sent(connection: Connection, slug: str) -> list[WordedMail]:
    """The mails in variants of a cadence that were sent."""
    row = SendRow
    query = sa.select(
        row.enrollment_id, row.step_id, row.variant, row.template_hash, row.handed_at
    ).where(
        row.slug == slug,
        sa.text(HAS_VARIANT),
        row.state == SendState.SENT,
    )
    rows = connection.execute(query.order_by(row.id))
    return [
        WordedMail(number, step, name or "", text or "", at)
        for number, step, name, text, at in rows
        if at is not None
    ]


def seen(connection: Connection, slug: str) -> Iterator[Seen]:
    """What came of the enrollments that got one, in no order; the same may be told twice."""
    yield from _answers(connection, slug)
    yield from _reports(connection, slug)
    yield from _meetings(connection, slug)
    yield from _ends(connection, slug)
    yield from _listings(connection, slug)


def waiting(connection: Connection, slug: str) -> list[tuple[str, str, str]]:
    """Step, key and version of every enrollment whose next mail has not left yet."""
    query = (
        sa.select(SendRow.step_id, EnrollmentRow.key, EnrollmentRow.version_hash)
        .join(EnrollmentRow, EnrollmentRow.id == SendRow.enrollment_id)
        .where(SendRow.slug == slug, SendRow.state.in_(OPEN_STATES), SendRow.handed_at.is_(None))
    )
    return [(step, key, version) for step, key, version in connection.execute(query)]


def _answers(connection: Connection, slug: str) -> Iterator[Seen]:
    row = InboundRow
    query = sa.select(
        row.enrollment_id, row.stored_at, row.kind, row.verdict["intent"].as_string()
    ).where(row.enrollment_id.in_(_had_variants(slug)), row.kind.in_(list(_OF_KIND)))
    for number, at, kind, intent in connection.execute(query):
        yield Seen(number, _OF_KIND[Kind(kind)], at)
        if kind == Kind.REPLY and intent in POSITIVE:
            yield Seen(number, Sign.POSITIVE, at)


def _reports(connection: Connection, slug: str) -> Iterator[Seen]:
    """Mails that came back for good, by the report that names them."""
    row = InboundRow
    query = sa.select(row.enrollment_id, row.stored_at).where(
        row.enrollment_id.in_(_had_variants(slug)),
        row.kind == Kind.BOUNCE,
        row.verdict["permanent"].as_boolean(),
    )
    for number, at in connection.execute(query):
        if number is not None:
            yield Seen(number, Sign.BOUNCE, at)


def _meetings(connection: Connection, slug: str) -> Iterator[Seen]:
    """Meetings that are on or took place, at the instant at which the first was told of them."""
    row = MeetingRow
    told_at = (
        sa.select(sa.func.min(BookingEventRow.stored_at, type_=row.updated_at.type))
        .where(BookingEventRow.meeting_id == row.id)
        .scalar_subquery()
    )
    query = sa.select(row.enrollment_id, sa.func.coalesce(told_at, row.updated_at)).where(
        row.enrollment_id.in_(_had_variants(slug)), row.left_out == "", row.state.in_(_ON)
    )
    for number, at in connection.execute(query):
        if number is not None:
            yield Seen(number, Sign.MEETING, at)


def _ends(connection: Connection, slug: str) -> Iterator[Seen]:
    row = EnrollmentRow
    query = sa.select(row.id, row.finish_reason, row.finished_at).where(
        row.id.in_(_had_variants(slug)),
        row.finish_reason.in_(list(_OF_END)),
    )
    for number, reason, at in connection.execute(query):
        if reason is not None and at is not None:
            yield Seen(number, _OF_END[FinishReason(reason)], at)


def _listings(connection: Connection, slug: str) -> Iterator[Seen]:
    """Addresses that came on the list, perhaps when the enrollment had ended long before.

    The wish counts for the last mail that the person had of us, in whatever cadence. What bounced
    does not: the report says which mail it was.
    """
    row, other = SuppressionRow, aliased(EnrollmentRow)
    last_in = (
        sa.select(SendRow.enrollment_id)
        .join(other, other.id == SendRow.enrollment_id)
        .where(
            other.prospect_id == EnrollmentRow.prospect_id,
            SendRow.state == SendState.SENT,
            SendRow.handed_at <= row.at,
        )
        .order_by(SendRow.handed_at.desc(), SendRow.id.desc())
        .limit(1)
        .correlate(EnrollmentRow, row)
        .scalar_subquery()
    )
    query = (
        sa.select(EnrollmentRow.id, row.reason, row.at)
        .join(ProspectRow, ProspectRow.id == EnrollmentRow.prospect_id)
        .join(row, row.key == ProspectRow.email_key)
        .where(
            EnrollmentRow.id.in_(_had_variants(slug)),
            row.kind == SuppressionKind.ADDRESS,
            row.reason.in_(list(_OF_LIST)),
            EnrollmentRow.id == last_in,
        )
    )
    for number, reason, at in connection.execute(query):
        yield Seen(number, _OF_LIST[SuppressionReason(reason)], at)
