"""Meetings, one row each however often it is moved."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sequencer.store.database import Connection
from sequencer.store.tables import MeetingRow


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting as its source last described it."""

    source: str
    meeting_key: str
    state: str
    email: str
    prospect_id: int | None
    starts_at: datetime | None


def save(connection: Connection, meeting: Meeting, previous_key: str, now: datetime) -> None:
    """Store a meeting; one that replaces `previous_key` is the same meeting, moved."""
    values = {
        "meeting_key": meeting.meeting_key,
        "state": meeting.state,
        "email": meeting.email[:320],
        "prospect_id": meeting.prospect_id,
        "starts_at": meeting.starts_at,
        "updated_at": now,
    }
    keys = [key for key in (meeting.meeting_key, previous_key) if key]
    number = connection.execute(
        sa.select(MeetingRow.id)
        .where(MeetingRow.source == meeting.source, MeetingRow.meeting_key.in_(keys))
        .order_by(MeetingRow.id)
        .limit(1)
    ).scalar()
    if number is None:
        connection.execute(sa.insert(MeetingRow).values(source=meeting.source, **values))
    else:
        connection.execute(sa.update(MeetingRow).where(MeetingRow.id == number).values(**values))
