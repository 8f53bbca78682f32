"""I2: nothing left after a stop, and every mail relied on a scan that would have seen one."""

from collections.abc import Iterator, Sequence

from sequencer.domain.address import key_of
from sequencer.engine.proof.promise import Books, Promise
from sequencer.store import ledger_proof, send_proof
from sequencer.store.database import Connection
from sequencer.store.send_proof import Handed


def handed_count(connection: Connection) -> int:
    """How many mails left or may have left."""
    return send_proof.counts(connection).handed


def _after_end(books: Books) -> Iterator[str]:
    for enrollment, step in ledger_proof.handed_after_end(books.connection):
        yield f"enrollment {enrollment}: {step} left after its end"


def _in_pause(books: Books) -> Iterator[str]:
    for enrollment, step in ledger_proof.handed_in_pause(books.connection):
        yield f"enrollment {enrollment}: {step} left while it was paused"


def _after_listing(books: Books) -> Iterator[str]:
    for enrollment, step in ledger_proof.handed_after_listing(books.connection):
        yield f"enrollment {enrollment}: {step} left after the person was suppressed"


def _unheard(books: Books) -> Iterator[str]:
    """Replies of the prospect that did not end the enrollment; a colleague's may be ignored."""
    for enrollment, sender, key in ledger_proof.replies(books.connection):
        if key_of(sender) == key:
            yield f"enrollment {enrollment}: {sender} answered, and it did not end"


def _stale(books: Books, mails: Sequence[Handed]) -> Iterator[str]:
    """Compare the scan that a mail relied on with the freshness of today's settings."""
    freshness = books.desk.policy.freshness
    for mail in mails:
        if mail.synced_at is None:
            yield f"send {mail.id} left without a scan of {mail.mailbox}"
            continue
        # A scan in the future was dated before the clock was set back: as old as it is ahead.
        age = abs(mail.handed_at - mail.synced_at)
        books.residual.add(age)
        if age > freshness:
            allowed = f"{freshness.total_seconds():.0f} s are allowed"
            yield f"send {mail.id} relied on a scan {age.total_seconds():.0f} s old, {allowed}"


STOP = Promise(
    "I2",
    "Nothing leaves after a stop, nor without a recent look into the mailbox.",
    "mail",
    handed_count,
    asks=(_after_end, _in_pause, _after_listing, _unheard),
    examines=(_stale,),
)
