"""Sends: every change is guarded by the state that was read; no row changed means a lost race."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import sqlalchemy as sa

from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.send import IN_FLIGHT, OPEN_STATES, TRANSITIONS, SendEvent, SendState
from sequencer.store.columns import cut, is_storable
from sequencer.store.database import Connection
from sequencer.store.stream import streamed
from sequencer.store.tables import EnrollmentRow, SendRow

# Statements that every look makes are built once: that takes longer than to run them.
_ONE = sa.select(SendRow.__table__).where(SendRow.id == sa.bindparam("one"))
_OF_ENROLLMENT = (
    sa.select(SendRow.__table__)
    .where(SendRow.enrollment_id == sa.bindparam("one"))
    .order_by(SendRow.id)
)
_IN_STATE = (
    sa.select(SendRow.__table__).where(SendRow.state == sa.bindparam("wanted")).order_by(SendRow.id)
)
_OF_MAILBOX = _IN_STATE.where(SendRow.mailbox == sa.bindparam("one"))
_RUNS = (
    SendRow.mailbox == sa.bindparam("one"),
    SendRow.state.in_(OPEN_STATES),
    EnrollmentRow.state == EnrollmentState.ACTIVE,
)
_NEXT_DUE = {
    follow_up: sa.select(SendRow.id)
    .join(EnrollmentRow, EnrollmentRow.id == SendRow.enrollment_id)
    .where(
        *_RUNS,
        SendRow.due_at <= sa.bindparam("now", type_=SendRow.due_at.type),
        SendRow.follow_up.is_(follow_up),
    )
    .order_by(SendRow.due_at, SendRow.id)
    .limit(sa.bindparam("most"))
    for follow_up in (True, False)
}
_NEXT_DUE_AT = (
    sa.select(sa.func.min(SendRow.due_at, type_=SendRow.due_at.type))
    .join(EnrollmentRow, EnrollmentRow.id == SendRow.enrollment_id)
    .where(*_RUNS)
)


@dataclass(frozen=True, slots=True)
class StoredSend:
    """A send as it lies in the database.

    Attributes:
        fence: of the lease under which it was claimed last.
        draft: subject and text as a rep edited them; None for what the template says.
        looked_at: the last look; its window was open then on the clock of `tz`.
        synced_at: the scan of the mailbox that the look relied on.
        handed_at: when it was handed over, and so may have left; None again after a refusal.
    """

    id: int
    enrollment_id: int
    step_id: str
    mailbox: str
    follow_up: bool
    state: SendState
    due_at: datetime
    why: str
    fence: int
    tries: int
    message_id: str | None
    subject: str | None
    recipient: str | None
    data: bytes | None
    draft: dict[str, str] | None
    looked_at: datetime | None
    tz: str | None
    synced_at: datetime | None
    handed_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Queued:
    """A send to be queued."""

    enrollment_id: int
    step_id: str
    mailbox: str
    follow_up: bool
    due_at: datetime
    why: str
    draft: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A send that has not ended, and where its enrollment stands.

    Attributes:
        since: its last look, or the moment it was handed over.
    """

    id: int
    enrollment_id: int
    mailbox: str
    state: SendState
    due_at: datetime
    since: datetime | None
    enrollment: EnrollmentState


def queue(connection: Connection, new: Queued) -> None:
    """Queue the send of a step.

    Raises:
        IntegrityError: the step of that enrollment has a send already (a unique key says so).
    """
    connection.execute(
        sa.insert(SendRow).values(
            enrollment_id=new.enrollment_id,
            step_id=new.step_id,
            mailbox=new.mailbox,
            follow_up=new.follow_up,
            state=SendState.QUEUED,
            due_at=new.due_at,
            why=cut(new.why),
            draft=new.draft,
            fence=0,
            tries=0,
        )
    )


def get(connection: Connection, send_id: int) -> StoredSend:
    """The send of that number."""
    return _stored(connection.execute(_ONE, {"one": send_id}).one())


def of_enrollment(connection: Connection, enrollment_id: int) -> list[StoredSend]:
    """All sends of an enrollment, in the order they were queued."""
    rows = connection.execute(_OF_ENROLLMENT, {"one": enrollment_id})
    return [_stored(row) for row in rows]


def next_due(
    connection: Connection, mailbox: str, now: datetime, limit: int, *, follow_up: bool
) -> list[int]:
    """Numbers of the follow-ups, or of the first touches, due in a mailbox, the oldest first."""
    values = {"one": mailbox, "now": now, "most": limit}
    return list(connection.execute(_NEXT_DUE[follow_up], values).scalars())


def next_due_at(connection: Connection, mailbox: str) -> datetime | None:
    """Earliest due time of what is open in a mailbox and whose enrollment runs."""
    return connection.execute(_NEXT_DUE_AT, {"one": mailbox}).scalar()


def due_in(
    connection: Connection, names: Sequence[str], now: datetime, limit: int
) -> list[StoredSend]:
    """The sends due in these mailboxes, the oldest first."""
    query = (
        sa.select(SendRow.__table__)
        .join(EnrollmentRow, EnrollmentRow.id == SendRow.enrollment_id)
        .where(
            SendRow.mailbox.in_(names),
            SendRow.state.in_(OPEN_STATES),
            SendRow.due_at <= now,
            EnrollmentRow.state == EnrollmentState.ACTIVE,
        )
        .order_by(SendRow.due_at, SendRow.id)
        .limit(limit)
    )
    return [_stored(row) for row in connection.execute(query)]


