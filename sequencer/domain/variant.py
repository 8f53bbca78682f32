"""One of several wordings of the same step: who gets which, and how winners are found."""

import hashlib
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

_BITS = 52  # of a hash, so that half a step more is still a number of its own


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
        minimum: mails of each wording that have to be compared before anything is said.
        auto: whether the others are stopped without a person's word.
        answer_days: how long ago a mail has to have left to be compared.
    """

    by: Yardstick = Yardstick.MEETINGS
    minimum: int = 200
    auto: bool = False
    answer_days: int = 14


class NoVariantError(ValueError):
    """Every wording of a step is stopped, or has the weight 0: there is nothing to write."""

    def __init__(self, step_id: str) -> None:
        super().__init__(f"every variant of the step {step_id} is stopped")


def live(variants: Sequence[Variant], stopped: Collection[str] = ()) -> tuple[Variant, ...]:
    """Those that somebody may get."""
    return tuple(each for each in variants if each.weight > 0 and each.name not in stopped)


def choose(
    variants: Sequence[Variant], key: str, step_id: str, stopped: Collection[str] = ()
) -> Variant:
    """The wording that an enrollment gets of a step; always the same one as long as it is live.

    Each wording draws a lot from the key alone, longer for a higher weight, and the shortest time
    wins. So a wording that is stopped gives away its own people only, and one that is new takes
    people to itself only.

    Raises:
        NoVariantError: none is left that anybody may get.
    """
    known = live(variants, stopped)
    if not known:
        raise NoVariantError(step_id)
    return min(known, key=lambda each: (_time(key, step_id, each), each.name))


def _time(key: str, step_id: str, variant: Variant) -> float:
    """How long a wording takes to come: as if it came by chance, the faster the more it weighs."""
    digest = hashlib.sha256(f"{key}\n{step_id}\n{variant.name}".encode()).digest()
    drawn = int.from_bytes(digest[:8]) >> (64 - _BITS)
    return -math.log((drawn + 0.5) / 2**_BITS) / variant.weight
