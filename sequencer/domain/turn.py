"""Whose turn is it: a follow-up's or a first touch's?

Follow-ups go first, for a person waits in each of those threads. But a mailbox that has nothing but
follow-ups to send would never begin with anybody new, so every so often a first touch goes before.
"""

import math
from collections.abc import Sequence

LEAST_SHARE = 0.01  # a share below it is none


def follow_ups_between(first_share: float) -> int | None:
    """How many follow-ups may lie between two first touches, None for any number.

    The share is the least that first touches get: one in three where it is 0.3.
    """
    if first_share < LEAST_SHARE:
        return None
    return math.floor(round(1 / first_share, 6)) - 1  # 1 / 0.07 * 0.07 is no whole number


def is_first_touch_next(follow_ups: Sequence[bool], first_share: float) -> bool:
    """Whether a first touch goes next where one of either kind is due.

    Args:
        follow_ups: for each of the mailbox's last mails, the oldest first, whether it was a
            follow-up; as many as may lie between two first touches are enough.
        first_share: least share of first touches, from 0 (follow-ups alone) to 1.
    """
    between = follow_ups_between(first_share)
    if between is None or len(follow_ups) < between:
        return False
    return all(follow_ups[len(follow_ups) - between :])
