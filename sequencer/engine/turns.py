"""Which of the mails that are due in a mailbox goes next, follow-up or first touch?"""

from collections import deque
from dataclasses import dataclass
from datetime import datetime

from sequencer.domain.turn import follow_ups_between, is_first_touch_next
from sequencer.store import due, traffic
from sequencer.store.database import Connection

BATCH = 20  # mails of either kind that are read at once; each has a last look of its own


@dataclass
class Turns:
    """Numbers of the sends that are due, the oldest first, and the kinds of what went before."""

    first_share: float
    follow_ups: deque[int]
    first_touches: deque[int]
    kinds: list[bool]
    _left: int = BATCH
    _is_follow_up: bool = False

    def take(self) -> int | None:
        """The next one; None once it is time to read anew what is due."""
        if self._left == 0 or not (self.follow_ups or self.first_touches):
            return None
        self._left -= 1
        both = bool(self.follow_ups and self.first_touches)
        first = is_first_touch_next(self.kinds, self.first_share) if both else not self.follow_ups
        self._is_follow_up = not first
        return (self.first_touches if first else self.follow_ups).popleft()

    def went_out(self) -> None:
        """The one that was taken last has left, so it counts for the turns of the others."""
        self.kinds.append(self._is_follow_up)


def due_turns(connection: Connection, mailbox: str, first_share: float, now: datetime) -> Turns:
    """What is due in a mailbox now."""
    follow_ups, first_touches = (
        deque(due.next_due(connection, mailbox, now, BATCH, follow_up=follow_up))
        for follow_up in (True, False)
    )
    kinds = traffic.recent_kinds(connection, mailbox, follow_ups_between(first_share) or 0)
    return Turns(first_share, follow_ups, first_touches, kinds)
