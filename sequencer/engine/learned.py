"""What is known of a mailbox's provider now? Kept for a minute, because each mail asks."""

from sequencer.domain.capability import Capability
from sequencer.engine.world import World
from sequencer.store import capabilities

KEPT_S = 60.0  # of the boot clock; a person may have learned it anew from the command line


async def learned(world: World, mailbox: str) -> Capability | None:
    """What is known of the mailbox on the servers that are set now; None if nothing is."""
    kept = world.learned.get(mailbox)
    if kept is not None and world.clock.boot() - kept[0] <= KEPT_S:
        return kept[1]
    return await learned_now(world, mailbox)


async def learned_now(world: World, mailbox: str) -> Capability | None:
    """The same as it stands in the database."""
    server = world.desk.policy.mailboxes[mailbox].server
    known = await world.read(capabilities.get, mailbox, server)
    world.learned[mailbox] = (world.clock.boot(), known)
    return known
