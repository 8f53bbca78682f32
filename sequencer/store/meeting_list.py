"""Which meetings are there? Numbers of them, in an order, a portion at a time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from sequencer.domain.meeting import MeetingState
from sequencer.store.database import Connection
from sequencer.store.meeting_tables import MeetingRow

_MAY_COME = (MeetingState.REQUESTED, MeetingState.BOOKED, MeetingState.ASKED_AGAIN)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which meetings are asked for; what is None does not count.

    Attributes:
        begins_from: they begin then or later.
        begins_before: they begin earlier than that.
    """

    state: MeetingState | None = None
    begins_from: datetime | None = None
    begins_before: datetime | None = None


def numbers_after(connection: Connection, wanted: Wanted, after: int, most: int) -> list[int]:
    """Those with a higher number, the lowest first."""
    row = MeetingRow
    query = sa.select(row.id).where(row.left_out == "", row.id > after)
    if wanted.state is not None:
        query = query.where(row.state == wanted.state)
    if wanted.begins_from is not None:
        query = query.where(row.starts_at >= wanted.begins_from)
    if wanted.begins_before is not None:
        query = query.where(row.starts_at < wanted.begins_before)
    return _numbers(connection, query.order_by(row.id).limit(most))


def coming(connection: Connection, now: datetime, skip: int, most: int) -> list[int]:
    """Those that are on and not over, the next first; at last those without a time."""
    row = MeetingRow
    query = sa.select(row.id).where(row.left_out == "", _is_coming(now))
    ordered = query.order_by(row.starts_at.is_(None), row.starts_at, row.id)
    return _numbers(connection, ordered.offset(skip).limit(most))


def past(connection: Connection, now: datetime, skip: int, most: int) -> list[int]:
    """All others, the latest first."""
    row = MeetingRow
    query = sa.select(row.id).where(row.left_out == "", sa.not_(_is_coming(now)))
    ordered = query.order_by(row.starts_at.is_(None), row.starts_at.desc(), row.id.desc())
    return _numbers(connection, ordered.offset(skip).limit(most))


def _is_coming(now: datetime) -> sa.ColumnElement[bool]:
    """That a meeting is on, and not over; never NULL, so that its contrary is the rest."""
    over_at = sa.func.coalesce(MeetingRow.ends_at, MeetingRow.starts_at)
    return sa.and_(
        MeetingRow.state.in_(_MAY_COME),
        sa.or_(MeetingRow.starts_at.is_(None), sa.func.coalesce(over_at > now, sa.false())),
    )


def _numbers(connection: Connection, query: sa.Select[Any]) -> list[int]:
    return list(connection.execute(query).scalars())
