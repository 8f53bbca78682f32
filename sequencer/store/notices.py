"""Mails that belong to no cadence: of each key there is one, ever, and none leaves twice."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sequencer.store.columns import ADDRESS_LIMIT, TEXT_LIMIT, cut, is_storable
from sequencer.store.database import Connection
from sequencer.store.insert import insert_new
from sequencer.store.outside_tables import NoticeRow
from sequencer.store.prepared import Prepared, one_of


@dataclass(frozen=True, slots=True)
class Notice:
    """A mail to be sent once.

    Attributes:
        once_key: what it is about: a second one with the same key is never sent.
        data: the mail as it will leave.
    """

    once_key: str
    kind: str
    mailbox: str
    recipient: str
    data: bytes
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """A notice that waits; `tries` are transactions so far that ended before the final dot."""

    id: int
    once_key: str
    kind: str
    mailbox: str
    recipient: str
    data: bytes
    tries: int


@dataclass(frozen=True, slots=True)
class Fate:
    """What has become of a notice so far; `outcome` says how it ended, or what was in the way.

    Attributes:
        handed_at: since when it may have left.
        ended_at: when it had left, or was given up.
    """

    once_key: str
    kind: str
    recipient: str
    due_at: datetime
    handed_at: datetime | None
    ended_at: datetime | None
    outcome: str


_COLUMNS = (
    NoticeRow.id,
    NoticeRow.once_key,
    NoticeRow.kind,
    NoticeRow.mailbox,
    NoticeRow.recipient,
    NoticeRow.data,
    NoticeRow.tries,
)
_FATE = (
    NoticeRow.once_key,
    NoticeRow.kind,
    NoticeRow.recipient,
    NoticeRow.due_at,
    NoticeRow.handed_at,
    NoticeRow.ended_at,
    NoticeRow.outcome,
)
_IS_OPEN = NoticeRow.ended_at.is_(None)  # in the words of the index
_WAITS = (_IS_OPEN, NoticeRow.handed_at.is_(None))
_NEXT_DUE = Prepared(
    sa.select(NoticeRow.mailbox, sa.func.min(NoticeRow.due_at, type_=NoticeRow.due_at.type))
    .where(*_WAITS)
    .group_by(NoticeRow.mailbox)
)
STRAY = Prepared(
    sa.select(NoticeRow.id)
    .where(_IS_OPEN, ~one_of(NoticeRow.mailbox, "known"))
    .order_by(NoticeRow.id)
)


def queue(connection: Connection, notice: Notice) -> bool:
    """Whether it waits now; not where one of its key has been sent, or waits.

    Nor where the key or the address is none that can be stored.
    """
    limits = ((notice.once_key, TEXT_LIMIT), (notice.recipient, ADDRESS_LIMIT))
    if not all(len(text) <= limit and is_storable(text) for text, limit in limits):
        return False
    values = {
        "once_key": notice.once_key,
        "kind": notice.kind,
        "mailbox": notice.mailbox,
        "recipient": notice.recipient,
        "data": notice.data,
        "due_at": notice.due_at,
        "tries": 0,
        "outcome": "",
    }
    return insert_new(connection, NoticeRow, values)


def due(connection: Connection, mailbox: str, now: datetime) -> Waiting | None:
    """The oldest that is due in a mailbox, None where none is."""
    query = (
        sa.select(*_COLUMNS)
        .where(NoticeRow.mailbox == mailbox, NoticeRow.due_at <= now, *_WAITS)
        .order_by(NoticeRow.due_at, NoticeRow.id)
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return Waiting(*row) if row is not None else None


def next_due(connection: Connection) -> dict[str, datetime]:
    """When the first waiting one of each mailbox is due."""
    return {row[0]: row[1] for row in _NEXT_DUE.all(connection, {})}


def left_open(connection: Connection, mailbox: str, before: datetime) -> list[Waiting]:
    """Those handed over before that of which nobody has told what became of them."""
    query = sa.select(*_COLUMNS).where(
        NoticeRow.mailbox == mailbox, _IS_OPEN, NoticeRow.handed_at <= before
    )
    return [Waiting(*row) for row in connection.execute(query.order_by(NoticeRow.id))]


def stray(connection: Connection, known: Collection[str]) -> list[int]:
    """Numbers of those that wait, or are not heard of, in a mailbox that is not among these."""
    return [number for (number,) in STRAY.all(connection, {"known": list(known)})]


def find_open(connection: Connection, number: int) -> Waiting | None:
    """The one of that number, if it has not ended."""
    row = connection.execute(sa.select(*_COLUMNS).where(NoticeRow.id == number, _IS_OPEN)).first()
    return Waiting(*row) if row is not None else None


def hand(connection: Connection, number: int, now: datetime) -> bool:
    """Whether its dot may be written; from this commit on it never leaves again."""
    result = connection.execute(
        sa.update(NoticeRow).where(NoticeRow.id == number, *_WAITS).values(handed_at=now)
    )
    return result.rowcount == 1


@dataclass(frozen=True, slots=True)
class Tried:
    """One try of a notice; `handed_at` is None where its dot was not to be written.

    Another daemon may have handed it over meanwhile: what becomes of that is not for this try.

    Attributes:
        tries: how many count so far, with this one.
    """

    number: int
    handed_at: datetime | None
    tries: int = 0


def end(connection: Connection, tried: Tried, outcome: str, now: datetime) -> bool:
    """Whether it ended with that: it has left, or never will."""
    result = connection.execute(
        sa.update(NoticeRow).where(*_still(tried)).values(ended_at=now, outcome=cut(outcome))
    )
    return result.rowcount == 1


def give_up(connection: Connection, number: int, outcome: str, now: datetime) -> bool:
    """Whether one that had not ended was given up: nobody will send it, or tell of it any more."""
    result = connection.execute(
        sa.update(NoticeRow)
        .where(NoticeRow.id == number, _IS_OPEN)
        .values(ended_at=now, outcome=cut(outcome))
    )
    return result.rowcount == 1


def later(connection: Connection, tried: Tried, due_at: datetime, outcome: str) -> None:
    """It certainly did not leave, and is tried again then."""
    connection.execute(
        sa.update(NoticeRow)
        .where(*_still(tried))
        .values(handed_at=None, due_at=due_at, tries=tried.tries, outcome=cut(outcome))
    )


def withdraw(connection: Connection, *once_keys: str) -> int:
    """How many of these were withdrawn, which cannot have left; their keys are free again."""
    result = connection.execute(
        sa.delete(NoticeRow).where(NoticeRow.once_key.in_(once_keys), NoticeRow.handed_at.is_(None))
    )
    return result.rowcount


def fates(connection: Connection, once_keys: Collection[str]) -> list[Fate]:
    """What has become of those of these keys, in the order they were queued."""
    query = sa.select(*_FATE).where(NoticeRow.once_key.in_(once_keys)).order_by(NoticeRow.id)
    return [Fate(*row) for row in connection.execute(query)]


def handed_to(connection: Connection, recipient: str, most: int) -> list[Waiting]:
    """Those that may have left to an address, the newest first; some of them."""
    if not is_storable(recipient):
        return []
    query = (
        sa.select(*_COLUMNS)
        .where(
            sa.func.lower(NoticeRow.recipient) == recipient.lower(),
            NoticeRow.handed_at.is_not(None),
        )
        .order_by(NoticeRow.id.desc())
        .limit(most)
    )
    return [Waiting(*row) for row in connection.execute(query)]


def handed(connection: Connection) -> Iterator[bytes]:
    """Bytes of those that may have left."""
    query = sa.select(NoticeRow.data).where(NoticeRow.handed_at.is_not(None))
    yield from connection.execute(query).scalars()


def _still(tried: Tried) -> tuple[sa.ColumnElement[bool], ...]:
    handed = (
        NoticeRow.handed_at.is_(None)
        if tried.handed_at is None
        else NoticeRow.handed_at == tried.handed_at
    )
    return NoticeRow.id == tried.number, _IS_OPEN, handed
