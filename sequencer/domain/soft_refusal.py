"""How often may an address refuse for now before it is left alone for a while?

A full mailbox or a server that is away may be well again the next day. One that is still so mails
later is not worth the reputation that each further refusal costs. Counted are mails, not tries: one
mail that is tried six times tells no more than that the trouble lasts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_MAILS = 3
LONGEST = timedelta(hours=72)  # that a single mail is refused for now
LEFT_ALONE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class SoftRefusal:
    """A mail that an address refused for now, by its enrollment and its step."""

    enrollment_id: int
    step_id: str
    at: datetime

    @property
    def mail(self) -> tuple[int, str]:
        """Which mail it is, however often it was tried."""
        return self.enrollment_id, self.step_id


def why_left_alone(refusals: Sequence[SoftRefusal]) -> str:
    """Why nothing more should go to an address for a while; empty where it still may."""
    first: dict[tuple[int, str], datetime] = {}
    longest = timedelta(0)
    for each in refusals:
        begun_at = first.setdefault(each.mail, each.at)
        longest = max(longest, each.at - begun_at)
    if len(first) >= MOST_MAILS:
        return f"{len(first)} mails were refused for now"
    if longest >= LONGEST:
        return f"one mail was refused for now over {longest // timedelta(hours=1)} hours"
    return ""
