"""I7: an enrollment ends for one reason, once, and its timeline tells it."""

from collections.abc import Iterator

from sequencer.engine.proof.promise import Books, Promise
from sequencer.store import enrollment_proof, ledger_proof


def _ended_twice(books: Books) -> Iterator[str]:
    for number in ledger_proof.ended_twice(books.connection):
        yield f"enrollment {number} ended once more, without being re-opened before"


def _reasons_amiss(books: Books) -> Iterator[str]:
    for number, state, reason in enrollment_proof.reasons_amiss(books.connection):
        told = f"has ended as {reason}" if reason else "has ended without a reason"
        yield f"enrollment {number} is {state} and {told}"


def _untold(books: Books) -> Iterator[str]:
    for number, state in ledger_proof.untold_ends(books.connection):
        yield f"enrollment {number} is {state}, and its timeline tells otherwise"


ENDS = Promise(
    "I7",
    "Each enrollment ends for one reason, and its timeline tells it.",
    "enrollment",
    enrollment_proof.count,
    asks=(_ended_twice, _reasons_amiss, _untold),
)
