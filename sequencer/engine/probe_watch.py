"""Which mailboxes have to be learned about, and when is the next look? For the daemon's ticks.

A probe never holds a task for long: it is sent in one step and looked for in others, so that it
delays no mail and no other mailbox, and a daemon that ends loses nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sequencer.domain.capability import Capability
from sequencer.domain.mailbox import MailboxState
from sequencer.engine.learned import learned_now
from sequencer.engine.leases import Lease
from sequencer.engine.probe import look_for, send_probe
from sequencer.engine.sent_copy import catch_up
from sequencer.engine.world import World
from sequencer.store import mailboxes

FIRST_LOOK_S = 2.0
LATER_LOOKS_S = 60.0  # at most, between two looks
LATE_LOOKS_S = 1_800.0  # the same once a copy did not come in time
NOT_YET_S = 10.0  # where the mailbox is not in order, or was never read
KNOWN_S = 600.0
AT_ONCE = 4  # mailboxes of one tick: a thousand new ones are learned about in some minutes


@dataclass
class ProbeWatch:
    """When each mailbox is attended to next, in seconds of the boot clock, and the last wait."""

    next_s: dict[str, float] = field(default_factory=dict)
    waited_s: dict[str, float] = field(default_factory=dict)

    def due(self, world: World, leases: Mapping[str, Lease]) -> list[Lease]:
        """Mailboxes to attend to now; they are not named again before it is time."""
        if not world.desk.policy.probes or world.ending.is_set():
            return []
        now_s = world.clock.boot()
        found = [each for name, each in leases.items() if self.next_s.get(name, 0.0) <= now_s]
        found.sort(key=lambda lease: self.next_s.get(lease.mailbox, 0.0))  # all have their turn
        for lease in found[:AT_ONCE]:
            self.next_s[lease.mailbox] = now_s + NOT_YET_S
        return found[:AT_ONCE]

    async def attend(self, world: World, lease: Lease) -> None:
        """Send a probe or look for it, if there is anything to be learned."""
        known = await learned_now(world, lease.mailbox)
        if known is None or known.is_due(world.clock.now()):
            if not await _is_in_order(world, lease.mailbox):
                return
            known = await send_probe(world, lease.mailbox, lease)
        elif known.is_under_way:
            before, known = known, await look_for(world, known)
            if known.is_late and not before.is_late:
                await catch_up(world, lease.mailbox)
        self._wait(world, known)

    def _wait(self, world: World, known: Capability) -> None:
        wait_s = KNOWN_S
        if known.is_under_way:
            most_s = LATE_LOOKS_S if known.is_late else LATER_LOOKS_S
            wait_s = min(2 * self.waited_s.get(known.mailbox, FIRST_LOOK_S / 2), most_s)
            self.waited_s[known.mailbox] = wait_s
        else:
            self.waited_s.pop(known.mailbox, None)
        self.next_s[known.mailbox] = world.clock.boot() + wait_s


async def _is_in_order(world: World, mailbox: str) -> bool:
    """Whether the mailbox may send, and has been read: else nothing would be found there."""
    policy = world.desk.policy.mailboxes.get(mailbox)
    health = (await world.read(mailboxes.get, mailbox)).health
    is_well = health.state is MailboxState.OK and health.synced_at is not None
    return is_well and policy is not None and policy.pace.per_day > 0
