"""Send one claimed mail: drive the transaction, hand over before the dot, store the outcome."""

import asyncio
from dataclasses import dataclass

import structlog

from sequencer.domain.pacing import Pace
from sequencer.engine.hand import LOOK_IS_GOOD_FOR_S, Handing, hand_over
from sequencer.engine.leases import Lease
from sequencer.engine.look import Claimed
from sequencer.engine.outcome import Result
from sequencer.engine.own_pace import OwnMails
from sequencer.engine.sent_copy import keep_copy
from sequencer.engine.storing import Storing
from sequencer.engine.world import World
from sequencer.mail.transaction import Envelope, Outcome, OutcomeKind
from sequencer.store.database import DatabaseError

log = structlog.get_logger()


@dataclass(slots=True)
class Sent:
    """What a transaction came to, and the storing of it, which may still be under way."""

    kind: OutcomeKind
    storing: Storing


async def send_one(world: World, lease: Lease, claimed: Claimed, before: Sent | None) -> Sent:
    """What the whole SMTP transaction of a claimed mail came to.

    A crash at any point leaves the send `claimed` (tried again) or `handed` (in doubt). `before` is
    the mail before it on the same connection: no dot follows until its outcome is stored.
    """
    send_id = claimed.send_id
    outcome = await _transact(world, lease, claimed, before)
    if outcome.kind is OutcomeKind.UNKNOWN:
        world.doubted_s[send_id] = world.clock.boot()
    result = Result(send_id, lease, claimed.case, outcome, world.clock.now())
    storing = Storing(world, result)
    place = {"mailbox": lease.mailbox, "send": send_id, "phase": outcome.phase}
    log.info("mail_attempted", outcome=outcome.kind, code=outcome.code, **place)
    if outcome.kind is OutcomeKind.ACCEPTED:
        await keep_copy(world, lease.mailbox, claimed.mail.data)
    return Sent(outcome.kind, storing)


async def _transact(world: World, lease: Lease, claimed: Claimed, before: Sent | None) -> Outcome:
    async def hand() -> bool:
        if not world.has_scanned(lease.mailbox):
            return False
        began_s = world.clock.boot()
        own = own_mails(world, lease.mailbox, began_s)
        if own.room == 0:
            return False
        handing = Handing(claimed.send_id, lease, claimed.case, own.last_at)
        asked = world.together(hand_over, handing)
        try:
            clear = before is None or await before.storing.is_done()
            granted = await asked and clear
        except DatabaseError as error:
            # Whether it was committed is unknown; that no dot is written from here on is not.
            log.warning("mail_not_handed_over", mailbox=lease.mailbox, error=str(error))
            await asyncio.gather(asked, return_exceptions=True)
            return False
        ends_s = world.clock.boot()
        goes = granted and ends_s - began_s <= LOOK_IS_GOOD_FOR_S
        if goes:
            world.own_pace.note(lease.mailbox, ends_s)
        return goes

    mail = claimed.mail
    envelope = Envelope(mail.sender, mail.recipient, mail.data)
    return await world.doors[lease.mailbox].mailer.send(envelope, hand)


def own_mails(world: World, mailbox: str, boot_s: float) -> OwnMails:
    """What this process knows of its own mails from a mailbox, at this moment."""
    policy = world.desk.policy.mailboxes.get(mailbox)
    pace = policy.pace if policy else Pace()
    return world.own_pace.mails(mailbox, pace, world.clock.now(), boot_s)
