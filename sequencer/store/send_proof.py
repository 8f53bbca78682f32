"""What sends tell against a promise: queries that return violations only, or every mail in turn."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from sequencer.domain.ledger import Kind
from sequencer.domain.send import SendState
from sequencer.mail.transaction import OutcomeKind
from sequencer.store.crossings import version_then
from sequencer.store.database import Connection
from sequencer.store.ledger import about
from sequencer.store.stream import streamed
from sequencer.store.tables import AttemptRow, EnrollmentRow, LedgerRow, ProspectRow, SendRow

# A mail that was found in Sent after a restore counts as sent, but what preceded it is forgotten:
# no look is stored with it. What is proved about a look or its instant leaves such mails out.
_LOOKED_AT = SendRow.looked_at.is_not(None)
# States in which the columns of the hand-over belong to one and the same hand-over: a send that
# waits to be sent again has a later look, and the instant of the mail that may have left.
_LEFT = (SendState.HANDED, SendState.UNKNOWN, SendState.PARKED, SendState.SENT)


@dataclass(frozen=True, slots=True)
class Handed:
    """A mail that left or may have left, with what the commit before its dot noted.

    Attributes:
        version_hash: the version that the enrollment was in then.
        timezone, country, subdivision: where the prospect is today, empty where it is not known.
    """

    id: int
    enrollment_id: int
    step_id: str
    mailbox: str
    prospect_id: int
    version_hash: str
    recipient: str | None
    handed_at: datetime
    synced_at: datetime | None
    tz: str | None
    timezone: str
    country: str
    subdivision: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How many sends there are: all of them, those with the server, those that may be there."""

    every: int
    sent: int
    handed: int


def counts(connection: Connection) -> Counts:
    """The counts of this moment."""
    rows = connection.execute(sa.select(SendRow.state, sa.func.count()).group_by(SendRow.state))
    by_state = {SendState(state): number for state, number in rows}
    handed = sa.select(sa.func.count()).where(
        SendRow.handed_at.is_not(None), SendRow.state.in_(_LEFT), _LOOKED_AT
    )
    return Counts(
        every=sum(by_state.values()),
        sent=by_state.get(SendState.SENT, 0),
        handed=connection.execute(handed).scalar_one(),
    )


def handed(connection: Connection) -> Iterator[Handed]:
    """Every mail that left or may have left, in the order of their numbers."""
    query = (
        sa.select(
            SendRow.id,
            SendRow.enrollment_id,
            SendRow.step_id,
            SendRow.mailbox,
            EnrollmentRow.prospect_id,
            version_then(),
            SendRow.recipient,
            SendRow.handed_at,
            SendRow.synced_at,
            SendRow.tz,
            *(_field(name) for name in ("timezone", "country", "subdivision")),
        )
        .join(EnrollmentRow, EnrollmentRow.id == SendRow.enrollment_id)
        .join(ProspectRow, ProspectRow.id == EnrollmentRow.prospect_id)
        .where(SendRow.handed_at.is_not(None), SendRow.state.in_(_LEFT), _LOOKED_AT)
        .order_by(SendRow.id)
    )
    for row in streamed(connection, query):
        yield Handed(*row)


def _field(name: str) -> sa.ColumnElement[str]:
    """A field of the prospect, the empty string where it is not known."""
    return sa.func.coalesce(ProspectRow.fields[name].as_string(), "")


def handed_by_mailbox(connection: Connection) -> Iterator[tuple[str, datetime]]:
    """Mailbox and instant of every mail that left or may have left, in this order."""
    query = (
        sa.select(SendRow.mailbox, SendRow.handed_at)
        .where(SendRow.handed_at.is_not(None), _LOOKED_AT)
        .order_by(SendRow.mailbox, SendRow.handed_at)
    )
    yield from streamed(connection, query)


def handed_by_person(connection: Connection) -> Iterator[tuple[int, datetime]]:
    """Prospect and instant of every mail that left or may have left, in this order."""
    query = (
        sa.select(EnrollmentRow.prospect_id, SendRow.handed_at)
        .join(EnrollmentRow, EnrollmentRow.id == SendRow.enrollment_id)
        .where(SendRow.handed_at.is_not(None), _LOOKED_AT)
        .order_by(EnrollmentRow.prospect_id, SendRow.handed_at)
    )
    yield from streamed(connection, query)


