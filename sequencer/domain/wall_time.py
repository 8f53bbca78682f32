"""From a wall-clock time in a zone to the one instant it stands for.

A wall time in the gap of a clock change moves to the first minute after the gap; one that exists
twice means the first. Everything that adds days goes through here, so the rule is in one place.
"""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MINUTES_PER_DAY = 1_440
_KNOWN = 4_096  # minutes that are remembered: those of many mails are the same


@lru_cache(_KNOWN)
def instant_of(day: date, minute: int, tz: ZoneInfo) -> datetime:
    """UTC instant of `minute` after the midnight that begins `day` in `tz`, on the wall clock.

    1,440 is the next midnight, and what is more lies on the days after it.
    """
    ahead, minute = divmod(minute, MINUTES_PER_DAY)
    day += timedelta(days=ahead)
    local = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=tz)
    instant = local.astimezone(UTC)
    if instant.astimezone(tz).replace(tzinfo=None) == local.replace(tzinfo=None):
        return instant
    return _end_of_gap(local, tz)


def _end_of_gap(local: datetime, tz: ZoneInfo) -> datetime:
    """First instant after the gap that `local` falls into.

    With fold=0 the zone computes with the offset before the change, with fold=1 the one after it:
    the change lies between the two, and bisection finds its minute whatever its width.
    """
    before = local.replace(fold=1).astimezone(UTC)
    after = local.replace(fold=0).astimezone(UTC)
    offset = before.astimezone(tz).utcoffset()
    low, high = 0, int((after - before).total_seconds() // 60)
    while high - low > 1:
        middle = (low + high) // 2
        if (before + timedelta(minutes=middle)).astimezone(tz).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return before + timedelta(minutes=high)
