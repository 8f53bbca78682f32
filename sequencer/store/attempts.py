"""Attempts: each SMTP transaction of a send, with the server's own words."""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from operator import attrgetter

import sqlalchemy as sa

from sequencer.mail.transaction import OutcomeKind, Phase
from sequencer.store.columns import cut
from sequencer.store.database import Connection
from sequencer.store.prepared import Prepared
from sequencer.store.tables import AttemptRow


@dataclass(frozen=True, slots=True)
class Attempt:
    """One SMTP transaction; `code` and `enhanced` are the server's, where it said anything."""

    send_id: int
    at: datetime
    outcome: str
    phase: str
    code: int | None
    enhanced: str
    answer: str


_COLUMNS = tuple(each.name for each in fields(Attempt))  # `asdict` copies every instant as well
_ADD = Prepared(sa.insert(AttemptRow), _COLUMNS, attrgetter)


def add(connection: Connection, *new: Attempt) -> None:
    """Store attempts."""
    _ADD.each(connection, [_fitting(each) for each in new])


def _fitting(attempt: Attempt) -> Attempt:
    """The attempt with as much of the server's words as can be stored, mostly all of them."""
    enhanced, answer = cut(attempt.enhanced, 16), cut(attempt.answer)
    if (enhanced, answer) == (attempt.enhanced, attempt.answer):
        return attempt
    return replace(attempt, enhanced=enhanced, answer=answer)


def is_stored(connection: Connection, send_id: int, at: datetime, outcome: str) -> bool:
    """Whether an attempt of that send was stored that ended at that instant and in that way."""
    query = sa.select(AttemptRow.id).where(
        AttemptRow.send_id == send_id, AttemptRow.at == at, AttemptRow.outcome == outcome
    )
    return connection.execute(query.limit(1)).first() is not None


def broken_off(connection: Connection, send_id: int) -> int:
    """How many transactions of a send, once begun, ended before the dot without a server's word."""
    query = sa.select(sa.func.count()).where(
        AttemptRow.send_id == send_id,
        AttemptRow.outcome == OutcomeKind.DEFERRED,
        AttemptRow.phase != Phase.CONNECT,
        AttemptRow.code.is_(None),
    )
    return connection.execute(query).scalar_one()
