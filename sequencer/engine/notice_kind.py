"""The mails of ours that belong to no cadence, by what they are."""

from enum import StrEnum


class NoticeKind(StrEnum):
    """What a notice is."""

    CONFIRMATION = "confirmation"
    HANDOVER = "handover"
    REMINDER = "reminder"
