"""Send one claimed mail: drive the transaction, hand over before the dot, store the outcome."""

import asyncio
from dataclasses import dataclass, replace

import structlog

from sequencer.domain.pacing import Pace
from sequencer.engine.hand import LOOK_IS_GOOD_FOR_S, Handing, hand_over
from sequencer.engine.leases import Lease
from sequencer.engine.look import Claimed
from sequencer.engine.outcome import Result, record
from sequencer.engine.own_pace import OwnMails
from sequencer.engine.push_forward import push
from sequencer.engine.sent_copy import keep_copy
from sequencer.engine.world import World
from sequencer.mail.transaction import Envelope, Outcome, OutcomeKind
from sequencer.store.database import DatabaseError

log = structlog.get_logger()

ANSWER_IS_KEPT_FOR_S = 60.0
RECORD_AGAIN_S = 2.0  # each try waits for the database by itself as well


@dataclass(frozen=True, slots=True)
class Sent:
    """What a transaction came to, and the storing of it, which may still be under way.

    Attributes:
        stored: whether it could be stored; else the send was pushed forward.
    """

    kind: OutcomeKind
    stored: "asyncio.Task[bool]"


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
    stored = asyncio.create_task(_stored(world, result), name=f"store {send_id}")
    place = {"mailbox": lease.mailbox, "send": send_id, "phase": outcome.phase}
    log.info("mail_attempted", outcome=outcome.kind, code=outcome.code, **place)
    if outcome.kind is OutcomeKind.ACCEPTED:
        await keep_copy(world, lease.mailbox, claimed.mail.data)
    return Sent(outcome.kind, stored)


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
            clear = before is None or await before.stored
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


async def _stored(world: World, result: Result) -> bool:
    """Whether the outcome could be stored. Raises DatabaseError."""
    try:
        await _record(world, result)
    except DatabaseError:
        raise
    except Exception as error:
        log.exception("send_pushed_forward", send=result.send_id)
        await push(world, result.send_id, error)
        return False
    return True


async def _record(world: World, result: Result) -> None:
    """Store the outcome; an answer in hand outlasts a database that is busy for a while."""
    began_s = None
    while True:
        try:
            await world.together(record, result, is_patient=True)
        except DatabaseError:
            began_s = world.clock.boot() if began_s is None else began_s
            if world.ending.is_set() or world.clock.boot() - began_s >= ANSWER_IS_KEPT_FOR_S:
                raise  # a send that was handed over is in doubt from here on
            log.warning("outcome_not_stored_yet", mailbox=result.lease.mailbox, send=result.send_id)
            await world.clock.sleep(RECORD_AGAIN_S)
            result = replace(result, again=True)
        else:
            return
