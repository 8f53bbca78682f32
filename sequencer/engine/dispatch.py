"""Send what is due in one mailbox, as far as its pace and the gate allow."""

from sequencer.engine.leases import Lease
from sequencer.engine.look import Next
from sequencer.engine.scan import scan
from sequencer.engine.send_mail import send_one
from sequencer.engine.world import World
from sequencer.store import mailboxes, sends

BATCH = 20  # due sends read at once; each has a last look of its own


async def dispatch(world: World, lease: Lease) -> int:
    """How many mails went out before nothing was due any more, or the mailbox had to stop."""
    sent = 0
    while True:
        due = await world.read(sends.next_due, lease.mailbox, world.clock.now(), BATCH)
        if not due:
            return sent
        for send_id in due:
            if not await _is_fresh(world, lease.mailbox):
                return sent
            result = await send_one(world, lease, send_id)
            if result.next is Next.STOP:
                return sent
            sent += result.next is Next.SEND


async def _is_fresh(world: World, mailbox: str) -> bool:
    """Whether the mailbox has been read recently enough; reads it where it has not."""
    known = await world.read(mailboxes.get, mailbox)
    synced_at = known.health.synced_at
    if synced_at is not None and world.clock.now() - synced_at <= world.desk.policy.freshness:
        return True
    return await scan(world, mailbox)
