"""Send what is due in one mailbox, as far as its pace and the gate allow."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from sequencer.domain.send import SendEvent, SendState
from sequencer.engine.desk import Desk
from sequencer.engine.leases import Lease
from sequencer.engine.look import AT_ONCE, Claimed, Looked, look
from sequencer.engine.own_pace import OwnMails
from sequencer.engine.push_forward import push
from sequencer.engine.reopen import reopen
from sequencer.engine.scan import scan
from sequencer.engine.send_mail import Sent, own_mails, send_one
from sequencer.engine.turns import due_turns
from sequencer.engine.world import World
from sequencer.mail.transaction import OutcomeKind
from sequencer.store import mailboxes, sends
from sequencer.store.database import Connection, DatabaseError

log = structlog.get_logger()


async def dispatch(world: World, lease: Lease) -> int:
    """How many mails went out before nothing was due any more, or the mailbox had to stop."""
    sent = 0
    while not world.must_end(lease.mailbox):
        own = own_mails(world, lease.mailbox, world.clock.boot())
        if own.room == 0 or not await _is_fresh(world, lease.mailbox):
            break
        looked = await _looked(world, lease, own)
        batch = _Batch(world, lease, deque(looked.claimed))
        sent += await batch.send()
        if looked.stops or batch.is_withheld or not looked.moved:
            break
    return sent


async def _looked(world: World, lease: Lease, own: OwnMails) -> Looked:
    """A look at what is due; one that nobody could foresee is pushed forward and reported."""
    try:
        return await world.write(look, world.desk, lease, world.clock.now(), own=own)
    except DatabaseError:
        raise  # no row's fault: the next tick tries again
    except Exception:
        log.exception("look_failed", mailbox=lease.mailbox)
        return await _looked_at_each(world, lease, own)


async def _looked_at_each(world: World, lease: Lease, own: OwnMails) -> Looked:
    """The same one by one: one of them must not keep the others back."""
    whole, now = Looked(), world.clock.now()
    turns = await world.read(due_turns, lease.mailbox, 0.0, now, AT_ONCE)
    for send_id in turns.numbers:
        try:
            looked = await world.write(look, world.desk, lease, now, [send_id], own)
        except DatabaseError:
            raise
        except Exception as error:
            log.exception("send_pushed_forward", send=send_id)
            await push(world, send_id, error)
            whole.moved += 1
            continue
        whole.claimed += looked.claimed
        whole.moved += looked.moved
        whole.stops = looked.stops
        if looked.claimed or looked.stops:
            break  # what goes counts for the others
    return whole


@dataclass
class _Batch:
    """Claimed mails of a mailbox, sent over as many connections as it may have.

    Attributes:
        is_withheld: whether one was kept back at the last moment; the reason may concern all.
    """

    world: World
    lease: Lease
    claimed: deque[Claimed]
    is_withheld: bool = False
    _halts: bool = False
    _sent: int = 0

    async def send(self) -> int:
        """How many went out; what could not be tried is given back."""
        if not self.claimed:
            return 0
        policy = self.world.desk.policy.mailboxes.get(self.lease.mailbox)
        lanes = min(policy.connections if policy else 1, len(self.claimed))
        ends = await asyncio.gather(*(self._lane() for _ in range(lanes)), return_exceptions=True)
        errors = [end for end in ends if end is not None]
        if self.claimed and not errors:
            numbers = [each.send_id for each in self.claimed]
            now = self.world.clock.now()
            await self.world.write(give_back, self.world.desk, self.lease, numbers, now)
        for error in errors:  # the database's trouble; the next round puts right what is left
            raise error
        return self._sent

    async def _lane(self) -> None:
        """Send one after another; whatever is not accepted calls for a new look at the rest."""
        before: Sent | None = None
        with self.world.group.expecting():
            while self._goes_on():
                claimed = self.claimed.popleft()
                sent = await self._one(claimed, before)
                if before is not None and not await before.storing.is_done():
                    self._halts = True
                before = sent
            if before is not None:
                await before.storing.is_done()

    def _goes_on(self) -> bool:
        mailbox, world = self.lease.mailbox, self.world
        may = self.claimed and not self._halts and not world.must_end(mailbox)
        return bool(may) and world.has_scanned(mailbox)

    async def _one(self, claimed: Claimed, before: Sent | None) -> Sent | None:
        try:
            sent = await send_one(self.world, self.lease, claimed, before)
        except DatabaseError:
            self._halts = True
            raise
        except Exception as error:
            self._halts = True
            log.exception("send_pushed_forward", send=claimed.send_id)
            await push(self.world, claimed.send_id, error)
            return None
        if sent.kind is OutcomeKind.ACCEPTED:
            self._sent += 1
        else:
            self._halts = True
        if sent.kind is OutcomeKind.WITHHELD:
            self.is_withheld = True
        return sent


def give_back(
    connection: Connection, desk: Desk, lease: Lease, send_ids: Sequence[int], now: datetime
) -> None:
    """Let sends that were claimed, and not tried, wait again."""
    for send in sends.get_many(connection, send_ids).values():
        if send.state is SendState.CLAIMED and send.fence == lease.fence:
            reopen(connection, desk, send, SendEvent.RELEASE, now)


async def _is_fresh(world: World, mailbox: str) -> bool:
    """Whether the mailbox has been read recently enough; reads it where it has not."""
    known = await world.read(mailboxes.get, mailbox)
    synced_at, freshness = known.health.synced_at, world.desk.policy.freshness
    dated = synced_at is not None and abs(world.clock.now() - synced_at) <= freshness
    if dated and world.has_scanned(mailbox):
        return True
    return await scan(world, mailbox)
