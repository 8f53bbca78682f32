"""Send one claimed mail: drive the transaction, hand over before the dot, store the outcome."""

import structlog

from sequencer.engine.hand import Handing, hand_over
from sequencer.engine.leases import Lease
from sequencer.engine.look import Look, Next, look
from sequencer.engine.outcome import record
from sequencer.engine.world import World
from sequencer.mail.folder import InboxError
from sequencer.mail.transaction import Envelope, OutcomeKind

log = structlog.get_logger()


async def send_one(world: World, lease: Lease, send_id: int) -> Look:
    """The last look at a due send and, where it allows it, the whole SMTP transaction.

    A crash at any point leaves the send `claimed` (tried again) or `handed` (in doubt).
    """
    looked_at_boot = world.clock.boot()
    found = await world.write(look, world.desk, send_id, lease, world.clock.now())
    if found.mail is None:
        return found
    mail = found.mail

    async def hand() -> bool:
        age = world.clock.boot() - looked_at_boot
        handing = Handing(send_id, lease, age)
        return await world.write(hand_over, world.desk, handing, world.clock.now())

    door = world.doors[lease.mailbox]
    outcome = await door.mailer.send(Envelope(mail.sender, mail.recipient, mail.data), hand)
    await world.write(record, world.desk, send_id, outcome, world.clock.now())
    if outcome.kind is OutcomeKind.ACCEPTED:
        await _keep_copy(world, lease.mailbox, mail.data)
        return found
    return Look(Next.NEXT)


async def _keep_copy(world: World, mailbox: str, data: bytes) -> None:
    """File a copy in Sent where the provider does not; a failure is no reason to doubt the mail."""
    if world.desk.policy.mailboxes[mailbox].keeps_sent_copy:
        return
    try:
        await world.doors[mailbox].inbox.keep_copy(data, world.clock.now())
    except InboxError as error:
        log.warning("sent_copy_not_filed", mailbox=mailbox, error=str(error))
