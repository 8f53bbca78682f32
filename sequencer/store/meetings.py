"""Meetings, one row each however often it is moved."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sequencer.domain.meeting import MeetingState
from sequencer.store.columns import cut
from sequencer.store.database import Connection
from sequencer.store.tables import MeetingRow


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting as its source last described it; `previous_key` is the one it was moved from."""

    source: str
    meeting_key: str
    previous_key: str
    state: MeetingState
    email: str
    prospect_id: int | None
    starts_at: datetime | None


def find(connection: Connection, source: str, meeting_key: str) -> Meeting | None:
    """The meeting that has, or had before it was moved, that key."""
    row = connection.execute(
        sa.select(MeetingRow.__table__)
        .where(
            MeetingRow.source == source,
            sa.or_(MeetingRow.meeting_key == meeting_key, MeetingRow.previous_key == meeting_key),
        )
        .order_by(sa.case((MeetingRow.meeting_key == meeting_key, 0), else_=1), MeetingRow.id)
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return Meeting(
        source=row.source,
        meeting_key=row.meeting_key,
        previous_key=row.previous_key,
        state=MeetingState(row.state),
        email=row.email,
        prospect_id=row.prospect_id,
        starts_at=row.starts_at,
    )


def save(connection: Connection, meeting: Meeting, now: datetime) -> None:
    """Store a meeting; the row of the one it was moved from becomes its own."""
    own = _numbers(connection, meeting.source, meeting.meeting_key)
    moved = _numbers(connection, meeting.source, meeting.previous_key)
    if own and moved:
        connection.execute(sa.delete(MeetingRow).where(MeetingRow.id.in_(moved)))
    values = {
        "meeting_key": meeting.meeting_key,
        "previous_key": meeting.previous_key,
        "state": meeting.state,
        "email": cut(meeting.email, 320),
        "prospect_id": meeting.prospect_id,
        "starts_at": meeting.starts_at,
        "updated_at": now,
    }
    if known := own or moved:
        connection.execute(sa.update(MeetingRow).where(MeetingRow.id.in_(known)).values(**values))
    else:
        connection.execute(sa.insert(MeetingRow).values(source=meeting.source, **values))


def _numbers(connection: Connection, source: str, meeting_key: str) -> list[int]:
    if not meeting_key:
        return []
    query = sa.select(MeetingRow.id).where(
        MeetingRow.source == source, MeetingRow.meeting_key == meeting_key
    )
    return list(connection.execute(query).scalars())
