"""Attempts: each SMTP transaction of a send, with the server's own words."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sequencer.mail.transaction import OutcomeKind, Phase
from sequencer.store.columns import cut
from sequencer.store.database import Connection
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


def add(connection: Connection, attempt: Attempt) -> None:
    """Store an attempt."""
    connection.execute(
        sa.insert(AttemptRow).values(
            send_id=attempt.send_id,
            at=attempt.at,
            outcome=attempt.outcome,
            phase=attempt.phase,
            code=attempt.code,
            enhanced=cut(attempt.enhanced, 16),
            answer=cut(attempt.answer),
        )
    )


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
