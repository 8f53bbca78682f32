"""Attempts: each SMTP transaction of a send, with the server's own words."""

from datetime import datetime
from operator import attrgetter
from typing import NamedTuple

import sqlalchemy as sa

from sequencer.mail.transaction import OutcomeKind, Phase
from sequencer.store.columns import cut
from sequencer.store.database import Connection
from sequencer.store.prepared import Prepared
from sequencer.store.tables import AttemptRow


class Attempt(NamedTuple):
    """One SMTP transaction; `code` and `enhanced` are the server's, where it said anything."""

    send_id: int
    at: datetime
    outcome: str
    phase: str
    code: int | None
    enhanced: str
    answer: str


_COLUMNS = tuple(Attempt.__annotations__)
_ADD = Prepared(sa.insert(AttemptRow), _COLUMNS, attrgetter)


def add(connection: Connection, *new: Attempt) -> None:
    """Store attempts."""
    _ADD.each(connection, [_fitting(each) for each in new])


def _fitting(attempt: Attempt) -> Attempt:
    """The attempt with as much of the server's words as can be stored, mostly all of them."""
    send_id, at, outcome, phase, code, enhanced, answer = attempt
    return Attempt(send_id, at, outcome, phase, code, cut(enhanced, 16), cut(answer))


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
