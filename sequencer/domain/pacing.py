"""How fast one mailbox may send: a cap over a rolling 24 hours, and a gap between two mails.

Everything is computed from the instants of mails already sent, so there is no counter to lose.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sequencer.domain.jitter import fraction
from sequencer.domain.reason import Reason, Refusal

DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Pace:
    """Limits of a mailbox: mails per rolling 24 hours, and the least time between two of them."""

    per_day: int = 50
    gap: timedelta = timedelta(seconds=90)

    def gap_after(self, sent_at: datetime) -> timedelta:
        """Gap after that mail: the least gap and up to half as much more, so no grid shows."""
        return self.gap * (1 + fraction("gap", sent_at.isoformat()) / 2)


def pacing_refusals(pace: Pace, sent_at: Sequence[datetime], now: datetime) -> list[Refusal]:
    """What the mailbox's pace has against a mail at `now`.

    Args:
        pace: the limits.
        sent_at: instants (UTC) of the mailbox's mails that left or may have left, in any order.
        now: the instant (UTC) of the mail in question.
    """
    refusals = []
    recent = sorted(at for at in sent_at if at > now - DAY)
    if len(recent) >= pace.per_day:
        frees_at = recent[-pace.per_day] + DAY if pace.per_day else now + DAY
        detail = f"{len(recent)} of {pace.per_day}"
        refusals.append(Refusal(Reason.CAP_MAILBOX, detail, until=frees_at))
    if recent:
        clear_at = recent[-1] + pace.gap_after(recent[-1])
        if now < clear_at:
            refusals.append(Refusal(Reason.GAP, until=clear_at))
    return refusals
