"""Instants as people say them: `Tue 4 May 08:30`, `Tuesday 4 May 09:12 Madrid time`."""

from datetime import date, datetime
from zoneinfo import ZoneInfo


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
    return f"{local:%a} {local.day} {local:%b}{_year(local, near)} {local:%H:%M}"


def full_time(at: datetime, tz: ZoneInfo, beside: datetime) -> str:
    """`Tuesday 4 May 09:12 Madrid time`, with the year where it is not the one of `beside`."""
    local, near = at.astimezone(tz), beside.astimezone(tz)
    day = f"{local:%A} {local.day} {local:%B}{_year(local, near)}"
    return f"{day} {local:%H:%M} {zone_words(tz)}"


def _year(day: date, beside: date) -> str:
    return "" if day.year == beside.year else f" {day.year}"
