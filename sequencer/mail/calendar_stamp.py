"""What do the values of time in iCalendar say (RFC 5545 section 3.3): stamps and durations?"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2200  # no meeting is later; at the ends of the calendar, zones overflow
LONGEST: Final = timedelta(days=366)
_STAMP = re.compile(
    r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})"
    r"(?:[T ]([0-9]{2}):?([0-9]{2})(?::?([0-9]{2}))?(?:\.[0-9]{1,9})?(Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_DURATION = re.compile(
    r"([+-]?)P(?:([0-9]{1,4})W)?(?:([0-9]{1,4})D)?"
    r"(?:T(?:([0-9]{1,4})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,8})S)?)?"
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A day, a local time, or (where `at` is aware) an instant."""

    at: datetime
    is_day: bool = False

    @property
    def is_sane(self) -> bool:
        """Whether a meeting can be then."""
        return FIRST_YEAR <= self.at.year <= LAST_YEAR


def read_stamp(value: str) -> Stamp | None:
    """`20270305T090000Z`, `20270305T090000`, `20270305`, also with dashes, colons or an offset."""
    found = _STAMP.fullmatch(value.strip().upper())
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(each or 0) for each in found.groups()[:6])
    try:
        zone = _zone(found[7] or "")
        at = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone)
    except ValueError:
        return None
    return Stamp(at, is_day=found[4] is None)


def read_duration(value: str) -> timedelta | None:
    """`PT30M`, `P1DT2H`, `P2W`; None for what is none, goes back, or lasts more than a year."""
    found = _DURATION.fullmatch(value.strip().upper())
    if found is None or not any(found.groups()[1:]):
        return None
    weeks, days, hours, minutes, seconds = (int(each or 0) for each in found.groups()[1:])
    lasts = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return lasts if found[1] != "-" and lasts <= LONGEST else None


def _zone(written: str) -> timezone | None:
    if written in {"", "Z"}:
        return UTC if written else None
    distance = timedelta(hours=int(written[1:3]), minutes=int(written[-2:]))
    return timezone(-distance if written[0] == "-" else distance)
