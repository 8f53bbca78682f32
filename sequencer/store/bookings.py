"""What was told about meetings, one row each: a meeting is what these rows together make it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from sequencer.domain.booking import BY_HAND, BookingEvent, BookingKind
from sequencer.store.columns import cut
from sequencer.store.database import Connection
from sequencer.store.insert import insert_new
from sequencer.store.meeting_tables import BookingEventRow
from sequencer.store.turn_lock import wait_for_turn

MOST_KEY = 255  # characters: an index of PostgreSQL bears no more than 2,700 octets

_MANY = frozenset({"guests", "hosts"})
_INSTANTS = frozenset({"starts_at", "ends_at", "occurred_at"})


def lock(connection: Connection) -> None:
    """Keep all meetings from others: what joins two of them, of any sources, must see both.

    Whoever locks people or enrollments as well does that after this.
    """
    wait_for_turn(connection, ["meetings"])


def short_key(key: str) -> str:
    """The key of a meeting as it is stored: one that is too long for an index is digested."""
    if len(key) <= MOST_KEY:
        return cut(key)
    return f"sha256:{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()}"


def add(connection: Connection, meeting_id: int, event: BookingEvent, now: datetime) -> bool:
    """Whether this was not told before."""
    values = {
        "meeting_id": meeting_id,
        "source": event.source,
        "event_key": _event_key(event),
        "meeting_key": short_key(event.meeting_key),
        "previous_key": short_key(event.previous_key),
        "uid": short_key(event.uid),
        "told": {name: _plain(value) for name, value in asdict(event).items() if value},
        "stored_at": now,
    }
    return insert_new(connection, BookingEventRow, values)


def is_known(connection: Connection, event: BookingEvent) -> bool:
    """Whether just this was told before."""
    query = sa.select(BookingEventRow.id).where(
        BookingEventRow.source == event.source, BookingEventRow.event_key == _event_key(event)
    )
    return connection.execute(query).first() is not None


def meetings_named(connection: Connection, source: str, *keys: str) -> list[int]:
    """Numbers of the meetings that have, had, or were moved from one of the keys; oldest first."""
    wanted = [short_key(key) for key in keys if key]
    if not wanted:
        return []
    row = BookingEventRow
    query = (
        sa.select(row.meeting_id)
        .where(
            row.source == source,
            sa.or_(row.meeting_key.in_(wanted), row.previous_key.in_(wanted)),
        )
        .distinct()
        .order_by(row.meeting_id)
    )
    return list(connection.execute(query).scalars())


def meetings_with_uid(connection: Connection, uid: str) -> list[int]:
    """Numbers of the meetings that calendars know by that name; oldest first."""
    if not uid:
        return []
    row = BookingEventRow
    query = sa.select(row.meeting_id).where(row.uid == short_key(uid), row.uid != "").distinct()
    return sorted(connection.execute(query).scalars())


def told(connection: Connection, meeting_id: int) -> list[BookingEvent]:
    """Everything that was told about a meeting, in the order it came."""
    return [event for event, _ in told_when(connection, meeting_id)]


def told_when(connection: Connection, meeting_id: int) -> list[tuple[BookingEvent, datetime]]:
    """The same, each with the instant at which it came."""
    query = (
        sa.select(BookingEventRow.told, BookingEventRow.stored_at)
        .where(BookingEventRow.meeting_id == meeting_id)
        .order_by(BookingEventRow.id)
    )
    return [(_event(each), stored_at) for each, stored_at in connection.execute(query)]


def count(connection: Connection, meeting_id: int) -> int:
    """How much was told about a meeting."""
    query = sa.select(sa.func.count()).where(BookingEventRow.meeting_id == meeting_id)
    return connection.execute(query).scalar_one()


def by_hand_key(connection: Connection, meeting_id: int) -> str:
    """The key by which people speak of a meeting; empty where nobody has yet."""
    return _told_last(connection, meeting_id, BookingEventRow.meeting_key) or ""


def take_back(connection: Connection, meeting_id: int) -> tuple[BookingEvent, datetime] | None:
    """Forget what a person told last of a meeting: that, and when it came; None for nothing."""
    number = _told_last(connection, meeting_id, BookingEventRow.id)
    if number is None:
        return None
    row = BookingEventRow
    gone = sa.delete(row).where(row.id == number).returning(row.told, row.stored_at)
    plain, stored_at = connection.execute(gone).one()
    return _event(plain), stored_at


def _told_last(connection: Connection, meeting_id: int, column: Any) -> Any:
    query = (
        sa.select(column)
        .where(BookingEventRow.meeting_id == meeting_id, BookingEventRow.source == BY_HAND)
        .order_by(BookingEventRow.id.desc())
        .limit(1)
    )
    return connection.execute(query).scalar()


def join(connection: Connection, meeting_id: int, others: Sequence[int]) -> None:
    """Let what was told about other meetings be about this one: they are the same."""
    here = BookingEventRow.meeting_id.in_(others)
    connection.execute(sa.update(BookingEventRow).where(here).values(meeting_id=meeting_id))


def _event_key(event: BookingEvent) -> str:
    parts = (event.delivery_key, event.kind, event.meeting_key, event.email)
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()


def _plain(value: Any) -> Any:
    """The value as JSON has it, and as any database takes it."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return [cut(each) for each in value]
    return cut(value) if isinstance(value, str) else value


def _event(plain: Mapping[str, Any]) -> BookingEvent:
    known = {field.name for field in fields(BookingEvent)}
    values = {name: _typed(name, value) for name, value in plain.items() if name in known}
    return BookingEvent(**values)


def _typed(name: str, value: Any) -> Any:
    if name == "kind":
        return BookingKind(value)
    if name in _INSTANTS:
        return datetime.fromisoformat(value)
    return tuple(value) if name in _MANY else value
