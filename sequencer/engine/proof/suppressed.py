"""I3: nothing went to an address or a domain that was suppressed, whatever its spelling."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from sequencer.domain.address import key_of
from sequencer.engine.proof.promise import Books, Promise
from sequencer.engine.proof.stop import handed_count
from sequencer.store import enrollment_proof
from sequencer.store.send_proof import Handed

CLOCKS_APART = timedelta(minutes=1)  # what two daemons' clocks and a busy database may make up


def _to_suppressed(books: Books, mails: Sequence[Handed]) -> Iterator[str]:
    """Compare the address on each mail with the list; what the ledger's order tells is I2's."""
    keys = {mail.id: key_of(mail.recipient) for mail in mails}
    listed = enrollment_proof.listed_at(books.connection, [key for key in keys.values() if key])
    for mail in mails:
        key = keys[mail.id]
        if not key:
            yield f"send {mail.id} went to {mail.recipient!r}, which is no address"
        elif key in listed and mail.handed_at > listed[key] + CLOCKS_APART:
            since = f"suppressed since {listed[key]:%Y-%m-%d %H:%M} UTC"
            yield f"enrollment {mail.enrollment_id}: {mail.step_id} went to {key}, {since}"


SUPPRESSED = Promise(
    "I3",
    "Nothing goes to a suppressed address or domain.",
    "mail",
    handed_count,
    examines=(_to_suppressed,),
)
