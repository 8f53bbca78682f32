"""Prove the promises afterwards, from the database alone or against a server's own record."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import TypeVar

from sequencer.engine.desk import Desk
from sequencer.engine.proof.ends import ENDS
from sequencer.engine.proof.explained import EXPLAINED
from sequencer.engine.proof.finding import Findings, Proof, Tally
from sequencer.engine.proof.once import ONCE
from sequencer.engine.proof.pace import PACE
from sequencer.engine.proof.promise import Books, Promise
from sequencer.engine.proof.record import Recorded, contradictions
from sequencer.engine.proof.stop import STOP
from sequencer.engine.proof.suppressed import SUPPRESSED
from sequencer.store import send_proof
from sequencer.store.database import Connection

__all__ = ["PROMISES", "Findings", "Proof", "Recorded", "verify", "work_ahead"]

PROMISES: tuple[Promise, ...] = (ONCE, STOP, SUPPRESSED, PACE, EXPLAINED, ENDS)
PORTION = 500  # mails that are examined together, and held in memory

T = TypeVar("T")


def work_ahead(connection: Connection) -> int:
    """How often `verify` will advance: every mail is looked at alone, and among its mailbox's."""
    return 2 * send_proof.counts(connection).handed


def verify(
    connection: Connection,
    desk: Desk,
    now: datetime,
    recorded: Iterable[Recorded] | None = None,
    advance: Callable[[int], None] = lambda _mails: None,
) -> Findings:
    """Findings over the whole database; `recorded` is compared with it both ways where given."""
    books = Books(connection, desk, now, advance)
    tallies = {promise.code: Tally() for promise in PROMISES}
    for promise in PROMISES:
        for ask in promise.asks:
            for sentence in ask(books):
                tallies[promise.code].add(sentence)
    _examine(books, tallies)
    if recorded is not None:
        for code, sentence in contradictions(connection, recorded):
            tallies[code].add(sentence)
    return Findings(
        sends=send_proof.counts(connection).sent,
        proofs=tuple(_proof(connection, promise, tallies[promise.code]) for promise in PROMISES),
        residual=books.residual,
        paces=tuple(books.paces),
    )


def _examine(books: Books, tallies: dict[str, Tally]) -> None:
    """Show every mail that left to whoever wants to see each: the rows are read only once."""
    for portion in _portions(send_proof.handed(books.connection)):
        for promise in PROMISES:
            for examine in promise.examines:
                for sentence in examine(books, portion):
                    tallies[promise.code].add(sentence)
        books.advance(len(portion))


def _portions(items: Iterator[T]) -> Iterator[list[T]]:
    while portion := list(islice(items, PORTION)):
        yield portion


def _proof(connection: Connection, promise: Promise, tally: Tally) -> Proof:
    return Proof(
        code=promise.code,
        promise=promise.sentence,
        looked_at=promise.size(connection),
        of=promise.of,
        violations=tally.violations,
        details=tuple(tally.details),
    )
