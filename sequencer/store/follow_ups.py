"""What follows from meetings by the rules of cadences, one row each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from sequencer.domain.delay import delay_from_text
from sequencer.domain.follow_up import IN_FORCE, TRANSITIONS, FollowUpEvent, FollowUpState
from sequencer.domain.meeting_rule import MeetingCase, MeetingRule
from sequencer.domain.task import TaskKind
from sequencer.store.columns import cut
from sequencer.store.database import Connection
from sequencer.store.meeting_tables import FollowUpRow
from sequencer.store.prepared import Prepared

MOST_WHY = 1_000


@dataclass(frozen=True, slots=True)
class NewFollowUp:
    """What is to follow; `enrollment_id` is that whose cadence says so, None for a default."""

    meeting_id: int
    prospect_id: int
    enrollment_id: int | None
    rule: MeetingRule
    due_at: datetime


@dataclass(frozen=True, slots=True)
class StoredFollowUp:
    """What follows, as it lies in the database.

    Attributes:
        did: what it has done, by name: `task`, `enrollment`, `reopened`, `owner_before`.
        why: why it did not follow, or was undone.
    """

    id: int
    meeting_id: int
    prospect_id: int
    enrollment_id: int | None
    rule: MeetingRule
    state: FollowUpState
    planned_at: datetime
    due_at: datetime
    ended_at: datetime | None
    did: Mapping[str, Any]
    why: str


def add(connection: Connection, new: NewFollowUp, now: datetime) -> int:
    """Number of what now waits."""
    values = {
        "meeting_id": new.meeting_id,
        "prospect_id": new.prospect_id,
        "enrollment_id": new.enrollment_id,
        "rule": _plain(new.rule),
        "state": FollowUpState.WAITING,
        "planned_at": now,
        "due_at": new.due_at,
        "did": {},
        "why": "",
    }
    statement = sa.insert(FollowUpRow).values(**values).returning(FollowUpRow.id)
    return int(connection.execute(statement).scalar_one())


def get(connection: Connection, follow_up_id: int) -> StoredFollowUp:
    """The one of that number."""
    [found] = _stored(connection, FollowUpRow.id == follow_up_id)
    return found


def of_meeting(connection: Connection, meeting_id: int) -> list[StoredFollowUp]:
    """Everything that follows, or followed, from a meeting, in the order it was planned."""
    return _stored(connection, FollowUpRow.meeting_id == meeting_id)


def of_person(connection: Connection, prospect_id: int) -> list[StoredFollowUp]:
    """The same from all meetings of a person."""
    return _stored(connection, FollowUpRow.prospect_id == prospect_id)


def in_force(connection: Connection, prospect_id: int) -> list[StoredFollowUp]:
    """What waits, or is done and not undone, about a person."""
    states = sa.and_(
        FollowUpRow.prospect_id == prospect_id, FollowUpRow.state.in_(sorted(IN_FORCE))
    )
    return _stored(connection, states)


def people_of(connection: Connection, meeting_id: int) -> list[int]:
    """Numbers of those about whom something follows from a meeting."""
    query = sa.select(FollowUpRow.prospect_id).where(FollowUpRow.meeting_id == meeting_id)
    return list(connection.execute(query.distinct().order_by(FollowUpRow.prospect_id)).scalars())


def move(
    connection: Connection,
    follow_up_id: int,
    event: FollowUpEvent,
    now: datetime,
    *,
    did: Mapping[str, object] | None = None,
    why: str = "",
) -> bool:
    """Whether it took the event, by the transition table."""
    moves = {
        str(state): str(row[event]) for state, row in TRANSITIONS.items() if row[event] is not None
    }
    values: dict[str, Any] = {"ended_at": now, "why": cut(why, MOST_WHY)}
    if did is not None:
        values["did"] = dict(did)
    result = connection.execute(
        sa.update(FollowUpRow)
        .where(FollowUpRow.id == follow_up_id, FollowUpRow.state.in_(moves))
        .values(state=sa.case(moves, value=FollowUpRow.state), **values)
    )
    return result.rowcount == 1


def postpone(connection: Connection, follow_up_id: int, due_at: datetime, why: str) -> bool:
    """Whether what waits was given another time, and its reason."""
    result = connection.execute(
        sa.update(FollowUpRow)
        .where(FollowUpRow.id == follow_up_id, FollowUpRow.state == FollowUpState.WAITING)
        .values(due_at=due_at, why=cut(why, MOST_WHY))
    )
    return result.rowcount == 1


# Statements that every tick makes are built once: that takes longer than to run them.
_WAITS = FollowUpRow.state == FollowUpState.WAITING
DUE = Prepared(
    sa.select(FollowUpRow.id)
    .where(_WAITS, FollowUpRow.due_at <= sa.bindparam("now", type_=FollowUpRow.due_at.type))
    .order_by(FollowUpRow.due_at, FollowUpRow.id)
    .limit(sa.bindparam("most"))
)
NEXT = Prepared(
    sa.select(sa.func.min(FollowUpRow.due_at, type_=FollowUpRow.due_at.type)).where(_WAITS)
)


def due(connection: Connection, now: datetime, limit: int = 200) -> list[int]:
    """Numbers of what waits and is due, the oldest first."""
    return [number for (number,) in DUE.all(connection, {"now": now, "most": limit})]


def overdue(connection: Connection, since: datetime) -> list[tuple[int, datetime]]:
    """Number and due instant of what waits although it was due before that."""
    query = sa.select(FollowUpRow.id, FollowUpRow.due_at).where(_WAITS, FollowUpRow.due_at < since)
    return [(row.id, row.due_at) for row in connection.execute(query.order_by(FollowUpRow.id))]


def without_reason(connection: Connection) -> list[int]:
    """Numbers of what did not follow, or was undone, without a word why."""
    ended = FollowUpRow.state.in_([FollowUpState.DROPPED, FollowUpState.UNDONE])
    query = sa.select(FollowUpRow.id).where(ended, FollowUpRow.why == "")
    return list(connection.execute(query.order_by(FollowUpRow.id)).scalars())


def _stored(connection: Connection, where: sa.ColumnElement[bool]) -> list[StoredFollowUp]:
    query = sa.select(FollowUpRow.__table__).where(where).order_by(FollowUpRow.id)
    return [
        StoredFollowUp(**dict(row) | {"rule": _rule(row["rule"]), "state": _state(row["state"])})
        for row in connection.execute(query).mappings()
    ]


def _state(text: str) -> FollowUpState:
    return FollowUpState(text)


def _plain(rule: MeetingRule) -> dict[str, object]:
    return {
        "case": str(rule.case),
        "after": str(rule.after),
        "task": str(rule.task) if rule.task else "",
        "enroll": rule.enroll,
        "reopen": rule.reopen,
        "assign": rule.assign,
    }


def _rule(plain: Mapping[str, Any]) -> MeetingRule:
    return MeetingRule(
        case=MeetingCase(plain["case"]),
        after=delay_from_text(plain["after"]),
        task=TaskKind(plain["task"]) if plain["task"] else None,
        enroll=plain["enroll"],
        reopen=plain["reopen"],
        assign=plain["assign"],
    )
