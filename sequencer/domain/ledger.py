"""The words of the ledger: one entry for everything that changed, in the order of its commit."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What an entry of the ledger tells."""

    IMPORTED = "imported"
    ENROLLED = "enrolled"
    ACTIVATED = "activated"
    MOVED = "moved"
    CROSSED = "crossed"
    QUEUED = "queued"
    POSTPONED = "postponed"
    HANDED = "handed"
    SENT = "sent"
    DEFERRED = "deferred"
    REJECTED = "rejected"
    NOT_NOW = "not_now"
    IN_DOUBT = "in_doubt"
    SETTLED = "settled"
    RESENT = "resent"
    PARKED = "parked"
    CANCELLED = "cancelled"
    PAUSED = "paused"
    RESUMED = "resumed"
    FINISHED = "finished"
    REOPENED = "reopened"
    TASK = "task"
    DONE = "done"
    SKIPPED = "skipped"
    TAKEN_BACK = "taken_back"
    CALLED = "called"
    RECEIVED = "received"
    TOUCHED = "touched"
    SUPPRESSED = "suppressed"
    LEFT_ALONE = "left_alone"
    FLAGGED = "flagged"
    LIFTED = "lifted"
    CONFIRMING = "confirming"
    MEETING = "meeting"
    FOLLOW_UP = "follow_up"
    HANDOVER = "handover"
    VARIANT = "variant"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of somebody's timeline; `detail` is a plain sentence."""

    at: datetime
    kind: Kind
    detail: str = ""
    prospect_id: int | None = None
    enrollment_id: int | None = None
    mailbox: str | None = None
    step_id: str | None = None
