"""How fast has this process sent, by the clock that nobody can set?

The instants in the database come from a wall clock. Set forward by an hour, it would let a mail
follow too soon, and another hour's share leave at once; set back, it would make a mailbox wait
until the old time has come again. What this process has sent itself it knows better, and needs not
ask for: a mailbox whose day it has used up is not looked at.
"""

from bisect import bisect_right
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

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
        gone_s = self._gone_s.setdefault(mailbox, deque())
        gone_s.append(boot_s)
        while gone_s[0] <= boot_s - DAY_S:
            gone_s.popleft()

    def free_s(self, mailbox: str, pace: Pace) -> float:
        """From when on (boot clock) there is room for one more; 0 where this process sent none."""
        gone_s = self._gone_s.get(mailbox)
        if not gone_s:
            return 0.0
        limits = ((1, pace.gap.total_seconds()), (pace.hourly(()).most, HOUR_S))
        return max(
            gone_s[-most] + period_s
            for most, period_s in (*limits, (pace.per_day, DAY_S))
            if 0 < most <= len(gone_s)
        )

    def mails(self, mailbox: str, pace: Pace, now: datetime, boot_s: float) -> OwnMails:
        """What the mailbox has room for at that instant, which is `boot_s` on the boot clock."""
        gone_s, most = self._gone_s.get(mailbox), pace.hourly(()).most
        if not gone_s:
            return OwnMails(min(most, pace.per_day))
        last_at = now - timedelta(seconds=boot_s - gone_s[-1])
        if boot_s < gone_s[-1] + pace.gap.total_seconds():
            return OwnMails(0, last_at)
        of_hour, of_day = _since(gone_s, boot_s - HOUR_S), _since(gone_s, boot_s - DAY_S)
        return OwnMails(max(0, min(most - of_hour, pace.per_day - of_day)), last_at)


def _since(gone_s: deque[float], boot_s: float) -> int:
    """How many left after that instant."""
    return len(gone_s) - (bisect_right(gone_s, boot_s) if gone_s[0] <= boot_s else 0)
