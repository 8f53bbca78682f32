"""What the provider of a mailbox does with a mail that was sent, as far as that has been learned.

Whatever is not known proves nothing: a mail is sent again only where its absence from Sent does.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

NOTHING_LEFT = timedelta(hours=6)  # until the next try, where the mail to itself could not be sent
NOTHING_FOUND = timedelta(days=7)  # where it was sent, and nobody could say what became of it
LATE = 2  # times the lag that was measured: by then a copy would be there


@dataclass(frozen=True, slots=True)
class Capability:
    """What a mail to itself, a probe, has shown about a mailbox; None where that is not known.

    Attributes:
        server: the servers it was learned of; others have other ways.
        probed_at: when it was learned, or tried last.
        keeps_sent_copy: the provider files a copy of what is sent by SMTP in Sent.
        keeps_message_id: the copy, or else the mail that arrived, has the Message-ID it was given.
        keeps_custom_header: the same of our own header.
        sent_search_lag_s: how long after the final dot the copy was found.
        problem: why nothing was learned by the last probe; empty if it was.
        key: of a probe that is under way; empty if none is.
        sent_at: when the last probe left; None if none did.
    """

    mailbox: str
    server: str
    probed_at: datetime
    keeps_sent_copy: bool | None = None
    keeps_message_id: bool | None = None
    keeps_custom_header: bool | None = None
    sent_search_lag_s: int | None = None
    problem: str = ""
    key: str = ""
    sent_at: datetime | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether a probe is looked for now."""
        return self.key != ""

    @property
    def is_late(self) -> bool:
        """Whether no copy came in time, and one is looked for all the same."""
        is_missing = self.is_under_way and self.keeps_sent_copy is False
        return is_missing and self.sent_at is not None and self.probed_at > self.sent_at

    @property
    def is_learned(self) -> bool:
        """Whether it is known what becomes of a copy."""
        return self.keeps_sent_copy is not None

    @property
    def would_show(self) -> bool:
        """Whether a mail that was sent would be in Sent, and known there by one of our marks."""
        keeps_a_mark = self.keeps_message_id or self.keeps_custom_header
        return bool(self.keeps_sent_copy and keeps_a_mark)

    @property
    def shows_within(self) -> timedelta:
        """How long after the final dot a copy would be there."""
        return timedelta(seconds=LATE * (self.sent_search_lag_s or 0))

    @property
    def due_at(self) -> datetime:
        """When there is something to do, unless it is learned: a look, or another probe."""
        if self.is_under_way:
            return self.probed_at
        return self.probed_at + (NOTHING_FOUND if self.sent_at is not None else NOTHING_LEFT)

    def is_due(self, now: datetime) -> bool:
        """Whether it is time for another probe, because the last one has shown nothing."""
        if self.is_learned or self.is_under_way:
            return False
        # A last try in the future is one of a clock that stood wrong.
        return now >= self.due_at or now < self.probed_at
