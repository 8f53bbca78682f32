"""Where a mail server's own record is at hand: does the ledger agree with it, both ways?"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sequencer.domain.address import key_of
from sequencer.domain.send import SendState
from sequencer.engine.outcome import BY_WORD
from sequencer.mail.sent_mail import read_sent
from sequencer.store import notices, sends
from sequencer.store.database import Connection


@dataclass(frozen=True, slots=True)
class Recorded:
    """A mail that a server accepted, by its own record."""

    message_id: str
    recipient: str


def contradictions(
    connection: Connection, recorded: Iterable[Recorded]
) -> Iterator[tuple[str, str]]:
    """Code of a promise and a sentence for each contradiction; for records that fit in memory."""
    record = list(recorded)
    accepted = Counter(each.message_id for each in record)
    for message_id, times in accepted.items():
        if times > 1:
            yield "I1", f"{message_id} was accepted {times} times by the server's record"
    ours = {send.message_id: send for send in sends.in_state(connection, SendState.SENT)}
    beside = _doubtful(connection) | _notices(connection)
    for each in record:
        send = ours.get(each.message_id)
        if send is None and each.message_id not in beside:
            yield "I5", f"{each.message_id} was accepted, the ledger does not know it"
        elif send is not None and key_of(send.recipient) != key_of(each.recipient):
            yield "I5", f"{each.message_id} went to {each.recipient}"
    for known, send in ours.items():
        if known not in accepted and not send.why.startswith(BY_WORD):
            yield "I5", f"{known} counts as sent, the server has no record of it"


def _doubtful(connection: Connection) -> set[str]:
    states = (SendState.HANDED, SendState.UNKNOWN, SendState.PARKED)
    return {send.message_id or "" for state in states for send in sends.in_state(connection, state)}


def _notices(connection: Connection) -> set[str]:
    """Mails that belong to no cadence, such as those to outside reps."""
    return {each for data in notices.handed(connection) for each in read_sent(data).message_ids}
