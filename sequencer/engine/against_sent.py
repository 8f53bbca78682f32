"""Do the Sent folders and the ledger agree? Compared on demand, and nothing is changed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sequencer.domain.send import SendState
from sequencer.engine.desk import Desk
from sequencer.engine.history import is_forgotten
from sequencer.engine.origin import Origin, origin_of
from sequencer.engine.outcome import BY_WORD
from sequencer.engine.remember import Copy
from sequencer.engine.sent_since import sent_since
from sequencer.engine.world import World
from sequencer.mail.folder import Fetched, InboxError
from sequencer.mail.probe_mail import is_probe
from sequencer.mail.sent_mail import SentMail, read_sent
from sequencer.store import sent_sends
from sequencer.store.database import Connection
from sequencer.store.sent_sends import SentSend

CLOCKS_APART = timedelta(days=1)  # a folder is read by days, and a server's clock is its own
MINUTES_APART = timedelta(minutes=10)  # between the date of a copy without marks and its hand-over


class Fault(StrEnum):
    """What does not agree."""

    FORGOTTEN = "forgotten"
    IN_DOUBT = "in_doubt"
    MISSING = "missing"
    DOUBLE = "double"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One mail about which Sent and the ledger do not say the same."""

    fault: Fault
    mailbox: str
    recipient: str
    at: datetime
    sentence: str


@dataclass
class Compared:
    """One mailbox: how many mails were looked at on both sides, and what does not agree.

    Attributes:
        problem: why it could not be compared; empty where it could.
    """

    mailbox: str
    copies: int = 0
    ours: int = 0
    sends: int = 0
    problem: str = ""
    disagreements: list[Disagreement] = field(default_factory=list)


@dataclass
class _Seen:
    """What was found in Sent so far, by what it can be compared by."""

    sends: set[int] = field(default_factory=set)
    copies: dict[tuple[str, str | None], tuple[str, datetime | None]] = field(default_factory=dict)
    unmarked: dict[str, list[datetime]] = field(default_factory=dict)


async def compare_with_sent(
    world: World,
    since: datetime,
    mailboxes: Sequence[str] = (),
    advance: Callable[[int], None] = lambda _mails: None,
) -> list[Compared]:
    """One result for each mailbox, or for those named."""
    names = mailboxes or sorted(world.desk.policy.mailboxes)
    return [await _compare(world, name, since, advance) for name in names]


async def _compare(
    world: World, name: str, since: datetime, advance: Callable[[int], None]
) -> Compared:
    found, seen = Compared(name), _Seen()
    began_at = world.clock.now()
    try:
        async for messages in sent_since(world, name, since - CLOCKS_APART):
            await world.read(_look_at, world.desk, messages, found, seen)
            advance(len(messages))
    except InboxError as error:
        found.problem = str(error)
        return found
    until = began_at - world.desk.policy.settle  # a copy may be filed late
    sent = await world.read(sent_sends.handed_between, name, since, until)
    found.sends = len(sent)
    found.disagreements += _missing(name, sent, seen)
    return found


def _look_at(
    connection: Connection,
    desk: Desk,
    messages: Sequence[Fetched],
    found: Compared,
    seen: _Seen,
) -> None:
    for message in messages:
        found.copies += 1
        mail = read_sent(message.raw)
        if not message.raw or is_probe(mail.ref) or mail.is_automatic:
            continue
        origin = origin_of(connection, desk, mail)
        if origin is None:
            _keep_unmarked(seen, mail)
            continue
        found.ours += 1
        copy = Copy(found.mailbox, mail)
        found.disagreements += _about_copy(connection, copy, origin, seen)
        if origin.send is not None:
            seen.sends.add(origin.send.id)


def _about_copy(
    connection: Connection, copy: Copy, origin: Origin, seen: _Seen
) -> Iterator[Disagreement]:
    mail = copy.mail
    if is_forgotten(connection, origin, mail):
        told = "a mail of ours lies in Sent, and the ledger does not know that it left"
        yield _disagreement(Fault.FORGOTTEN, copy, told)
    elif origin.send is not None and origin.send.state is not SendState.SENT:
        told = f"a copy lies in Sent, and mail {origin.send.id} is {origin.send.state}"
        yield _disagreement(Fault.IN_DOUBT, copy, told)
    this = (next(iter(mail.message_ids), ""), mail.date)
    first = seen.copies.setdefault((origin.key, origin.step_id or mail.ref), this)
    if first != this:
        told = f"the step `{origin.step_id}` lies in Sent twice, as {first[0]} and as {this[0]}"
        yield _disagreement(Fault.DOUBLE, copy, told)


def _disagreement(fault: Fault, copy: Copy, sentence: str) -> Disagreement:
    at = copy.mail.date or datetime.min.replace(tzinfo=UTC)
    return Disagreement(fault, copy.mailbox, copy.recipient, at, sentence)


def _keep_unmarked(seen: _Seen, mail: SentMail) -> None:
    if mail.date is not None and len(mail.recipients) == 1:
        seen.unmarked.setdefault(mail.recipients[0].casefold(), []).append(mail.date)


def _missing(mailbox: str, sent: Sequence[SentSend], seen: _Seen) -> Iterator[Disagreement]:
    for send in sent:
        if send.id in seen.sends or send.why.startswith(BY_WORD) or _is_unmarked(seen, send):
            continue
        told = f"mail {send.id} ({send.step_id}) counts as sent, and no copy of it lies in Sent"
        yield Disagreement(Fault.MISSING, mailbox, send.recipient, send.handed_at, told)


def _is_unmarked(seen: _Seen, send: SentSend) -> bool:
    """Whether a copy without marks went to that address at that time."""
    dates = seen.unmarked.get(send.recipient.casefold(), ())
    return any(abs(date - send.handed_at) <= MINUTES_APART for date in dates)
