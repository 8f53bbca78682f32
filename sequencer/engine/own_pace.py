"""How fast has this process sent, by the clock that nobody can set?

The instants in the database come from a wall clock. Set forward by an hour, it would let a mail
follow too soon, and another hour's share leave at once; set back, it would make a mailbox wait
until the old time has come again. What this process has sent itself it knows better, and needs not
ask for: a mailbox whose day it has used up is not looked at.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile

from sequencer.domain.pacing import Pace
from sequencer.domain.rolling import DAY, HOUR

HOUR_S = HOUR.total_seconds()
DAY_S = DAY.total_seconds()


@dataclass(frozen=True, slots=True)
class OwnMails:
    """What a look has to know of that: room for so many mails, and when the last one left.

    Attributes:
        last_at: on the wall clock as it stands now; None where this process has sent none.
    """

    room: int
    last_at: datetime | None = None


@dataclass
class OwnPace:
    """Seconds of the boot clock at which this process let mails go, by mailbox."""

    _gone_s: dict[str, deque[float]] = field(default_factory=dict)

    def note(self, mailbox: str, boot_s: float) -> None:
        """A mail goes."""
        self._gone_s.setdefault(mailbox, deque()).append(boot_s)

    def mails(self, mailbox: str, pace: Pace, now: datetime, boot_s: float) -> OwnMails:
        """What the mailbox has room for at that instant, which is `boot_s` on the boot clock."""
        gone_s = self._gone_s.get(mailbox)
        an_hour, a_day = pace.hourly(()).most, pace.per_day
        if not gone_s:
            return OwnMails(min(an_hour, a_day))
        since_s = boot_s - gone_s[-1]
        last_at = now - timedelta(seconds=since_s)
        if since_s < pace.gap.total_seconds():
            return OwnMails(0, last_at)
        while len(gone_s) > 1 and gone_s[0] <= boot_s - DAY_S:
            gone_s.popleft()
        of_day = len(gone_s) if since_s < DAY_S else 0
        of_hour = sum(1 for _ in takewhile(lambda at_s: at_s > boot_s - HOUR_S, reversed(gone_s)))
        return OwnMails(max(min(an_hour - of_hour, a_day - of_day), 0), last_at)
