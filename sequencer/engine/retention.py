"""Remove the bytes of mails that are older than is wanted: once a day, a few at a time.

What was made of them stays. A mail about which somebody has to decide keeps its bytes until then.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog

from sequencer.engine.world import World
from sequencer.store import kept_mail

log = structlog.get_logger()

EVERY: Final = timedelta(days=1)
PORTION: Final = 100  # mails in one transaction: each may have megabytes
PORTIONS: Final = 5  # of one look


@dataclass
class RetentionWatch:
    """When this daemon last had nothing left to remove."""

    done_at: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """Whether a day has passed, on a clock that may have been set back meanwhile."""
        return self.done_at is None or abs(now - self.done_at) >= EVERY

    async def look(self, world: World) -> int:
        """How many mails lost their bytes; where there are many, the next look goes on."""
        now, removed = world.clock.now(), 0
        before = now - world.desk.policy.replies.keeps_mail
        for _ in range(PORTIONS):
            numbers = await world.read(kept_mail.too_old, before, PORTION)
            if numbers:
                removed += await world.write(kept_mail.forget_bytes, numbers)
            if len(numbers) < PORTION:
                self.done_at = now
                break
        if removed:
            log.info("mail_bytes_removed", mails=removed)
        return removed
