"""How many mails lie within a rolling period, counted along instants that come in order."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sequencer.domain.rolling import DAY, HOUR, WEEK

_NAMES = {HOUR: "hour", DAY: "24 hours", WEEK: "7 days"}


@dataclass
class Meter:
    """A period that ends at each instant in turn; `allowed` is None where there is no limit."""

    period: timedelta
    allowed: int | None
    _recent: deque[datetime] = field(default_factory=deque)

    @property
    def number(self) -> int:
        """How many instants lie in the period that ends at the last of them."""
        return len(self._recent)

    def excess(self, who: str, at: datetime) -> Iterator[str]:
        """Count an instant; a sentence where it is one too many."""
        while self._recent and self._recent[0] <= at - self.period:
            self._recent.popleft()
        self._recent.append(at)
        if self.allowed is not None and self.number > self.allowed:
            period = f"in the {_NAMES[self.period]} to {at:%Y-%m-%d %H:%M:%S} UTC"
            yield f"{self.number} mails {who} {period}, {self.allowed} are allowed"
