"""One of several wordings of the same step, and how winners among them are found."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Variant:
    """One wording; names are for ever, like step ids.

    Attributes:
        template: file name in the cadence's folder.
        weight: its share beside those of the others; 0 lets nobody get it any more.
    """

    name: str
    template: str
    weight: int = 1


class Yardstick(StrEnum):
    """By what one wording is better than another; never by raw replies."""

    POSITIVE_REPLIES = "positive_replies"
    MEETINGS = "meetings"


@dataclass(frozen=True, slots=True)
class WinnerRule:
    """When one wording is proposed as the winner.

    Attributes:
        minimum: mails of each wording that have to be sent before anything is said.
        auto: whether the others are stopped without a person's word.
    """

    by: Yardstick = Yardstick.MEETINGS
    minimum: int = 200
    auto: bool = False
