"""Learn what a mailbox's provider does with what is sent: one mail to itself, and a look for it.

The mail goes the way of all others: the intent is stored before its final dot, so that no crash
sends it in a loop. It belongs to nobody's cadence and is in nobody's way: it is not counted for the
pace, because it leaves once in the life of a mailbox.
"""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil

import structlog

from sequencer.domain.capability import Capability
from sequencer.engine.hand import LOOK_IS_GOOD_FOR_S
from sequencer.engine.learned import learned_now
from sequencer.engine.leases import Lease, is_held
from sequencer.engine.ports import Inbox
from sequencer.engine.recording import words
from sequencer.engine.world import World
from sequencer.mail.compose_error import ComposeError
from sequencer.mail.draft import Mailbox
from sequencer.mail.folder import Folder, Found, InboxError, NoSentFolderError
from sequencer.mail.message_id import make_ref
from sequencer.mail.probe_mail import ProbeMail, make_probe
from sequencer.mail.transaction import Envelope, Outcome, OutcomeKind
from sequencer.store import capabilities, epoch
from sequencer.store.database import Connection

log = structlog.get_logger()

CLOCKS_APART = timedelta(days=1)  # how far before the dot a server may have dated its copy
LONG_AGO = 6  # times the search for a copy: then it is over, whoever sent the mail
NO_ANSWER = "no answer to the final dot was read"
MOVED = "the mail to itself is in Sent, and did not arrive: it may have been moved there by a rule"
LOST = "the mail to itself turned up neither in Sent nor in INBOX"


async def send_probe(world: World, mailbox: str, lease: Lease | None = None) -> Capability:
    """What is known after a mail to itself was sent, or could not be.

    Args:
        world: everything.
        mailbox: which one.
        lease: of the daemon that does it; None where a person asks for it.
    """
    key = make_ref(mailbox, world.clock.now().isoformat(), world.desk.policy.salt)
    before = await learned_now(world, mailbox) or _nothing(world, mailbox)
    try:
        mail = _probe(world, replace(before, key=key))
    except ComposeError as error:
        return await _failed(world, before, str(error))

    async def hand() -> bool:
        began_s = world.clock.boot()
        intent = replace(before, key=key, sent_at=world.clock.now(), problem=NO_ANSWER)
        granted = await world.write(begin, intent, lease)
        late = world.clock.boot() - began_s > LOOK_IS_GOOD_FOR_S
        return granted and not late and not world.ending.is_set()

    address = world.desk.policy.mailboxes[mailbox].address
    outcome = await world.doors[mailbox].mailer.send(Envelope(address, address, mail.data), hand)
    world.probing_s[key] = world.clock.boot()
    log.info("probe_sent", mailbox=mailbox, outcome=outcome.kind, phase=outcome.phase)
    return await _answered(world, before, key, outcome)


async def look_for(world: World, known: Capability) -> Capability:
    """What is known after a look for the probe that is under way.

    Where none came in time the mailbox counts as one whose provider files none, and the search goes
    on for a day: a provider may take its time, and then it does file them.

    A copy in Sent counts only beside the mail that arrived. Some people have a rule that moves what
    comes from themselves to Sent: that files no copy of a mail to anybody else.
    """
    mailbox, mail = known.mailbox, _probe(world, known)
    seen_s, dated_s = _passed(world, known)
    policy = world.desk.policy
    within = policy.late_copy_within if known.is_late else policy.copy_within
    within_s = within.total_seconds()
    is_over = seen_s >= within_s or dated_s >= LONG_AGO * within_s
    since = (known.sent_at or world.clock.now()) - CLOCKS_APART
    inbox = world.doors[mailbox].inbox
    try:
        copy = await inbox.find(Folder.SENT, mail.message_id, mail.ref, since)
        arrived = await _arrived(inbox, mail, since) if copy or is_over else Found()
    except InboxError as error:
        log.warning("probe_not_looked_for", mailbox=mailbox, error=str(error))
        in_vain = is_over or isinstance(error, NoSentFolderError)
        return await _failed(world, known, str(error), sent=True) if in_vain else known
    if copy and arrived:
        lag_s = ceil(max(seen_s, min(dated_s, within_s)))
        return await _learned(world, known, copy, lag_s=lag_s)
    if not is_over:
        return known
    if known.is_late:
        return await _store(world, known.key, replace(known, key=""))
    if copy or (known.problem and not arrived):
        return await _failed(world, known, MOVED if copy else LOST, sent=True)
    return await _learned(world, known, arrived, lag_s=None)


