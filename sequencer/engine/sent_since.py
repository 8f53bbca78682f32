"""Every mail in Sent of a mailbox since an instant, portion by portion, the oldest first."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from sequencer.engine.world import World
from sequencer.mail.folder import Cursor, Fetched


async def sent_since(
    world: World, mailbox: str, since: datetime
) -> AsyncIterator[Sequence[Fetched]]:
    """The headers of some mails at a time; empty ones cannot be read. Raises InboxError."""
    cursor: Cursor | None = None
    while True:
        found = await world.doors[mailbox].inbox.read_sent(since, cursor)
        if not found.messages:
            return
        yield found.messages
        cursor = Cursor(found.uidvalidity, found.last_uid)
