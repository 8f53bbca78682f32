"""The health of a mailbox: may it send, and since when was it read."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class MailboxState(StrEnum):
    """What the mailbox is able to do."""

    OK = "ok"
    NEEDS_SIGN_IN = "needs_sign_in"
    THROTTLED = "throttled"
    PAUSED = "paused"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class MailboxHealth:
    """State of a mailbox, and the last scan that would have seen a reply.

    Attributes:
        until: when a throttled or failing mailbox may be tried again (UTC).
        synced_at: begin of the last completed scan of INBOX and Junk (UTC), None before the first.
    """

    state: MailboxState = MailboxState.OK
    reason: str = ""
    until: datetime | None = None
    synced_at: datetime | None = None
