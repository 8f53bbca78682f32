"""I1: nobody got a step twice, and what counts as sent was handed over and accepted."""

from collections.abc import Iterator

from sequencer.engine.proof.promise import Books, Promise
from sequencer.store import send_proof
from sequencer.store.database import Connection


def _every_send(connection: Connection) -> int:
    return send_proof.counts(connection).every


def _accepted_twice(books: Books) -> Iterator[str]:
    for number, times in send_proof.accepted_twice(books.connection):
        yield f"send {number} was accepted {times} times"


def _steps_twice(books: Books) -> Iterator[str]:
    for enrollment, step, times in send_proof.steps_twice(books.connection):
        yield f"enrollment {enrollment} has {times} sends of step {step}"


def _message_ids_twice(books: Books) -> Iterator[str]:
    for message_id, times in send_proof.message_ids_twice(books.connection):
        yield f"{times} sends have the Message-ID {message_id}"


def _without_proof(books: Books) -> Iterator[str]:
    for number in send_proof.sent_without_proof(books.connection):
        yield f"send {number} counts as sent, but no server accepted it and no doubt was settled"


def _without_handing(books: Books) -> Iterator[str]:
    for number in send_proof.sent_without_handing(books.connection):
        yield f"send {number} counts as sent, but was not handed over before"


ONCE = Promise(
    "I1",
    "Nobody gets a step twice: each was accepted by a server once at most.",
    "send",
    _every_send,
    asks=(_accepted_twice, _steps_twice, _message_ids_twice, _without_proof, _without_handing),
)
