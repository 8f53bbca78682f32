"""Instants as people say them: `Tue 4 May 08:30`, `Tuesday 4 May 09:12 Madrid time`."""

from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

_KNOWN = 1_024  # minutes that are remembered in words


def zone_words(tz: ZoneInfo) -> str:
    """`Madrid time` for Europe/Madrid."""
    return f"{tz.key.rpartition('/')[2].replace('_', ' ')} time"


def short_time(at: datetime, tz: ZoneInfo, beside: datetime) -> str:
    """`Tue 4 May 08:30`, next to another instant: what both have in common is left out.

    On the same day that leaves the time; in another year the year is added.
    """
    local, near = at.astimezone(tz), beside.astimezone(tz)
    if local.date() == near.date():
        return f"{local:%H:%M}"
    return f"{local:%a} {local.day} {local:%b}{_year(local, near.year)} {local:%H:%M}"


def full_time(at: datetime, tz: ZoneInfo, beside: datetime) -> str:
    """`Tuesday 4 May 09:12 Madrid time`, with the year where it is not the one of `beside`."""
    minute = at.astimezone(UTC).replace(second=0, microsecond=0)
    return _full_time(minute, tz, beside.astimezone(tz).year)


# Many mails are told of in the same minute. Instants in UTC alone are keys: the two of an hour that
# a zone has twice are the same to a comparison.
@lru_cache(_KNOWN)
def _full_time(minute: datetime, tz: ZoneInfo, year: int) -> str:
    local = minute.astimezone(tz)
    day = f"{local:%A} {local.day} {local:%B}{_year(local, year)}"
    return f"{day} {local:%H:%M} {zone_words(tz)}"


def _year(day: date, beside: int) -> str:
    return "" if day.year == beside else f" {day.year}"
