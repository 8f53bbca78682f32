"""File a copy of what was sent in Sent, where the provider does not do that itself."""

import structlog

from sequencer.engine.world import World
from sequencer.mail.folder import InboxError

log = structlog.get_logger()


async def keep_copy(world: World, mailbox: str, data: bytes) -> None:
    """File the copy if nobody else does; a failure is no reason to doubt the mail."""
    if world.desk.policy.mailboxes[mailbox].keeps_sent_copy:
        return
    try:
        await world.doors[mailbox].inbox.keep_copy(data, world.clock.now())
    except InboxError as error:
        log.warning("sent_copy_not_filed", mailbox=mailbox, error=str(error))
