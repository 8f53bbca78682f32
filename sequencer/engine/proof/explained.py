"""I5: whatever is open waits for something known, and whatever was not sent has a reason."""

from collections.abc import Iterator

from sequencer.engine.proof.promise import Books, Promise
from sequencer.engine.stuck import stuck
from sequencer.store import enrollment_proof, follow_ups, send_proof
from sequencer.store.database import Connection


def _not_sent(connection: Connection) -> int:
    counts = send_proof.counts(connection)
    return counts.every - counts.sent


def _stuck(books: Books) -> Iterator[str]:
    return stuck(books.connection, books.desk, books.now)


def _without_reason(books: Books) -> Iterator[str]:
    for number, state in send_proof.ended_without_reason(books.connection):
        yield f"send {number} is {state} without a reason"
    for number in enrollment_proof.paused_without_reason(books.connection):
        yield f"enrollment {number} is paused without a reason"
    for number in follow_ups.without_reason(books.connection):
        yield f"follow-up {number} came to nothing without a reason"


EXPLAINED = Promise(
    "I5",
    "Nothing is stuck, and what was not sent has a reason.",
    "unsent mail",
    _not_sent,
    asks=(_stuck, _without_reason),
)
