"""Sends: every change is guarded by the state that was read; no row changed means a lost race."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.send import IN_FLIGHT, OPEN_STATES, TRANSITIONS, SendEvent, SendState
from sequencer.store.columns import cut, is_storable
from sequencer.store.database import Connection
from sequencer.store.prepared import Prepared, one_of
from sequencer.store.race import LostRaceError
from sequencer.store.tables import UNDER_WAY, EnrollmentRow, SendRow
from sequencer.store.turns import by_column


class StoredSend(NamedTuple):
    """A send as it lies in the database.

    Attributes:
        fence: of the lease under which it was claimed last.
        draft: subject and text as a rep edited them; None for what the template says.
        variant: the wording it was written in; None where its step has one only, or before that.
        template_hash: of the text of that wording; None for a rep's own words.
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
    draft: dict[str, str] | None
    variant: str | None
    template_hash: str | None
    looked_at: datetime | None
    tz: str | None
    synced_at: datetime | None
    handed_at: datetime | None
    ended_at: datetime | None


COLUMNS = [SendRow.__table__.c[name] for name in StoredSend.__annotations__]
_STATE = list(StoredSend.__annotations__).index("state")
_STATES = {str(each): each for each in SendState}
# Statements that every look makes are built once: that takes longer than to run them.
_ONE = Prepared(sa.select(*COLUMNS).where(SendRow.id == sa.bindparam("one")))
_OF_ENROLLMENT = Prepared(
    sa.select(*COLUMNS).where(SendRow.enrollment_id == sa.bindparam("one")).order_by(SendRow.id)
)
_BY_MESSAGE_IDS = (
    sa.select(*COLUMNS)
    .where(SendRow.message_id.in_(sa.bindparam("many", expanding=True)))
    .order_by(SendRow.id.desc())
)
_MANY = Prepared(sa.select(*COLUMNS).where(one_of(SendRow.id, "many")))
_STEPS = Prepared(
    sa.select(SendRow.enrollment_id, SendRow.step_id, SendRow.state).where(
        one_of(SendRow.enrollment_id, "many")
    )
)
_SENT_TO_MANY = Prepared(
    sa.select(*COLUMNS)
    .where(
        one_of(SendRow.enrollment_id, "many"),
        SendRow.state == sa.literal_column(f"'{SendState.SENT}'", sa.String),
    )
    .order_by(SendRow.id)
)
_ACTIVE = sa.literal_column(f"'{EnrollmentState.ACTIVE}'", sa.String)
# What whoever queues a send does not know of its enrollment is looked up.
_OF_ENROLLED = {
    name: sa.func.coalesce(
        sa.bindparam(f"known_{name}", type_=column.type),
        sa.select(asked).where(EnrollmentRow.id == sa.bindparam("enrolled")).scalar_subquery(),
    )
    for name, column, asked in (
        ("slug", SendRow.slug, EnrollmentRow.slug),
        ("runs", SendRow.runs, EnrollmentRow.state == _ACTIVE),
    )
}
_QUEUED = (
    "enrollment_id",
    "step_id",
    "mailbox",
    "follow_up",
    "state",
    "due_at",
    "why",
    "draft",
    "variant",
    "fence",
    "tries",
)
_QUEUE = Prepared(sa.insert(SendRow), _QUEUED, more=_OF_ENROLLED)
_MARK = (
    sa.update(SendRow)
    .where(
        SendRow.enrollment_id == sa.bindparam("one"),
        SendRow.runs.is_distinct_from(sa.bindparam("now_runs")),
    )
    .values(runs=sa.bindparam("now_runs"))
)


class Queued(NamedTuple):
    """A send to be queued.

    Attributes:
        variant: the wording that a rep has read and released; else that is settled at the claim.
        slug: the cadence of the enrollment, where it is known.
        runs: whether the enrollment is active, where that is known.
    """

    enrollment_id: int
    step_id: str
    mailbox: str
    follow_up: bool
    due_at: datetime
    why: str
    draft: dict[str, str] | None = None
    variant: str | None = None
    slug: str | None = None
    runs: bool | None = None


def queue(connection: Connection, *new: Queued) -> None:
    """Queue the sends of steps.

    Raises:
        IntegrityError: a step of that enrollment has a send already (a unique key says so).
    """
    _QUEUE.each(connection, [_row(each) for each in new])


def _row(new: Queued) -> dict[str, object]:
    return {
        "enrolled": new.enrollment_id,
        "known_slug": new.slug,
        "known_runs": new.runs,
        "enrollment_id": new.enrollment_id,
        "step_id": new.step_id,
        "mailbox": new.mailbox,
        "follow_up": new.follow_up,
        "state": SendState.QUEUED,
        "due_at": new.due_at,
        "why": cut(new.why),
        "draft": new.draft,
        "variant": new.variant,
        "fence": 0,
        "tries": 0,
    }


def mark_running(connection: Connection, running: Mapping[int, bool]) -> None:
    """Tell the sends of these enrollments whether theirs is active."""
    rows = [{"one": number, "now_runs": runs} for number, runs in running.items()]
    if rows:
        connection.execute(_MARK, rows)


def get(connection: Connection, send_id: int) -> StoredSend:
    """The send of that number."""
    [row] = _ONE.all(connection, {"one": send_id})
    return stored(row)


def of_enrollment(connection: Connection, enrollment_id: int) -> list[StoredSend]:
    """All sends of an enrollment, in the order they were queued."""
    return [stored(row) for row in _OF_ENROLLMENT.all(connection, {"one": enrollment_id})]


