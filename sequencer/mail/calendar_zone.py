"""Which zone does a TZID mean, and which instant is a local time in it (RFC 5545 section 3.6.5)?

Names count before descriptions: what programs write into a VTIMEZONE is often old or broken.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sequencer.domain.windows_zone import WINDOWS
from sequencer.mail.calendar_component import Component
from sequencer.mail.calendar_stamp import read_stamp

MAX_NAME = 80
MOST_OBSERVANCES = 100  # the last ones: some list every change since 1916
_MOST_PARTS = 3  # of the name of a zone
_REMEMBERED = 512
_NAME = re.compile(r"[A-Za-z0-9_+-]+(?:/[A-Za-z0-9_+-]+)*")
_NO_PLACE = frozenset({"Factory", "localtime", "posixrules"})
_OTHER = {"tzone://Microsoft/Utc": "UTC", "Z": "UTC", "GMT": "UTC", "Etc/UTC": "UTC"}
_OFFSET = re.compile(r"([+-])([0-9]{1,2}):?([0-9]{2})?")
_FROM_UTC = re.compile(r"(?i)\b(?:UTC|GMT) ?([+-][0-9]{1,2}(?::?[0-9]{2})?)\b")
_DAY = re.compile(r"([+-]?[1-5])(MO|TU|WE|TH|FR|SA|SU)")
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class Zones:
    """What one object says of zones.

    Attributes:
        described: its VTIMEZONE components by their TZID.
        default: for times that name none (X-WR-TIMEZONE).
    """

    described: Mapping[str, Component] = field(default_factory=dict)
    default: str = ""

    def name(self, tzid: str) -> str:
        """The IANA name of a zone; empty where it has none."""
        return next((name for each in self._names(tzid) if (name := zone_name(each))), "")

    def utc(self, local: datetime, tzid: str) -> datetime | None:
        """The instant of a local time; None where nobody can tell the zone."""
        if name := self.name(tzid):
            return local.replace(tzinfo=ZoneInfo(name)).astimezone(UTC)
        described = self.described.get(tzid)
        offset = offset_at(described, local) if described is not None else None
        if offset is None and (told := _FROM_UTC.search(tzid[:MAX_NAME])):
            offset = read_offset(told[1])
        return (local - offset).replace(tzinfo=UTC) if offset is not None else None

    def _names(self, tzid: str) -> Iterator[str]:
        if not tzid:
            yield self.default
            return
        yield tzid
        described = self.described.get(tzid)
        if described is not None:
            yield described.text("X-LIC-LOCATION", MAX_NAME)


def zones_of(calendar: Component) -> Zones:
    """The zones of a VCALENDAR."""
    described = {each.text("TZID", MAX_NAME): each for each in calendar.called("VTIMEZONE")}
    return Zones(described, calendar.text("X-WR-TIMEZONE", MAX_NAME))


@lru_cache(_REMEMBERED)
def zone_name(tzid: str) -> str:
    """The IANA name that a TZID is or contains, or that Windows' name for a zone stands for."""
    tzid = tzid.strip().strip("\"'")
    if tzid in _OTHER or tzid in WINDOWS:
        return _OTHER.get(tzid) or WINDOWS[tzid]
    parts = tzid.strip("/").split("/")[-_MOST_PARTS:] if len(tzid) <= MAX_NAME else []
    return next((name for start in range(len(parts)) if (name := _known(parts[start:]))), "")


def read_offset(value: str) -> timedelta | None:
    """`+0100`, `-05:30` or `+1` as a distance from UTC."""
    found = _OFFSET.match(value.strip())
    if found is None or int(found[2]) > 15:
        return None
    distance = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return -distance if found[1] == "-" else distance


def offset_at(zone: Component, local: datetime) -> timedelta | None:
    """What a VTIMEZONE says of a local time: the observance that began last before it."""
    observances = zone.called("STANDARD", "DAYLIGHT")[-MOST_OBSERVANCES:]
    begun = [
        (onset, number) for number, each in enumerate(observances) for onset in _onsets(each, local)
    ]
    if begun:
        return _told(observances[max(begun)[1]], "TZOFFSETTO")
    return next((found for each in observances if (found := _told(each, "TZOFFSETTO"))), None)


def _onsets(observance: Component, local: datetime) -> Iterator[datetime]:
    """When it began, as far as that is not later than the local time."""
    start = read_stamp(observance.text("DTSTART", MAX_NAME))
    if start is None or start.at.replace(tzinfo=None) > local:
        return
    first = start.at.replace(tzinfo=None)
    yield first
    rule = _rule(observance.text("RRULE", 200))
    until = read_stamp(rule.get("UNTIL", ""))
    for year in (local.year - 1, local.year):
        day = _day_of(rule, local.replace(year=year, day=1))
        if day is None:
            continue
        onset = day.replace(hour=first.hour, minute=first.minute)
        is_over = until is not None and onset > until.at.replace(tzinfo=None)
        if first <= onset <= local and not is_over:
            yield onset


def _rule(text: str) -> dict[str, str]:
    pairs = (each.partition("=") for each in text.upper().split(";"))
    return {name: value for name, _, value in pairs}


def _day_of(rule: Mapping[str, str], when: datetime) -> datetime | None:
    """In the year of `when`, the day of a rule such as the last Sunday of March; else None."""
    day, month = _DAY.fullmatch(rule.get("BYDAY", "")), rule.get("BYMONTH", "")
    if rule.get("FREQ") != "YEARLY" or day is None or month not in _MONTHS:
        return None
    number, weekday = int(day[1]), _WEEKDAYS.index(day[2])
    first = when.replace(month=int(month), day=1, hour=0, minute=0, second=0)
    if number > 0:
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return last - timedelta(days=(last.weekday() - weekday) % 7 + 7 * (-number - 1))


_MONTHS = frozenset(f"{number}" for number in range(1, 13))


def _told(observance: Component, name: str) -> timedelta | None:
    return read_offset(observance.text(name, MAX_NAME))


def _known(parts: list[str]) -> str:
    name = "/".join(parts)
    if not _NAME.fullmatch(name) or name in _NO_PLACE:
        return ""
    try:
        return ZoneInfo(name).key
    except (KeyError, OSError, ValueError):  # no such zone, a folder, or no zone's data in it
        return ""
