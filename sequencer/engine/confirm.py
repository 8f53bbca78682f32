"""Confirm opt-outs that came as an answer, where the settings want it: one mail each, ever.

Who has opted out gets nothing more but this. It is sent at most once: where it is unknown whether
it has left, it is not sent again, and it counts for the mailbox like a mail by hand.
"""

from datetime import datetime, timedelta
from typing import Final

import structlog

from sequencer.domain.address import address_key, domain_of
from sequencer.domain.ledger import Kind
from sequencer.domain.pacing import mailbox_refusals
from sequencer.engine.desk import Desk
from sequencer.engine.entry import entry_of
from sequencer.engine.hand import LOOK_IS_GOOD_FOR_S
from sequencer.engine.heard import Heard
from sequencer.engine.leases import Lease, is_held
from sequencer.engine.recording import words
from sequencer.engine.survey import key_of
from sequencer.engine.traffic import mailbox_traffic
from sequencer.engine.world import World
from sequencer.mail.compose_error import ComposeError
from sequencer.mail.confirmation import Wanted, make_confirmation, may_confirm
from sequencer.mail.draft import Mailbox
from sequencer.mail.message_id import make_ref
from sequencer.mail.transaction import Envelope, Outcome, OutcomeKind
from sequencer.store import confirmations, epoch, ledger, touches
from sequencer.store.confirmations import Confirmation, NewConfirmation, Tried
from sequencer.store.database import Connection
from sequencer.store.touches import MailByHand

log = structlog.get_logger()

AGAIN: Final = timedelta(minutes=30)
MOST_TRIES: Final = 5


def queue_confirmation(heard: Heard) -> None:
    """Let a confirmation wait in the mailbox that was answered, if there may be one."""
    policy, incoming = heard.desk.policy, heard.verdict.incoming
    own = {address_key(each.address) for each in policy.mailboxes.values()}
    recipient_key = key_of(incoming.sender)
    may = recipient_key != "" and may_confirm(incoming, own)
    if not policy.replies.confirms_opt_out or not may:
        return
    new = NewConfirmation(
        key=make_ref(heard.case.stored.enrollment.key, str(heard.number), policy.salt),
        mailbox=heard.case.stored.enrollment.mailbox or "",
        recipient=incoming.sender,
        recipient_key=recipient_key,
        answers=incoming.message_id,
        language=heard.case.person.prospect.language,
    )
    if confirmations.queue(heard.connection, new, heard.now):
        detail = f"to {incoming.sender}: a confirmation of the opt-out"
        ledger.write(heard.connection, entry_of(heard.case, Kind.CONFIRMING, detail, heard.now))


async def confirm(world: World, lease: Lease) -> int:
    """How many confirmations left a mailbox; it goes on until none is due, or none may leave."""
    sent = 0
    while not world.must_end(lease.mailbox):
        found = await world.read(_next, world.desk, lease.mailbox, world.clock.now())
        if found is None:
            break
        if await _confirm(world, lease, found) is not OutcomeKind.ACCEPTED:
            break
        sent += 1
    return sent


def _next(connection: Connection, desk: Desk, mailbox: str, now: datetime) -> Confirmation | None:
    """The next one, if the pace of the mailbox leaves room for it."""
    found, policy = confirmations.due(connection, mailbox, now), desk.policy.mailboxes.get(mailbox)
    if found is None or policy is None:
        return None
    left = mailbox_traffic(connection, mailbox, policy.pace, now)
    return None if mailbox_refusals(policy.pace, left, now) else found


async def _confirm(world: World, lease: Lease, found: Confirmation) -> OutcomeKind:
    policy, now = world.desk.policy.mailboxes[lease.mailbox], world.clock.now()
    sender = Mailbox(policy.address, policy.sender_name)
    wanted = Wanted(sender, found.recipient, found.key, found.answers, found.language)
    try:
        data = make_confirmation(wanted, world.desk.policy.salt, now)
    except ComposeError as error:
        tried = Tried(found.id, None)
        await world.write(confirmations.end, tried, f"not written: {error}", now)
        return OutcomeKind.WITHHELD

    tried = Tried(found.id, None)

    async def hand() -> bool:
        nonlocal tried
        began_s, handed_at = world.clock.boot(), world.clock.now()
        granted = await world.write(_hand, lease, found, handed_at)
        tried = Tried(found.id, handed_at if granted else None)
        late = world.clock.boot() - began_s > LOOK_IS_GOOD_FOR_S
        goes = granted and not late and not world.ending.is_set()
        if goes:
            world.own_pace.note(lease.mailbox, world.clock.boot())
        return goes

    envelope = Envelope(policy.address, found.recipient, data)
    outcome = await world.doors[lease.mailbox].mailer.send(envelope, hand)
    log.info("opt_out_confirmed", mailbox=lease.mailbox, outcome=outcome.kind, phase=outcome.phase)
    await world.write(_answered, found, tried, outcome, world.clock.now())
    return outcome.kind


def _hand(connection: Connection, lease: Lease, found: Confirmation, now: datetime) -> bool:
    if epoch.why_held(connection) or not is_held(connection, lease):
        return False
    if not confirmations.hand(connection, found.id, now):
        return False
    domain, source = domain_of(found.recipient_key), _source(found)
    touches.add_mail_by_hand(connection, MailByHand(now, lease.mailbox, None, domain, source))
    return True


def _answered(
    connection: Connection, found: Confirmation, tried: Tried, outcome: Outcome, now: datetime
) -> None:
    """Store what became of it; what certainly did not leave is tried again, some times."""
    match outcome.kind:
        case OutcomeKind.ACCEPTED:
            confirmations.end(connection, tried, outcome.text or "accepted", now)
        case OutcomeKind.UNKNOWN:
            confirmations.end(connection, tried, f"nobody knows: {words(outcome)}", now)
        case _:
            if tried.handed_at is not None:
                touches.take_back(connection, _source(found))
            ends = outcome.kind is OutcomeKind.REJECTED or found.tries + 1 >= MOST_TRIES
            if ends:
                confirmations.end(connection, tried, words(outcome), now)
            else:
                confirmations.later(connection, tried, now + AGAIN, words(outcome))


def _source(found: Confirmation) -> str:
    return f"confirmation {found.id}"