def get_many(connection: Connection, send_ids: Iterable[int]) -> dict[int, StoredSend]:
    """The sends of these numbers."""
    rows = _MANY.all(connection, {"many": list(send_ids)})
    return {each.id: each for each in map(stored, rows)}


def steps_of(
    connection: Connection, enrollment_ids: Iterable[int]
) -> dict[int, dict[str, SendState]]:
    """The state of each step's send, for each of these enrollments."""
    found: dict[int, dict[str, SendState]] = {number: {} for number in enrollment_ids}
    for number, step_id, state in _STEPS.all(connection, {"many": list(found)}):
        found[number][step_id] = SendState(state)
    return found


def sent_to(connection: Connection, enrollment_ids: Iterable[int]) -> dict[int, list[StoredSend]]:
    """The sends of these enrollments that count as sent, each in the order they were queued."""
    found: dict[int, list[StoredSend]] = {number: [] for number in enrollment_ids}
    for send in map(stored, _SENT_TO_MANY.all(connection, {"many": list(found)})):
        found[send.enrollment_id].append(send)
    return found


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
    query = _moving(state, following, columns, fenced=fenced)
    return query.where(SendRow.id.in_(sa.bindparam("numbers", expanding=True)))


def _moving(
    state: SendState, following: SendState, columns: tuple[str, ...], *, fenced: bool
) -> sa.Update:
    table = SendRow.__table__
    before, after = (sa.literal_column(f"'{each}'", sa.String) for each in (state, following))
    query = sa.update(SendRow).where(SendRow.state == before)
    if fenced:
        query = query.where(SendRow.fence == sa.bindparam("if_fence"))
    new = {name: sa.bindparam(f"new_{name}", type_=table.c[name].type) for name in columns}
    return query.values(state=after, **new)


def move_each(
    connection: Connection,
    state: SendState,
    event: SendEvent,
    rows: Sequence[Mapping[str, object]],
) -> None:
    """Let each of these sends, all of them in that state, take the event with values of its own.

    Each row has its `number`, the same further columns, and `if_fence` where the fence counts.

    Raises:
        LostRaceError: one of them was not in that state any more.
    """
    following = TRANSITIONS[state][event]
    if following is None:
        raise LostRaceError
    if not rows:
        return
    columns = tuple(name for name in rows[0] if name not in {"number", "if_fence"})
    query = _move_each(state, following, columns, fenced="if_fence" in rows[0])
    if query.each(connection, rows) != len(rows):
        raise LostRaceError


@cache
def _move_each(
    state: SendState, following: SendState, columns: tuple[str, ...], *, fenced: bool
) -> Prepared:
    query = _moving(state, following, columns, fenced=fenced)
    return Prepared(query.where(SendRow.id == sa.bindparam("number")), takes=by_column)


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
    rows = _CANCEL.all(connection, {"one": enrollment_id, "new_why": cut(why)})
    return [step_id for (step_id,) in rows]


_CANCEL = Prepared(
    sa.update(SendRow)
    .where(
        SendRow.enrollment_id == sa.bindparam("one"),
        sa.or_(*(SendRow.state == state for state in sorted(OPEN_STATES))),
    )
    .values(state=SendState.CANCELLED, why=sa.bindparam("new_why", type_=SendRow.why.type))
    .returning(SendRow.step_id)
)


def latest_accepted(
    connection: Connection, mailbox: str, after: datetime, before: datetime
) -> StoredSend | None:
    """The last mail of a mailbox known to be accepted, among those handed over between these."""
    query = (
        sa.select(*COLUMNS)
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
    return stored(row) if row is not None else None


def in_state(
    connection: Connection, state: SendState, mailbox: str | None = None
) -> list[StoredSend]:
    """Sends in one state, the oldest first."""
    query = _in_state(state, of_mailbox=mailbox is not None)
    return [stored(row) for row in query.all(connection, {"one": mailbox})]


@cache
def _in_state(state: SendState, *, of_mailbox: bool) -> Prepared:
    """Built with the state in it: only so is the index used that has just what is under way."""
    query = sa.select(*COLUMNS).where(SendRow.state == sa.literal_column(f"'{state}'", sa.String))
    if state in IN_FLIGHT | {SendState.PARKED}:
        query = query.where(sa.text(UNDER_WAY))  # SQLite does not see that the one follows
    if of_mailbox:
        query = query.where(SendRow.mailbox == sa.bindparam("one"))
    return Prepared(query.order_by(SendRow.id))


def by_message_ids(connection: Connection, message_ids: Iterable[str]) -> list[StoredSend]:
    """Sends with one of these Message-IDs, the latest first."""
    wanted = [message_id for message_id in message_ids if is_storable(message_id)]
    rows = connection.execute(_BY_MESSAGE_IDS, {"many": wanted}) if wanted else ()
    return [stored(row) for row in rows]


def states_of_mailboxes(connection: Connection) -> dict[tuple[str, SendState], int]:
    """How many sends each mailbox has in each state."""
    rows = connection.execute(
        sa.select(SendRow.mailbox, SendRow.state, sa.func.count()).group_by(
            SendRow.mailbox, SendRow.state
        )
    )
    return {(mailbox, SendState(state)): number for mailbox, state, number in rows}


def stored(row: Sequence[Any]) -> StoredSend:
    """The send in a row of the columns of one."""
    values: list[Any] = list(row)
    values[_STATE] = _STATES[values[_STATE]]
    return StoredSend(*values)
