"""Send one claimed mail: drive the transaction, hand over before the dot, store the outcome."""

import structlog

from sequencer.engine.compose_mail import Composed
from sequencer.engine.hand import LOOK_IS_GOOD_FOR_S, hand_over
from sequencer.engine.leases import Lease
from sequencer.engine.look import Look, Next, look
from sequencer.engine.outcome import record, record_again
from sequencer.engine.sent_copy import keep_copy
from sequencer.engine.world import World
from sequencer.mail.transaction import Envelope, Outcome, OutcomeKind
from sequencer.store.database import DatabaseError

log = structlog.get_logger()

ANSWER_IS_KEPT_FOR_S = 60.0
RECORD_AGAIN_S = 2.0  # each try waits for the database by itself as well


async def send_one(world: World, lease: Lease, send_id: int) -> Look:
    """The last look at a due send and, where it allows it, the whole SMTP transaction.

    A crash at any point leaves the send `claimed` (tried again) or `handed` (in doubt).
    """
    found = await world.write(look, world.desk, send_id, lease, world.clock.now())
    if found.mail is None:
        return found
    outcome = await _transact(world, lease, send_id, found.mail)
    if outcome.kind is OutcomeKind.UNKNOWN:
        world.doubted_s[send_id] = world.clock.boot()
    await _record(world, lease, send_id, outcome)
    place = {"mailbox": lease.mailbox, "send": send_id, "phase": outcome.phase}
    log.info("mail_attempted", outcome=outcome.kind, code=outcome.code, **place)
    if outcome.kind is OutcomeKind.ACCEPTED:
        await keep_copy(world, lease.mailbox, found.mail.data)
        return found
    # What withheld this mail may concern the next one too: the next tick begins with a new look.
    return Look(Next.STOP if outcome.kind is OutcomeKind.WITHHELD else Next.NEXT)


async def _transact(world: World, lease: Lease, send_id: int, mail: Composed) -> Outcome:
    async def hand() -> bool:
        if not world.has_scanned(lease.mailbox):
            return False
        began_s = world.clock.boot()
        granted = await world.write(hand_over, world.desk, send_id, lease, world.clock.now())
        return granted and world.clock.boot() - began_s <= LOOK_IS_GOOD_FOR_S

    envelope = Envelope(mail.sender, mail.recipient, mail.data)
    return await world.doors[lease.mailbox].mailer.send(envelope, hand)


async def _record(world: World, lease: Lease, send_id: int, outcome: Outcome) -> None:
    """Store the outcome; an answer in hand outlasts a database that is busy for a while."""
    now, work, began_s = world.clock.now(), record, None
    while True:
        try:
            await world.write(work, world.desk, send_id, lease, outcome, now)
        except DatabaseError:
            began_s = world.clock.boot() if began_s is None else began_s
            if world.ending.is_set() or world.clock.boot() - began_s >= ANSWER_IS_KEPT_FOR_S:
                raise  # a send that was handed over is in doubt from here on
            log.warning("outcome_not_stored_yet", mailbox=lease.mailbox, send=send_id)
            await world.clock.sleep(RECORD_AGAIN_S)
            work = record_again
        else:
            return
