"""Confirmations of opt-outs: one for each address, ever, and none is sent a second time."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sequencer.store.columns import ADDRESS_LIMIT, TEXT_LIMIT, cut, is_storable
from sequencer.store.database import Connection
from sequencer.store.insert import insert_new
from sequencer.store.outside_tables import ConfirmationRow


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A confirmation that waits.

    Attributes:
        answers: Message-ID of the mail that asked for silence, empty where it had none.
        tries: transactions so far that ended before the final dot.
    """

    id: int
    key: str
    mailbox: str
    recipient: str
    recipient_key: str
    answers: str
    language: str
    tries: int


@dataclass(frozen=True, slots=True)
class NewConfirmation:
    """A confirmation to be sent; `recipient_key` is the key of its address."""

    key: str
    mailbox: str
    recipient: str
    recipient_key: str
    answers: str
    language: str


_COLUMNS = (
    ConfirmationRow.id,
    ConfirmationRow.key,
    ConfirmationRow.mailbox,
    ConfirmationRow.recipient,
    ConfirmationRow.recipient_key,
    ConfirmationRow.answers,
    ConfirmationRow.language,
    ConfirmationRow.tries,
)
_OPEN = (ConfirmationRow.handed_at.is_(None), ConfirmationRow.ended_at.is_(None))


def queue(connection: Connection, new: NewConfirmation, now: datetime) -> bool:
    """Whether it waits now; not where the address has been sent one, or waits for one.

    Nor where the address is none that can be stored. A Message-ID like that is left out.
    """
    if not all(_fits(each, ADDRESS_LIMIT) for each in (new.recipient, new.recipient_key)):
        return False
    values = {
        "key": new.key,
        "mailbox": new.mailbox,
        "recipient": new.recipient,
        "recipient_key": new.recipient_key,
        "answers": new.answers if _fits(new.answers, TEXT_LIMIT) else "",
        "language": cut(new.language, 128),
        "due_at": now,
        "tries": 0,
        "outcome": "",
    }
    return insert_new(connection, ConfirmationRow, values)


def due(connection: Connection, mailbox: str, now: datetime) -> Confirmation | None:
    """The oldest that is due in a mailbox, None where none is."""
    query = (
        sa.select(*_COLUMNS)
        .where(ConfirmationRow.mailbox == mailbox, ConfirmationRow.due_at <= now, *_OPEN)
        .order_by(ConfirmationRow.due_at, ConfirmationRow.id)
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return Confirmation(*row) if row is not None else None


def hand(connection: Connection, number: int, now: datetime) -> bool:
    """Whether its dot may be written; from this commit on it never leaves again."""
    result = connection.execute(
        sa.update(ConfirmationRow).where(ConfirmationRow.id == number, *_OPEN).values(handed_at=now)
    )
    return result.rowcount == 1


@dataclass(frozen=True, slots=True)
class Tried:
    """One try of a confirmation; `handed_at` is None where its dot was not to be written.

    Another daemon may have handed it over meanwhile: what becomes of that is not for this try.
    """

    number: int
    handed_at: datetime | None


def end(connection: Connection, tried: Tried, outcome: str, now: datetime) -> None:
    """It has left, or never will; `outcome` tells which."""
    connection.execute(
        sa.update(ConfirmationRow).where(*_still(tried)).values(ended_at=now, outcome=cut(outcome))
    )


def later(connection: Connection, tried: Tried, due_at: datetime, outcome: str) -> None:
    """It certainly did not leave, and is tried again then."""
    connection.execute(
        sa.update(ConfirmationRow)
        .where(*_still(tried))
        .values(
            handed_at=None,
            due_at=due_at,
            tries=ConfirmationRow.tries + 1,
            outcome=cut(outcome),
        )
    )


def _still(tried: Tried) -> tuple[sa.ColumnElement[bool], ...]:
    row = ConfirmationRow
    handed = (
        row.handed_at.is_(None) if tried.handed_at is None else row.handed_at == tried.handed_at
    )
    return row.id == tried.number, row.ended_at.is_(None), handed


def _fits(text: str, limit: int) -> bool:
    return len(text) <= limit and is_storable(text)
