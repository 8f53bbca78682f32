"""Column types that keep what the databases would lose: the zone of an instant."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, String
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """Aware instants in UTC. SQLite forgets zones, so a naive value is refused on the way in."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC instant for the driver; ValueError for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant without a zone: {value!r}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Aware UTC instant from the driver."""
        del dialect
        if value is None:
            return None
        instant: datetime = value
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


Key = String(128)  # slugs, names, random keys, states
Address = String(320)  # RFC 5321 section 4.5.3.1: 64 for the local part, 255 for the domain
TEXT_LIMIT = 2_000
Text = String(TEXT_LIMIT)  # server answers and explanations, cut to fit by `cut`


def cut(text: str, limit: int = TEXT_LIMIT) -> str:
    """Text that fits a column; what no database can store becomes a mark.

    That is NUL for PostgreSQL, and half a surrogate pair for all.
    """
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()[:limit]


def is_storable(text: str) -> bool:
    """Whether a database may be asked about the text: what could never be stored is not there."""
    return cut(text, len(text)) == text
