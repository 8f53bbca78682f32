"""What the reps have to do: meetings handed over to them, and when they are busy."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from sequencer.domain.handover import WITH_SOMEBODY
from sequencer.domain.meeting import MeetingState
from sequencer.store.bookings import short_key
from sequencer.store.columns import is_storable
from sequencer.store.database import Connection
from sequencer.store.meeting_tables import BusyRow, HandoverRow, MeetingRow
from sequencer.store.tables import ProspectRow

# A meeting that fell through, or to which nobody came, counts for nothing: the rep gets another.
STANDS = frozenset({MeetingState.REQUESTED, MeetingState.BOOKED, MeetingState.HELD})
MOST_OWNERS = 50  # different ones of one account that are looked at; two are too many already

_HAS = (HandoverRow.state.in_(sorted(WITH_SOMEBODY)), MeetingRow.state.in_(sorted(STANDS)))


@dataclass(frozen=True, slots=True)
class Given:
    """A meeting that a rep has."""

    rep: str
    offered_at: datetime
    starts_at: datetime | None


def given(
    connection: Connection, since: datetime, around: datetime, within: timedelta, but: int = 0
) -> list[Given]:
    """Meetings that reps have: those given since then, and those about a time.

    Args:
        connection: the database.
        since: those handed over later than that are among them.
        around: a time.
        within: those that begin as close to that time are among them.
        but: number of a meeting that is left out.
    """
    begins = MeetingRow.starts_at
    near = sa.and_(begins > around - within, begins < around + within)
    query = (
        sa.select(HandoverRow.rep, HandoverRow.offered_at, begins)
        .join(MeetingRow, MeetingRow.id == HandoverRow.meeting_id)
        .where(sa.or_(HandoverRow.offered_at > since, near), *_HAS, MeetingRow.id != but)
        .order_by(HandoverRow.id)
    )
    return [Given(*row) for row in connection.execute(query)]


def last_offers(connection: Connection, but: int = 0) -> dict[str, datetime]:
    """When each rep was offered a meeting last, whatever became of it; that meeting left out."""
    at = sa.func.max(HandoverRow.offered_at, type_=HandoverRow.offered_at.type).label("at")
    query = (
        sa.select(HandoverRow.rep, at)
        .where(HandoverRow.meeting_id != but)
        .group_by(HandoverRow.rep)
    )
    return {row.rep: row.at for row in connection.execute(query)}


def busy(
    connection: Connection, start: datetime, end: datetime, but_uids: Collection[str] = ()
) -> list[tuple[str, datetime, datetime]]:
    """Who is busy at that time: the rep, from when, to when; by other events than these."""
    others = BusyRow.uid.not_in(sorted(short_key(uid) for uid in but_uids if uid))
    query = (
        sa.select(BusyRow.rep, BusyRow.starts_at, BusyRow.ends_at)
        .where(BusyRow.starts_at < end, BusyRow.ends_at > start, others)
        .order_by(BusyRow.rep, BusyRow.starts_at)
    )
    return [(rep, begin, over) for rep, begin, over in connection.execute(query)]


def owners_at(connection: Connection, account_key: str, but: int) -> set[str]:
    """Owners of the other people of an account, as the lists have them."""
    if not account_key or not is_storable(account_key):
        return set()
    owner = ProspectRow.fields["owner"].as_string()
    query = (
        sa.select(owner)
        .where(ProspectRow.account_key == account_key, ProspectRow.id != but, owner != "")
        .distinct()
        .limit(MOST_OWNERS)
    )
    return set(connection.execute(query).scalars())
