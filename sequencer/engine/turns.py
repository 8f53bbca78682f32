"""Which of the mails that are due in a mailbox goes next, follow-up or first touch?"""

from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sequencer.domain.turn import follow_ups_between, is_first_touch_next
from sequencer.store import due, traffic
from sequencer.store.database import Connection


@dataclass
class Turns:
    """Numbers of the sends that are due, the oldest first, and the kinds of what went before."""

    first_share: float
    follow_ups: deque[int]
    first_touches: deque[int]
    kinds: list[bool]
    _is_follow_up: bool = False

    def __iter__(self) -> Iterator[int]:
        """The numbers in the order of their turns."""
        while self.follow_ups or self.first_touches:
            both = bool(self.follow_ups and self.first_touches)
            first = (
                is_first_touch_next(self.kinds, self.first_share) if both else not self.follow_ups
            )
            self._is_follow_up = not first
            yield (self.first_touches if first else self.follow_ups).popleft()

    @property
    def numbers(self) -> list[int]:
        """All that have not been given out."""
        return [*self.follow_ups, *self.first_touches]

    def only(self, numbers: Collection[int]) -> "Turns":
        """The same without all others."""
        follow_ups = deque(each for each in self.follow_ups if each in numbers)
        first_touches = deque(each for each in self.first_touches if each in numbers)
        return replace(self, follow_ups=follow_ups, first_touches=first_touches)

    def goes(self) -> None:
        """The one that was given out last goes, so it counts for the turns of the others."""
        self.kinds.append(self._is_follow_up)


def due_turns(
    connection: Connection, mailbox: str, first_share: float, now: datetime, most: int
) -> Turns:
    """What is due in a mailbox now, as many of either kind."""
    follow_ups, first_touches = (
        deque(due.next_due(connection, mailbox, now, most, follow_up=follow_up))
        for follow_up in (True, False)
    )
    kinds: list[bool] = []
    if follow_ups and first_touches:
        between = follow_ups_between(first_share) or 0
        kinds = traffic.recent_kinds(connection, mailbox, between)
    return Turns(first_share, follow_ups, first_touches, kinds)
