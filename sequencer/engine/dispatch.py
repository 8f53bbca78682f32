"""Send what is due in one mailbox, as far as its pace and the gate allow."""

from datetime import datetime, timedelta

import structlog

from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.send import SendEvent, SendState
from sequencer.engine.desk import Desk
from sequencer.engine.leases import Lease, doubt
from sequencer.engine.look import Next
from sequencer.engine.reopen import reopen
from sequencer.engine.scan import scan
from sequencer.engine.send_mail import send_one
from sequencer.engine.turns import due_turns
from sequencer.engine.world import World
from sequencer.store import enrollments, ledger, mailboxes, sends
from sequencer.store.database import Connection, DatabaseError

log = structlog.get_logger()

OUT_OF_THE_WAY = timedelta(hours=1)


async def dispatch(world: World, lease: Lease) -> int:
    """How many mails went out before nothing was due any more, or the mailbox had to stop."""
    policy = world.desk.policy.mailboxes.get(lease.mailbox)
    first_share = policy.pace.first_share if policy else 0.0
    sent = 0
    while True:
        turns = await world.read(due_turns, lease.mailbox, first_share, world.clock.now())
        taken = 0
        while (send_id := turns.take()) is not None:
            taken += 1
            if world.ending.is_set() or not await _is_fresh(world, lease.mailbox):
                return sent
            done = await _one(world, lease, send_id)
            if done is Next.STOP:
                return sent
            if done is Next.SEND:
                turns.went_out()
                sent += 1
        if not taken:
            return sent


async def _one(world: World, lease: Lease, send_id: int) -> Next:
    """What came of one due send; one that nobody could foresee is pushed forward and reported."""
    try:
        return (await send_one(world, lease, send_id)).next
    except DatabaseError:
        raise  # no row's fault: the next tick tries again
    except Exception as error:
        log.exception("send_pushed_forward", send=send_id)
        await world.write(push_forward, world.desk, send_id, repr(error), world.clock.now())
        return Next.NEXT


def push_forward(connection: Connection, desk: Desk, send_id: int, why: str, now: datetime) -> None:
    """Take a send out of the way for a while; one handed over is in doubt, and settled as such.

    The prospect or the cadence may be what is wrong with it, so neither is read.
    """
    send = sends.get(connection, send_id)
    why = f"internal error: {why}"
    if send.state is SendState.HANDED:
        doubt(connection, desk, [send], why, now)
    elif send.state is SendState.CLAIMED:
        reopen(connection, desk, send, SendEvent.RELEASE, now)
    if sends.postpone(connection, send_id, now + OUT_OF_THE_WAY, why):
        stored = enrollments.get(connection, send.enrollment_id)
        entry = Entry(
            at=now,
            kind=Kind.POSTPONED,
            detail=f"for {OUT_OF_THE_WAY}: {why}",
            prospect_id=stored.prospect_id,
            enrollment_id=stored.id,
            mailbox=send.mailbox,
            step_id=send.step_id,
        )
        ledger.write(connection, entry)


async def _is_fresh(world: World, mailbox: str) -> bool:
    """Whether the mailbox has been read recently enough; reads it where it has not."""
    known = await world.read(mailboxes.get, mailbox)
    synced_at, freshness = known.health.synced_at, world.desk.policy.freshness
    dated = synced_at is not None and abs(world.clock.now() - synced_at) <= freshness
    if dated and world.has_scanned(mailbox):
        return True
    return await scan(world, mailbox)
