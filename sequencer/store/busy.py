"""When has a rep no time, by their calendars?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sequencer.store.bookings import short_key
from sequencer.store.database import Connection
from sequencer.store.meeting_tables import BusyRow


@dataclass(frozen=True, slots=True)
class Busy:
    """A time that is taken; `uid` is of the event that takes it."""

    starts_at: datetime
    ends_at: datetime
    uid: str = ""


def replace(connection: Connection, calendar: str, rep: str, times: Sequence[Busy]) -> None:
    """Let these be the times of a calendar, in place of all that were known."""
    connection.execute(sa.delete(BusyRow).where(BusyRow.calendar == calendar))
    rows = [
        {
            "calendar": calendar,
            "rep": rep,
            "uid": short_key(each.uid),
            "starts_at": each.starts_at,
            "ends_at": each.ends_at,
        }
        for each in times
    ]
    if rows:
        connection.execute(sa.insert(BusyRow), rows)


def still_ahead(connection: Connection, calendar: str, now: datetime, until: datetime) -> int:
    """How many times of a calendar were known that are yet to come before `until`."""
    here = sa.and_(BusyRow.calendar == calendar, BusyRow.starts_at > now, BusyRow.starts_at < until)
    query = sa.select(sa.func.count()).select_from(BusyRow).where(here)
    return int(connection.execute(query).scalar_one())


def keep_only(connection: Connection, calendars: Collection[str]) -> None:
    """Forget the times of all other calendars: they are not in the settings any more."""
    connection.execute(sa.delete(BusyRow).where(BusyRow.calendar.not_in(calendars)))
