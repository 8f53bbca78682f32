"""When does a cadence test begin? `2026-04-20 09:00`, with a time zone or a city after it."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sequencer.domain.wall_time import instant_of
from sequencer.files.phrase_slots import zone_named

HINT = "write `begin: 2026-04-20 09:00`, with a time zone after it if need be"
SHOWN = 60  # characters of what was written
YEARS = range(2000, 2101)  # in which a test may begin

_BEGIN = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[ T]([0-9]{1,2}):([0-5][0-9])(?:\s+(\S.*))?", re.ASCII
)


class BeginError(ValueError):
    """A begin that is none."""

    hint = HINT


def begin_from(written: str, zone: str) -> datetime:
    """The instant (UTC) that is meant, on the clock of `zone` where none is named.

    Raises:
        BeginError: none is.
    """
    if not written:
        raise BeginError("a test needs to know when it begins")
    found = _BEGIN.fullmatch(written.strip())
    if found is None:
        raise BeginError(f"`{written[:SHOWN]}` is not a day and a time")
    name = zone_named(found[6]) if found[6] else zone
    if not name:
        raise BeginError(f"`{found[6][:SHOWN]}` is not a time zone")
    hour = int(found[4])
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise BeginError("there is no such day") from None
    if day.year not in YEARS:
        raise BeginError(f"the year of a begin lies between {YEARS[0]} and {YEARS[-1]}")
    if hour > 23:
        raise BeginError("there is no such time")
    return instant_of(day, hour * 60 + int(found[5]), ZoneInfo(name))
