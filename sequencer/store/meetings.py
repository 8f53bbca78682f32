"""Meetings, one row each however often it is moved."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from sequencer.domain.meeting import MeetingState
from sequencer.store import bookings
from sequencer.store.columns import cut
from sequencer.store.database import Connection
from sequencer.store.meeting_tables import MeetingRow

_LIMITS = {"email": 320, "host": 320, "tz": 128, "cancelled_by": 128}
_COMING = (MeetingState.REQUESTED, MeetingState.BOOKED)


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting as its source describes it; `previous_key` is the one it was moved from.

    Attributes:
        uid: as calendars know it; empty where nobody told.
        enrollment_id: number of the enrollment that it is credited to.
        credited_by: how that was found: `token`, `address`, `alias` or `person`.
        moved_to: number of the meeting that was booked in place of this one.
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


def of_person(connection: Connection, prospect_id: int) -> list[Meeting]:
    """Meetings of a person that are ours, the newest first."""
    own = sa.and_(MeetingRow.prospect_id == prospect_id, MeetingRow.left_out == "")
    return _meetings(connection, own)


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


def drop(connection: Connection, meeting_ids: Sequence[int]) -> None:
    """Forget rows that turned out to be another meeting, which has what was told of them."""
    connection.execute(sa.delete(MeetingRow).where(MeetingRow.id.in_(meeting_ids)))


def _meetings(connection: Connection, where: sa.ColumnElement[bool]) -> list[Meeting]:
    query = sa.select(MeetingRow.__table__).where(where).order_by(MeetingRow.id.desc())
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


_KEYS = ("meeting_key", "previous_key")