async def _arrived(inbox: Inbox, mail: ProbeMail, since: datetime) -> Found:
    """By which marks the mail is found where mail comes in."""
    for folder in (Folder.INBOX, Folder.JUNK):
        with suppress(NoSentFolderError):  # there need not be a Junk
            if found := await inbox.find(folder, mail.message_id, mail.ref, since):
                return found
    return Found()


def begin(connection: Connection, intent: Capability, lease: Lease | None) -> bool:
    """Whether the final dot of a probe may be written; if so, it is stored as under way."""
    if lease is not None and (epoch.why_held(connection) or not is_held(connection, lease)):
        return False
    before = capabilities.get(connection, intent.mailbox, intent.server)
    if before is not None and before.is_under_way and not before.is_late:
        return False
    capabilities.save(connection, intent)
    return True


def end(connection: Connection, key: str, found: Capability) -> Capability:
    """Store what came of the probe of that key, unless that has been done by somebody else."""
    before = capabilities.get(connection, found.mailbox, found.server)
    if before is not None and before.key not in {"", key}:
        return before
    capabilities.save(connection, found)
    return found


def put_back(connection: Connection, before: Capability) -> None:
    """Store what was known before a probe that did not leave after all."""
    if before.is_learned or before.problem:
        capabilities.save(connection, before)
    else:
        capabilities.forget(connection, before.mailbox)


def _nothing(world: World, mailbox: str) -> Capability:
    server = world.desk.policy.mailboxes[mailbox].server
    return Capability(mailbox, server, world.clock.now())


def _probe(world: World, known: Capability) -> ProbeMail:
    policy = world.desk.policy.mailboxes[known.mailbox]
    sender = Mailbox(policy.address, policy.sender_name)
    at: datetime = world.clock.now()
    return make_probe(sender, known.key, world.desk.policy.salt, at)


def _passed(world: World, known: Capability) -> tuple[float, float]:
    """Seconds since the dot: as seen by this process, and by the clock on the wall.

    The first decides when the search ends, since nobody sets that clock. What another process sent
    long ago is known by the second alone, which may be wrong.
    """
    now_s = world.clock.boot()
    seen_s = now_s - world.probing_s.setdefault(known.key, now_s)
    sent_at = known.sent_at or world.clock.now()
    return seen_s, max(0.0, (world.clock.now() - sent_at).total_seconds())


async def _answered(world: World, before: Capability, key: str, outcome: Outcome) -> Capability:
    known = await learned_now(world, before.mailbox) or before
    match outcome.kind:
        case OutcomeKind.ACCEPTED:
            return await _store(world, key, replace(known, problem=""))
        case OutcomeKind.UNKNOWN:
            return known
        case OutcomeKind.WITHHELD:
            return await _withheld(world, before, known, key)
        case _:
            return await _failed(world, replace(known, key=key), words(outcome))


async def _withheld(world: World, before: Capability, known: Capability, key: str) -> Capability:
    """As it was before, and another try at once, unless somebody else has sent a probe."""
    if known.key in {"", key}:
        await world.write(put_back, before)
        world.learned.pop(before.mailbox, None)
        return before
    return known


async def _learned(
    world: World, known: Capability, found: Found, *, lag_s: int | None
) -> Capability:
    """Store what the probe has shown; the marks of a mail that never came into sight stay open."""
    result = replace(
        known,
        probed_at=world.clock.now(),
        keeps_sent_copy=lag_s is not None,
        keeps_message_id=found.by_message_id if found else None,
        keeps_custom_header=found.by_ref if found else None,
        sent_search_lag_s=lag_s,
        problem="",
        key="" if lag_s is not None else known.key,
    )
    log.info("provider_learned", mailbox=known.mailbox, keeps_sent_copy=result.keeps_sent_copy)
    return await _store(world, known.key, result)


async def _failed(
    world: World, known: Capability, problem: str, *, sent: bool = False
) -> Capability:
    """Store why nothing was learned. What had been learned before of these servers stays."""
    log.warning("provider_not_learned", mailbox=known.mailbox, problem=problem)
    sent_at = known.sent_at if sent else None
    probed_at = known.probed_at if known.is_learned else world.clock.now()
    result = replace(known, probed_at=probed_at, problem=problem, sent_at=sent_at, key="")
    return await _store(world, known.key, result)


async def _store(world: World, key: str, found: Capability) -> Capability:
    stored = await world.write(end, key, found)
    world.learned[found.mailbox] = (world.clock.boot(), stored)
    return stored