def rebind(connection: Connection, enrollment_id: int, mailbox: str) -> None:
    """Let another mailbox send what is open; a mail that may have left stays with its own."""
    connection.execute(
        sa.update(SendRow)
        .where(
            SendRow.enrollment_id == enrollment_id,
            SendRow.state.in_(OPEN_STATES),
            SendRow.handed_at.is_(None),
        )
        .values(mailbox=mailbox)
    )


def move(
    connection: Connection, send_ids: Iterable[int], event: SendEvent, **values: object
) -> int:
    """How many of these sends took the event, by the transition table; the others were elsewhere.

    `values` are further columns to set. One statement for each state that knows the event.
    """
    numbers, moved = list(send_ids), 0
    fence = values.pop("if_fence", None)
    for name in ("why", "subject"):
        if isinstance(text := values.get(name), str):
            values[name] = cut(text)
    given = {"numbers": numbers, "if_fence": fence}
    given |= {f"new_{name}": value for name, value in values.items()}
    for state, row in TRANSITIONS.items():
        following = row[event]
        if following is None or not numbers:
            continue
        query = _move(state, following, tuple(values), fenced=fence is not None)
        moved += connection.execute(query, given).rowcount
        if moved == len(numbers):
            break
    return moved


@cache
def _move(
    state: SendState, following: SendState, columns: tuple[str, ...], *, fenced: bool
) -> sa.Update:
    """Built once for each kind of move: that takes longer than to run it."""
    table = SendRow.__table__
    query = sa.update(SendRow).where(
        SendRow.id.in_(sa.bindparam("numbers", expanding=True)), SendRow.state == state
    )
    if fenced:
        query = query.where(SendRow.fence == sa.bindparam("if_fence"))
    new = {name: sa.bindparam(f"new_{name}", type_=table.c[name].type) for name in columns}
    return query.values(state=following, **new)


def postpone(connection: Connection, send_id: int, due_at: datetime, why: str) -> bool:
    """Whether an open send was given a later due time and its reason."""
    result = connection.execute(
        sa.update(SendRow)
        .where(SendRow.id == send_id, SendRow.state.in_(OPEN_STATES))
        .values(due_at=due_at, why=cut(why))
    )
    return result.rowcount == 1


def cancel_open(connection: Connection, enrollment_id: int, why: str) -> list[str]:
    """Step ids of the sends that were cancelled, because they had not been claimed."""
    rows = connection.execute(
        sa.update(SendRow)
        .where(SendRow.enrollment_id == enrollment_id, SendRow.state.in_(OPEN_STATES))
        .values(state=SendState.CANCELLED, why=cut(why))
        .returning(SendRow.step_id)
    )
    return list(rows.scalars())


def latest_accepted(
    connection: Connection, mailbox: str, after: datetime, before: datetime
) -> StoredSend | None:
    """The last mail of a mailbox known to be accepted, among those handed over between these."""
    query = (
        sa.select(SendRow.__table__)
        .where(
            SendRow.mailbox == mailbox,
            SendRow.state == SendState.SENT,
            SendRow.handed_at > after,
            SendRow.handed_at <= before,
        )
        .order_by(SendRow.handed_at.desc(), SendRow.id.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return _stored(row) if row is not None else None


def in_state(
    connection: Connection, state: SendState, mailbox: str | None = None
) -> list[StoredSend]:
    """Sends in one state, the oldest first."""
    if mailbox is None:
        rows = connection.execute(_IN_STATE, {"wanted": state})
    else:
        rows = connection.execute(_OF_MAILBOX, {"wanted": state, "one": mailbox})
    return [_stored(row) for row in rows]


def unfinished(connection: Connection) -> Iterator[Unfinished]:
    """All sends that wait or are under way, the oldest first, as they are asked for."""
    query = (
        sa.select(
            SendRow.id,
            SendRow.enrollment_id,
            SendRow.mailbox,
            SendRow.state,
            SendRow.due_at,
            SendRow.looked_at,
            EnrollmentRow.state.label("enrollment"),
        )
        .join(EnrollmentRow, EnrollmentRow.id == SendRow.enrollment_id)
        .where(SendRow.state.in_(OPEN_STATES | IN_FLIGHT))
        .order_by(SendRow.id)
    )
    for row in streamed(connection, query):
        yield Unfinished(
            row.id,
            row.enrollment_id,
            row.mailbox,
            SendState(row.state),
            row.due_at,
            row.looked_at,
            EnrollmentState(row.enrollment),
        )


def by_message_ids(connection: Connection, message_ids: Iterable[str]) -> list[StoredSend]:
    """Sends with one of these Message-IDs, the latest first."""
    wanted = [message_id for message_id in message_ids if is_storable(message_id)]
    rows = connection.execute(
        sa.select(SendRow.__table__)
        .where(SendRow.message_id.in_(wanted))
        .order_by(SendRow.id.desc())
    )
    return [_stored(row) for row in rows]


def states_of_mailboxes(connection: Connection) -> dict[tuple[str, SendState], int]:
    """How many sends each mailbox has in each state."""
    rows = connection.execute(
        sa.select(SendRow.mailbox, SendRow.state, sa.func.count()).group_by(
            SendRow.mailbox, SendRow.state
        )
    )
    return {(mailbox, SendState(state)): number for mailbox, state, number in rows}


def _stored(row: sa.Row[tuple[object, ...]]) -> StoredSend:
    values = dict(row._mapping)
    return StoredSend(**{**values, "state": SendState(row.state)})