def handed_by_domain(connection: Connection) -> Iterator[tuple[str, datetime]]:
    """Domain and instant of every mail that left or may have left, in this order."""
    query = (
        sa.select(ProspectRow.domain_key, SendRow.handed_at)
        .join(EnrollmentRow, EnrollmentRow.prospect_id == ProspectRow.id)
        .join(SendRow, SendRow.enrollment_id == EnrollmentRow.id)
        .where(SendRow.handed_at.is_not(None), _LOOKED_AT)
        .order_by(ProspectRow.domain_key, SendRow.handed_at)
    )
    yield from streamed(connection, query)


def accepted_twice(connection: Connection) -> Iterator[tuple[int, int]]:
    """Sends that a server accepted more than once, and how often."""
    times = sa.func.count()
    query = (
        sa.select(AttemptRow.send_id, times)
        .where(AttemptRow.outcome == OutcomeKind.ACCEPTED)
        .group_by(AttemptRow.send_id)
        .having(times > 1)
    )
    yield from streamed(connection, query)


def steps_twice(connection: Connection) -> Iterator[tuple[int, str, int]]:
    """Enrollments that have several sends of one step, the step, and how many."""
    times = sa.func.count()
    query = (
        sa.select(SendRow.enrollment_id, SendRow.step_id, times)
        .group_by(SendRow.enrollment_id, SendRow.step_id)
        .having(times > 1)
    )
    yield from streamed(connection, query)


def message_ids_twice(connection: Connection) -> Iterator[tuple[str, int]]:
    """Message-IDs that several sends have, and how many."""
    times = sa.func.count()
    query = (
        sa.select(SendRow.message_id, times)
        .where(SendRow.message_id.is_not(None))
        .group_by(SendRow.message_id)
        .having(times > 1)
    )
    yield from streamed(connection, query)


def sent_without_proof(connection: Connection) -> Iterator[int]:
    """Sends that count as sent, though no server accepted them and no doubt was ever settled."""
    accepted = sa.exists().where(
        AttemptRow.send_id == SendRow.id, AttemptRow.outcome == OutcomeKind.ACCEPTED
    )
    doubt = sa.exists().where(
        *about(LedgerRow, SendRow.enrollment_id),
        LedgerRow.step_id == SendRow.step_id,
        LedgerRow.kind.in_([Kind.SETTLED, Kind.IN_DOUBT]),
    )
    query = sa.select(SendRow.id).where(SendRow.state == SendState.SENT, ~accepted, ~doubt)
    for row in streamed(connection, query):
        yield row.id


def sent_without_handing(connection: Connection) -> Iterator[int]:
    """Sends that count as sent, though the ledger does not tell that they were handed over first.

    The ledger has the order, which the clocks of two daemons could not tell.
    One that was found in Sent after a restore was handed over in a time that is forgotten.
    """
    handed_over, sent = aliased(LedgerRow), aliased(LedgerRow)
    told = sa.exists().where(
        *about(sent, SendRow.enrollment_id),
        sent.step_id == SendRow.step_id,
        sent.kind == Kind.SENT,
        *about(handed_over, SendRow.enrollment_id),
        handed_over.step_id == SendRow.step_id,
        handed_over.kind == Kind.HANDED,
        handed_over.id < sent.id,
    )
    found = sa.exists().where(
        *about(LedgerRow, SendRow.enrollment_id),
        LedgerRow.step_id == SendRow.step_id,
        LedgerRow.kind == Kind.SETTLED,
    )
    unproved = sa.and_(~told, sa.or_(_LOOKED_AT, ~found))
    query = sa.select(SendRow.id).where(
        SendRow.state == SendState.SENT, sa.or_(SendRow.handed_at.is_(None), unproved)
    )
    for row in streamed(connection, query):
        yield row.id


def ended_without_reason(connection: Connection) -> Iterator[tuple[int, SendState]]:
    """Sends that will not be made by themselves, without a word on why."""
    ended = (SendState.CANCELLED, SendState.REJECTED, SendState.PARKED)
    query = sa.select(SendRow.id, SendRow.state).where(SendRow.state.in_(ended), SendRow.why == "")
    for send_id, state in streamed(connection, query):
        yield send_id, SendState(state)
