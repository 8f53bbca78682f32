"""Column types that keep what the databases would lose: the zone of an instant."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import DateTime, Dialect, String
from sqlalchemy.types import TypeDecorator

_DIGITS = len("2026-03-03 12:00:00.000000")
_KNOWN = 2_048  # instants that are remembered: those of a mail are read and written several times


class UtcDateTime(TypeDecorator[datetime]):
    """Aware instants in UTC. SQLite forgets zones, so a naive value is refused on the way in.

    A row has many of them, so each is turned in one step, without the library's own way between.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], object]:
        """UTC instant for the driver; ValueError for a naive one."""
        return _to_text if dialect.name == "sqlite" else _if_any

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[Any], datetime | None]:
        """Aware UTC instant from the driver."""
        del coltype
        return _from_text if dialect.name == "sqlite" else _if_any

    def literal_processor(self, dialect: Dialect) -> Callable[[datetime], str]:
        """The instant as it stands in a statement."""
        bind = self.bind_processor(dialect)
        return lambda value: f"'{bind(value)}'"


def _to_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"an instant without a zone: {value!r}")
    return value.astimezone(UTC)


def _if_any(value: datetime | None) -> datetime | None:
    return value if value is None or value.tzinfo is UTC else _to_utc(value)


def _to_text(value: datetime | None) -> str | None:
    if value is None:
        return None
    return _text_of(value if value.tzinfo is UTC else _to_utc(value))


# Of instants in UTC alone: the two of an hour that a zone has twice are the same to a comparison.
@lru_cache(_KNOWN)
def _text_of(utc: datetime) -> str:
    return utc.isoformat(" ", "microseconds")[:_DIGITS]


@lru_cache(_KNOWN)
def from_text(value: str) -> datetime:
    """The instant that SQLite keeps as this text, which has no zone."""
    return datetime.fromisoformat(f"{value}+00:00")


def _from_text(value: str | None) -> datetime | None:
    return None if value is None else from_text(value)


Key = String(128)  # slugs, names, random keys, states
ADDRESS_LIMIT = 320  # RFC 5321 section 4.5.3.1: 64 for the local part, 255 for the domain
Address = String(ADDRESS_LIMIT)
TEXT_LIMIT = 2_000
Text = String(TEXT_LIMIT)  # server answers and explanations, cut to fit by `cut`


def cut(text: str, limit: int = TEXT_LIMIT) -> str:
    """Text that fits a column; what no database can store becomes a mark.

    That is NUL for PostgreSQL, and half a surrogate pair for all.
    """
    if text.isascii() and len(text) <= limit and "\x00" not in text:
        return text
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()[:limit]


def is_storable(text: str) -> bool:
    """Whether a database may be asked about the text: what could never be stored is not there."""
    return cut(text, len(text)) == text
