"""Which meetings were seen in which calendar, and which of them are there no more?"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from sequencer.store.bookings import short_key
from sequencer.store.columns import cut
from sequencer.store.database import Connection
from sequencer.store.insert import insert_new
from sequencer.store.meeting_tables import SeenEventRow


@dataclass(frozen=True, slots=True)
class SeenEvent:
    """A meeting as it was last seen.

    Attributes:
        digest: of what was told of it.
        told: what was told, as far as its end has to repeat it.
        missing_since: when it was first not found where it had been.
        gone_at: when that was believed.
    """

    calendar: str
    event_key: str
    digest: str
    starts_at: datetime
    told: Mapping[str, Any]
    missing_since: datetime | None = None
    gone_at: datetime | None = None


def of_calendar(connection: Connection, calendar: str) -> dict[str, SeenEvent]:
    """All that were seen in a calendar, by their stored keys."""
    return {each.event_key: each for each in _listed(connection, SeenEventRow.calendar == calendar)}


def get(connection: Connection, calendar: str, event_key: str) -> SeenEvent | None:
    """The event of that key, as it was last seen in a calendar."""
    row = SeenEventRow
    here = sa.and_(row.calendar == calendar, row.event_key == short_key(event_key))
    return next(iter(_listed(connection, here)), None)


def is_elsewhere(connection: Connection, event_key: str, but: str, among: Collection[str]) -> bool:
    """Whether the event is in another one of these calendars."""
    row = SeenEventRow
    there = sa.and_(
        row.event_key == short_key(event_key), row.calendar != but, row.calendar.in_(among)
    )
    return any(
        each.missing_since is None and each.gone_at is None for each in _listed(connection, there)
    )


def save(connection: Connection, seen: SeenEvent) -> None:
    """Keep how it is now."""
    values = {
        "digest": seen.digest,
        "told": {name: _plain(value) for name, value in seen.told.items()},
        "starts_at": seen.starts_at,
        "missing_since": seen.missing_since,
        "gone_at": seen.gone_at,
    }
    key = {"calendar": seen.calendar, "event_key": short_key(seen.event_key)}
    if not insert_new(connection, SeenEventRow, key | values):
        connection.execute(sa.update(SeenEventRow).where(_here(seen)).values(**values))


def forget(connection: Connection, before: datetime) -> None:
    """Forget what was over long ago."""
    connection.execute(sa.delete(SeenEventRow).where(SeenEventRow.starts_at < before))


def _plain(value: Any) -> Any:
    """The value as any database takes it."""
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return cut(value) if isinstance(value, str) else value


def _here(seen: SeenEvent) -> sa.ColumnElement[bool]:
    row = SeenEventRow
    return sa.and_(row.calendar == seen.calendar, row.event_key == short_key(seen.event_key))


def _listed(connection: Connection, where: sa.ColumnElement[bool]) -> list[SeenEvent]:
    row = SeenEventRow
    columns = (row.calendar, row.event_key, row.digest, row.starts_at, row.told)
    query = sa.select(*columns, row.missing_since, row.gone_at).where(where).order_by(row.id)
    return [SeenEvent(*found) for found in connection.execute(query)]
