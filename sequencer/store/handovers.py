"""Handovers: a row for each rep that a meeting was given to; changes are guarded by its state."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from sequencer.domain.handover import TRANSITIONS, WITH_SOMEBODY, HandoverEvent, HandoverState
from sequencer.store.columns import cut, is_storable
from sequencer.store.database import Connection
from sequencer.store.meeting_tables import HandoverRow
from sequencer.store.prepared import Prepared

MOST_AT_ONCE = 100
PORTION = 200


@dataclass(frozen=True, slots=True)
class Handover:
    """A handover as it lies in the database.

    Attributes:
        key: in the links that the rep gets.
        because: why this rep.
        uid: of the invitation, with its `revision`.
        record: what the rep was told.
        answer_by_at: when the next rep is asked; None for never.
        remind_at: when the rep is reminded next.
        note: what was said with the answer, or why it ended.
    """

    id: int
    key: str
    meeting_id: int
    rep: str
    state: HandoverState
    because: str
    uid: str
    revision: int
    record: Mapping[str, Any]
    offered_at: datetime
    answer_by_at: datetime | None
    remind_at: datetime | None
    answered_at: datetime | None
    note: str


@dataclass(frozen=True, slots=True)
class NewHandover:
    """A meeting to be offered to a rep."""

    key: str
    meeting_id: int
    rep: str
    because: str
    uid: str
    revision: int
    record: Mapping[str, Any]
    answer_by_at: datetime | None
    remind_at: datetime | None


COLUMNS = tuple(HandoverRow.__table__.c[each.name] for each in fields(Handover))
_IS_WITH_SOMEBODY = sa.or_(*(HandoverRow.state == state for state in sorted(WITH_SOMEBODY)))
# Statements that every tick makes are built once: that takes longer than to run them.
_NOW = sa.bindparam("now", type_=HandoverRow.offered_at.type)
LATE = Prepared(
    sa.select(HandoverRow.id)
    .where(HandoverRow.state == HandoverState.OFFERED, HandoverRow.answer_by_at <= _NOW)
    .order_by(HandoverRow.answer_by_at)
    .limit(MOST_AT_ONCE)
)
TO_REMIND = Prepared(
    sa.select(HandoverRow.id)
    .where(_IS_WITH_SOMEBODY, HandoverRow.remind_at <= _NOW)
    .order_by(HandoverRow.remind_at)
    .limit(MOST_AT_ONCE)
)
NEXT = (
    Prepared(
        sa.select(sa.func.min(HandoverRow.answer_by_at, type_=HandoverRow.answer_by_at.type)).where(
            HandoverRow.state == HandoverState.OFFERED
        )
    ),
    Prepared(
        sa.select(sa.func.min(HandoverRow.remind_at, type_=HandoverRow.remind_at.type)).where(
            _IS_WITH_SOMEBODY
        )
    ),
)


def add(connection: Connection, new: NewHandover, now: datetime) -> int:
    """Number of the handover, now offered."""
    statement = sa.insert(HandoverRow).values(
        key=new.key,
        meeting_id=new.meeting_id,
        rep=new.rep,
        state=HandoverState.OFFERED,
        because=cut(new.because),
        uid=new.uid,
        revision=new.revision,
        record=dict(new.record),
        offered_at=now,
        answer_by_at=new.answer_by_at,
        remind_at=new.remind_at,
        note="",
    )
    return int(connection.execute(statement.returning(HandoverRow.id)).scalar_one())


def find(connection: Connection, number: int) -> Handover | None:
    """The handover of that number."""
    return _first(connection, HandoverRow.id == number)


def by_key(connection: Connection, key: str) -> Handover | None:
    """The handover whose links carry that key."""
    return _first(connection, HandoverRow.key == key) if is_storable(key) else None


def by_uid(connection: Connection, uid: str) -> Handover | None:
    """The newest handover that the invitation with that UID belongs to."""
    return _first(connection, HandoverRow.uid == uid) if uid and is_storable(uid) else None


def with_uid(connection: Connection, uid: str) -> list[Handover]:
    """All handovers that the invitation with that UID has belonged to, in their order."""
    query = sa.select(*COLUMNS).where(HandoverRow.uid == uid)
    return _handovers(connection, query.order_by(HandoverRow.id))


def of_meeting(connection: Connection, meeting_id: int) -> list[Handover]:
    """All handovers of a meeting, in the order they were made."""
    query = sa.select(*COLUMNS).where(HandoverRow.meeting_id == meeting_id)
    return _handovers(connection, query.order_by(HandoverRow.id))


def due(connection: Connection, now: datetime) -> list[int]:
    """Numbers of those that nobody has answered in time, or of which a rep is to be reminded.

    Some at once.
    """
    found = (query.all(connection, {"now": now}) for query in (LATE, TO_REMIND))
    return sorted({number for each in found for (number,) in each})


def move(connection: Connection, number: int, event: HandoverEvent, **values: object) -> bool:
    """Whether the handover took the event, with these columns changed; not where it may not."""
    fitting = {
        state: after for state in HandoverState if (after := TRANSITIONS[state][event]) is not None
    }
    [after] = set(fitting.values())
    cut_ones = {name: cut(text) if isinstance(text, str) else text for name, text in values.items()}
    result = connection.execute(
        sa.update(HandoverRow)
        .where(HandoverRow.id == number, HandoverRow.state.in_(sorted(fitting)))
        .values(state=after, **cut_ones)
    )
    return result.rowcount == 1


def keep(connection: Connection, number: int, **values: object) -> None:
    """Change what a handover knows, and not where it stands."""
    here = HandoverRow.id == number
    connection.execute(sa.update(HandoverRow).where(here).values(**values))


def postpone(connection: Connection, number: int, at: datetime) -> None:
    """Look at a handover no sooner, whatever is due about it: the daemon failed at it."""
    row = HandoverRow
    later = {
        name: sa.case((column < at, at), else_=column)
        for name, column in (("answer_by_at", row.answer_by_at), ("remind_at", row.remind_at))
    }
    connection.execute(sa.update(row).where(row.id == number).values(**later))


def listed(
    connection: Connection,
    *,
    rep: str | None = None,
    only_open: bool = False,
    before: int | None = None,
) -> list[Handover]:
    """Some handovers, the newest first; those with a lower number than `before` alone."""
    query = sa.select(*COLUMNS)
    if before is not None:
        query = query.where(HandoverRow.id < before)
    if rep is not None:
        query = query.where(HandoverRow.rep == rep)
    if only_open:
        query = query.where(_IS_WITH_SOMEBODY)
    return _handovers(connection, query.order_by(HandoverRow.id.desc()).limit(PORTION))


def count(connection: Connection) -> int:
    """How many there are."""
    return connection.execute(sa.select(sa.func.count()).select_from(HandoverRow)).scalar_one()


def _first(connection: Connection, where: sa.ColumnElement[bool]) -> Handover | None:
    query = sa.select(*COLUMNS).where(where).order_by(HandoverRow.id.desc()).limit(1)
    found = _handovers(connection, query)
    return found[0] if found else None


def _handovers(connection: Connection, query: sa.Select[tuple[Any, ...]]) -> list[Handover]:
    rows = connection.execute(query).mappings()
    return [Handover(**{**row, "state": HandoverState(row["state"])}) for row in rows]
