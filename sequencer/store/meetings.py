"""Meetings, one row each however often it is moved."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from sequencer.domain.meeting import MeetingState
from sequencer.store import bookings
from sequencer.store.columns import UtcDateTime, cut
from sequencer.store.database import Connection
from sequencer.store.meeting_tables import FollowUpRow, HandoverRow, MeetingRow
from sequencer.store.prepared import Prepared
from sequencer.store.tables import ProspectRow

_LIMITS = {"email": 320, "host": 320, "tz": 128, "cancelled_by": 128}
_MOST = 200  # rows that are looked at in one go
_COMING = (MeetingState.REQUESTED, MeetingState.BOOKED)


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting as its source describes it; `previous_key` is the one it was moved from.

    Attributes:
        uid: as calendars know it; empty where nobody told.
        enrollment_id: number of the enrollment that it is credited to.
        credited_by: how that was found: `token`, `address`, `alias` or `person`.
        moved_to: number of the meeting that was booked in place of this one.
        asked_at: when a person was asked how it went.
        left_out: why it is none of ours; empty where it is.
        verified: whether somebody told of it of whom we know who they are.
        id: its number, 0 where it is not stored yet.
    """

    source: str
    meeting_key: str
    previous_key: str
    state: MeetingState
    email: str
    prospect_id: int | None
    starts_at: datetime | None
    ends_at: datetime | None = None
    tz: str = ""
    title: str = ""
    event_type: str = ""
    link: str = ""
    place: str = ""
    host: str = ""
    cancelled_by: str = ""
    cancel_reason: str = ""
    uid: str = ""
    enrollment_id: int | None = None
    credited_by: str = ""
    moved_to: int | None = None
    asked_at: datetime | None = None
    verified: bool = False
    left_out: str = ""
    id: int = 0


def find(connection: Connection, source: str, meeting_key: str) -> Meeting | None:
    """The meeting that has, or had before it was moved, that key."""
    numbers = bookings.meetings_named(connection, source, meeting_key)
    return get(connection, numbers[0]) if numbers else None


def get(connection: Connection, meeting_id: int) -> Meeting | None:
    """The meeting of that number."""
    rows = _meetings(connection, MeetingRow.id == meeting_id)
    return rows[0] if rows else None


def get_many(connection: Connection, meeting_ids: Sequence[int]) -> list[Meeting]:
    """The meetings of these numbers, as far as they are there, the oldest first."""
    return _meetings(connection, MeetingRow.id.in_(meeting_ids))[::-1]


def of_person(connection: Connection, prospect_id: int, most: int | None = None) -> list[Meeting]:
    """Meetings of a person that are ours, the newest first."""
    own = sa.and_(MeetingRow.prospect_id == prospect_id, MeetingRow.left_out == "")
    return _meetings(connection, own, most)


def of_people(connection: Connection, people: Sequence[int], most: int) -> list[Meeting]:
    """Meetings of some people, those that are none of ours too, the newest first."""
    return _meetings(connection, MeetingRow.prospect_id.in_(people), most)


def of_accounts(
    connection: Connection, keys: Sequence[str], begin: datetime, end: datetime, most: int
) -> list[int]:
    """Numbers of meetings of people of these accounts that begin between two instants."""
    query = (
        sa.select(MeetingRow.id)
        .join(ProspectRow, ProspectRow.id == MeetingRow.prospect_id)
        .where(ProspectRow.account_key.in_(keys), MeetingRow.starts_at.between(begin, end))
    )
    return list(connection.execute(query.order_by(MeetingRow.id).limit(most)).scalars())


def of_nobody(connection: Connection, email: str) -> list[Meeting]:
    """Meetings that somebody has booked with an address that was nobody's, the newest first."""
    theirs = sa.and_(MeetingRow.prospect_id.is_(None), MeetingRow.email == cut(email, 320))
    return _meetings(connection, theirs, _MOST)


def in_place_of(connection: Connection, meeting_id: int) -> list[Meeting]:
    """Meetings that were cancelled and go on as that one."""
    return _meetings(connection, MeetingRow.moved_to == meeting_id)


def to_ask_about(
    connection: Connection, over_by: datetime, since: datetime, most: int
) -> list[int]:
    """Meetings that have begun since then and are over, and of which nobody told how they went."""
    values = {"since": since, "over_by": over_by, "most": most}
    return [number for (number,) in TO_ASK_ABOUT.all(connection, values)]


