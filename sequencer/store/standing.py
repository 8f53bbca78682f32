"""Where people stand: what the gate wants to know of many of them, in a few statements.

Enrolment, activation and the last look ask the same questions, so they are answered in one place.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from sequencer.domain.enrollment import EnrollmentState, FinishReason
from sequencer.domain.meeting import MeetingState
from sequencer.domain.task import TaskKind, TaskState
from sequencer.mail.verdict import Kind
from sequencer.store.database import Connection
from sequencer.store.meeting_tables import MeetingRow
from sequencer.store.outside_tables import InboundRow
from sequencer.store.prepared import Prepared, one_of
from sequencer.store.prospects import CHUNK
from sequencer.store.tables import EnrollmentRow, ProspectRow, SendRow, TaskRow, TouchRow

# A machine's answer is nobody's touch.
_WRITTEN = (Kind.REPLY, Kind.OPT_OUT, Kind.CALENDAR)
# Matters to look at are tasks too, and touch nobody.
_CONTACTS = (
    TaskKind.MANUAL_EMAIL,
    TaskKind.CALL,
    TaskKind.SOCIAL,
    TaskKind.LETTER,
    TaskKind.OTHER,
)
# Begun and not ended; these have their place in the throttle.
BEGUN = (EnrollmentState.ACTIVE, EnrollmentState.PAUSED)


_RUNS = Prepared(
    sa.select(
        EnrollmentRow.id,
        EnrollmentRow.prospect_id,
        EnrollmentRow.slug,
        EnrollmentRow.version_hash,
        EnrollmentRow.state,
        EnrollmentRow.finish_reason,
    )
    .where(one_of(EnrollmentRow.prospect_id, "people"))
    .order_by(EnrollmentRow.id)
)


@dataclass(frozen=True, slots=True)
class StoredRun:
    """One enrollment of a person, as far as the gate is concerned."""

    enrollment_id: int
    prospect_id: int
    slug: str
    version_hash: str
    state: EnrollmentState
    finish_reason: FinishReason | None


@dataclass(frozen=True, slots=True)
class Replied:
    """The last answer that belongs to one person of an account."""

    account_key: str
    prospect_id: int
    at: datetime
    sender: str


def lock_people(
    connection: Connection, prospect_ids: Collection[int], keys: Collection[str]
) -> None:
    """Keep the gate of these people, and of these accounts, from everybody else.

    For an account the first of its people is locked. Rows are locked in one order, so that no two
    wait for each other, and in the way that lets the ledger refer to them meanwhile.
    """
    if connection.dialect.name == "sqlite":
        return  # has one writer at a time
    eldest = (
        sa.select(sa.func.min(ProspectRow.id))
        .where(ProspectRow.account_key.in_([key for key in keys if key]))
        .group_by(ProspectRow.account_key)
    )
    connection.execute(
        sa.select(ProspectRow.id)
        .where(sa.or_(ProspectRow.id.in_(prospect_ids), ProspectRow.id.in_(eldest)))
        .order_by(ProspectRow.id)
        .with_for_update(key_share=True)
    )


def runs_of(connection: Connection, prospect_ids: Sequence[int]) -> list[StoredRun]:
    """Every enrollment of these people, the oldest first."""
    rows = [
        row
        for chunk in _chunks(prospect_ids)
        for row in _RUNS.all(connection, {"people": list(chunk)})
    ]
    return [
        StoredRun(
            number,
            prospect_id,
            slug,
            version_hash,
            EnrollmentState(state),
            FinishReason(ended) if ended else None,
        )
        for number, prospect_id, slug, version_hash, state, ended in rows
    ]


def people_in(
    connection: Connection, keys: Sequence[str], states: Collection[EnrollmentState]
) -> dict[str, int]:
    """How many people of each account stand like that in a cadence, whichever it is."""
    people = sa.func.count(sa.distinct(EnrollmentRow.prospect_id))
    found: dict[str, int] = {}
    for chunk in _chunks([key for key in keys if key]):
        rows = connection.execute(
            sa.select(ProspectRow.account_key, people)
            .join(EnrollmentRow, EnrollmentRow.prospect_id == ProspectRow.id)
            .where(ProspectRow.account_key.in_(chunk), EnrollmentRow.state.in_(states))
            .group_by(ProspectRow.account_key)
        )
        found.update((key, number) for key, number in rows)
    return found


def replies_of(connection: Connection, keys: Sequence[str], since: datetime) -> list[Replied]:
    """The last answer to each person of these accounts since then, the oldest first."""
    at = sa.func.max(InboundRow.stored_at, type_=InboundRow.stored_at.type)
    columns = (ProspectRow.account_key, EnrollmentRow.prospect_id)
    found = [
        Replied(key, prospect_id, replied_at, sender)
        for chunk in _chunks([key for key in keys if key])
        for key, prospect_id, replied_at, sender in connection.execute(
            sa.select(*columns, at, sa.func.max(InboundRow.sender))
            .join(EnrollmentRow, EnrollmentRow.prospect_id == ProspectRow.id)
            .join(InboundRow, InboundRow.enrollment_id == EnrollmentRow.id)
            .where(
                ProspectRow.account_key.in_(chunk),
                InboundRow.kind == Kind.REPLY,
                InboundRow.stored_at > since,
            )
            .group_by(*columns)
        )
    ]
    return sorted(found, key=lambda reply: (reply.at, reply.prospect_id))


def meetings_ahead(
    connection: Connection, prospect_ids: Sequence[int], now: datetime
) -> dict[int, datetime]:
    """When the next meeting of each of these people begins that is yet to come."""
    row, first = MeetingRow, sa.func.min(MeetingRow.starts_at, type_=MeetingRow.starts_at.type)
    found: dict[int, datetime] = {}
    for chunk in _chunks(prospect_ids):
        query = (
            sa.select(row.prospect_id, first)
            .where(
                row.prospect_id.in_(chunk),
                row.state.in_((MeetingState.REQUESTED, MeetingState.BOOKED)),
                row.starts_at > now,
                row.left_out == "",
            )
            .group_by(row.prospect_id)
        )
        rows = connection.execute(query)
        found.update((number, at) for number, at in rows if number is not None and at is not None)
    return found


def last_touches(
    connection: Connection, prospect_ids: Sequence[int], own: Collection[int] = ()
) -> dict[int, datetime]:
    """The last contact of each of these people with anybody; who never had one is left out.

    Mails of ours, touches by hand, tasks that were done, and what a person wrote to us.

    Args:
        connection: the database.
        prospect_ids: the people.
        own: enrollments whose own mails, tasks and answers do not count.
    """
    latest: dict[int, datetime] = {}
    for chunk in _chunks(prospect_ids):
        rows = connection.execute(_touches(), {"people": chunk, "own": list(own)})
        for number, at in rows:
            latest[number] = max(latest.get(number, at), at)
    return latest


@cache
def _touches() -> sa.CompoundSelect[Any]:
    """Built once: that takes longer than to run them, and each look at a mail asks."""
    person, enrollment = EnrollmentRow.prospect_id, EnrollmentRow.id
    people: sa.BindParameter[Any] = sa.bindparam("people", expanding=True)
    own: sa.BindParameter[Any] = sa.bindparam("own", expanding=True)
    mails = (
        sa.select(person, _last(SendRow.handed_at))
        .join(SendRow, SendRow.enrollment_id == enrollment)
        .where(person.in_(people), enrollment.not_in(own), SendRow.handed_at.is_not(None))
        .group_by(person)
    )
    answers = (
        sa.select(person, _last(InboundRow.stored_at))
        .join(InboundRow, InboundRow.enrollment_id == enrollment)
        .where(person.in_(people), enrollment.not_in(own), InboundRow.kind.in_(_WRITTEN))
        .group_by(person)
    )
    # A task that was done is told of in both tables, and only there it is known whose it was.
    of_no_task = TouchRow.source.not_like("task %")
    by_hand = (
        sa.select(TouchRow.prospect_id, _last(TouchRow.at))
        .where(TouchRow.prospect_id.in_(people), of_no_task)
        .group_by(TouchRow.prospect_id)
    )
    tasks = (
        sa.select(TaskRow.prospect_id, _last(TaskRow.ended_at))
        .where(
            TaskRow.prospect_id.in_(people),
            TaskRow.state == TaskState.DONE,
            TaskRow.kind.in_(_CONTACTS),
            sa.or_(TaskRow.enrollment_id.is_(None), TaskRow.enrollment_id.not_in(own)),
        )
        .group_by(TaskRow.prospect_id)
    )
    return sa.union_all(mails, answers, by_hand, tasks)


def _last(column: Any) -> sa.ColumnElement[Any]:
    return sa.func.max(column, type_=column.type)


def begun(connection: Connection, slug: str) -> int:
    """How many people run through a cadence: begun and not ended."""
    query = sa.select(sa.func.count()).where(
        EnrollmentRow.slug == slug, EnrollmentRow.state.in_(BEGUN)
    )
    return connection.execute(query).scalar_one()


def activated_since(connection: Connection, slug: str, since: datetime) -> list[datetime]:
    """When enrollments of a cadence began since then, in order."""
    query = (
        sa.select(EnrollmentRow.activated_at)
        .where(EnrollmentRow.slug == slug, EnrollmentRow.activated_at > since)
        .order_by(EnrollmentRow.activated_at)
    )
    return [at for at in connection.execute(query).scalars() if at is not None]


def _chunks(items: Sequence[Any]) -> list[Sequence[Any]]:
    return [items[start : start + CHUNK] for start in range(0, len(items), CHUNK)]
