"""When is an event (RFC 5545 section 3.8.2), in UTC, and by which zone did its writer mean it?"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sequencer.mail.calendar_component import Component
from sequencer.mail.calendar_line import ContentLine
from sequencer.mail.calendar_stamp import read_duration, read_stamp
from sequencer.mail.calendar_zone import MAX_NAME, Zones

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """When something is; what is not told, or cannot be read, is None.

    Attributes:
        tz: IANA name of the zone that it was written in; empty where that has none.
        is_day: whether it is a day, or several.
        is_floating: whether it is meant by the clock of whoever reads it: taken for UTC here.
    """

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    tz: str = ""
    is_day: bool = False
    is_floating: bool = False


def read_span(event: Component, zones: Zones) -> Span:
    """When the event is."""
    start = event.line("DTSTART")
    stamp = read_stamp(start.value) if start is not None else None
    if start is None or stamp is None or not stamp.is_sane:
        return Span()
    starts_at = utc_of(start, zones)
    is_floating = starts_at is None
    begin = starts_at or stamp.at.replace(tzinfo=UTC)
    name = zones.name(tzid_of(start)) if stamp.at.tzinfo is None else zones.name("")
    return Span(
        begin, _end(event, begin, zones, is_day=stamp.is_day), name, stamp.is_day, is_floating
    )


def utc_of(line: ContentLine, zones: Zones) -> datetime | None:
    """The instant in a line; None where it holds none, or where nobody can tell its zone."""
    stamp = read_stamp(line.value)
    if stamp is None or not stamp.is_sane:
        return None
    if stamp.at.tzinfo is not None:
        return stamp.at.astimezone(UTC)
    return zones.utc(stamp.at, tzid_of(line))


def tzid_of(line: ContentLine) -> str:
    """The zone that a line names."""
    return line.params.get("TZID", "")[:MAX_NAME]


def _end(event: Component, begin: datetime, zones: Zones, *, is_day: bool) -> datetime | None:
    end, lasts = event.line("DTEND"), read_duration(event.text("DURATION", MAX_NAME))
    if end is not None:
        stamp = read_stamp(end.value)
        at = utc_of(end, zones) or (stamp and stamp.is_sane and stamp.at.replace(tzinfo=UTC))
        return at if at and at >= begin else None
    if lasts is not None:
        return begin + lasts
    return begin + A_DAY if is_day else None