def asked(connection: Connection, meeting_id: int, now: datetime | None) -> None:
    """Note that a person was asked how it went."""
    here = MeetingRow.id == meeting_id
    connection.execute(sa.update(MeetingRow).where(here).values(asked_at=now))


def link(connection: Connection, meeting_id: int, moved_to: int | None) -> None:
    """Note the meeting that was booked in place of one."""
    here = MeetingRow.id == meeting_id
    connection.execute(sa.update(MeetingRow).where(here).values(moved_to=moved_to))


def is_coming(connection: Connection, prospect_id: int, but: int, now: datetime) -> bool:
    """Whether another meeting of the person than that one is yet to come, or asked for."""
    return any(
        each.id != but
        and each.state in _COMING
        and (each.starts_at is None or each.starts_at > now)
        for each in of_person(connection, prospect_id)
    )


def count_by_state(connection: Connection) -> Mapping[MeetingState, int]:
    """How many meetings of ours are in each state."""
    query = (
        sa.select(MeetingRow.state, sa.func.count())
        .where(MeetingRow.left_out == "")
        .group_by(MeetingRow.state)
    )
    return {MeetingState(state): number for state, number in connection.execute(query)}


def add(connection: Connection, meeting: Meeting, now: datetime) -> int:
    """Number of a meeting that is new."""
    statement = sa.insert(MeetingRow).values(**_values(meeting, now)).returning(MeetingRow.id)
    return int(connection.execute(statement).scalar_one())


def save(connection: Connection, meeting: Meeting, now: datetime) -> None:
    """Bring a stored meeting up to date."""
    here = MeetingRow.id == meeting.id
    connection.execute(sa.update(MeetingRow).where(here).values(**_values(meeting, now)))


def drop(connection: Connection, meeting_ids: Sequence[int], same: int) -> None:
    """Forget rows that turned out to be the same meeting, which gets what belongs to them."""
    if not meeting_ids:
        return
    for row in (FollowUpRow, HandoverRow):
        theirs = row.meeting_id.in_(meeting_ids)
        connection.execute(sa.update(row).where(theirs).values(meeting_id=same))
    both = MeetingRow.id.in_([*meeting_ids, same])
    inside = sa.and_(both, MeetingRow.moved_to.in_([*meeting_ids, same]))
    connection.execute(sa.update(MeetingRow).where(inside).values(moved_to=None))
    to_them = MeetingRow.moved_to.in_(meeting_ids)
    connection.execute(sa.update(MeetingRow).where(to_them).values(moved_to=same))
    connection.execute(sa.delete(MeetingRow).where(MeetingRow.id.in_(meeting_ids)))


def _meetings(
    connection: Connection, where: sa.ColumnElement[bool], most: int | None = None
) -> list[Meeting]:
    query = sa.select(MeetingRow.__table__).where(where).order_by(MeetingRow.id.desc()).limit(most)
    found = [dict(row) for row in connection.execute(query).mappings()]
    for each in found:
        del each["updated_at"]
    return [Meeting(**each | {"state": MeetingState(each["state"])}) for each in found]


def _values(meeting: Meeting, now: datetime) -> dict[str, object]:
    values = {
        name: cut(value, _LIMITS.get(name, 2_000)) if isinstance(value, str) else value
        for name, value in asdict(meeting).items()
        if name not in {"id", "state"}
    }
    keys = {name: bookings.short_key(getattr(meeting, name)) for name in _KEYS}
    return values | keys | {"state": meeting.state, "updated_at": now}


_UNTOLD = (
    MeetingRow.state == MeetingState.BOOKED,
    MeetingRow.left_out == "",
    MeetingRow.prospect_id.is_not(None),
    MeetingRow.asked_at.is_(None),
)
_over_at = sa.func.coalesce(MeetingRow.ends_at, MeetingRow.starts_at)
_SINCE, _OVER_BY = (sa.bindparam(name, type_=UtcDateTime()) for name in ("since", "over_by"))
# Statements that every tick makes are built once: that takes longer than to run them.
TO_ASK_ABOUT = Prepared(
    sa.select(MeetingRow.id)
    .where(*_UNTOLD, MeetingRow.starts_at.between(_SINCE, _OVER_BY), _over_at <= _OVER_BY)
    .order_by(MeetingRow.starts_at, MeetingRow.id)
    .limit(sa.bindparam("most"))
)
NEXT_OVER_AT = Prepared(
    sa.select(sa.func.min(_over_at, type_=UtcDateTime())).where(
        *_UNTOLD, MeetingRow.starts_at >= _SINCE
    )
)
_KEYS = ("meeting_key", "previous_key", "uid")
