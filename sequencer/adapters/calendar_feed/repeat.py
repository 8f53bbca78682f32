"""When does an event take place that repeats (RFC 5545 section 3.8.5), within some weeks?"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from sequencer.domain.feed import Window
from sequencer.domain.recurrence import Patience, Rule, dates, rule_of
from sequencer.mail.calendar_component import Component
from sequencer.mail.calendar_line import ContentLine
from sequencer.mail.calendar_stamp import Stamp, read_stamp
from sequencer.mail.calendar_time import tzid_of, utc_of
from sequencer.mail.calendar_zone import Zones

MOST_STARTS = 1_000  # of one event within a window
MOST_LISTED = 5_000  # dates that are named one by one
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Start:
    """When an instance begins, and its name: as RECURRENCE-ID has it, in UTC."""

    at: datetime
    name: str


def starts_of(
    event: Component, zones: Zones, window: Window, patience: Patience
) -> list[Start] | None:
    """The starts within the window, in their order; None for an event that does not repeat.

    Raises:
        ValueError: its rule is none that is understood.
    """
    line = event.line("DTSTART")
    stamp = read_stamp(line.value) if line is not None else None
    rules = [rule_of(each.value) for each in event.every("RRULE")][:2]
    extra = list(_listed(event, "RDATE"))
    if line is None or stamp is None or not (rules or extra):
        return None
    without = {_instant(each, zones) for each in _listed(event, "EXDATE")}
    first = _start(stamp, line, zones)
    found = {first.at: first} if first is not None and not rules else {}
    for rule in rules:
        days = _days(rule, stamp, window, patience)
        for each in _by_rule(rule, stamp, line, zones, days):
            found[each.at] = each
    for each_line in extra:
        each_stamp = read_stamp(each_line.value)
        start = _start(each_stamp, each_line, zones) if each_stamp is not None else None
        if start is not None:
            found[start.at] = start
    within = (at for at in sorted(found) if at not in without)
    return [found[at] for at in within if window.touches(at, at)][:MOST_STARTS]


def _days(rule: Rule, stamp: Stamp, window: Window, patience: Patience) -> Iterator[date]:
    """The days of the rule that may touch the window in any zone."""
    since, until = window.since - 2 * A_DAY, window.until + 2 * A_DAY
    return dates(rule, stamp.at.date(), since.date(), until.date(), patience)


def _by_rule(
    rule: Rule, stamp: Stamp, line: ContentLine, zones: Zones, days: Iterator[date]
) -> Iterator[Start]:
    end = read_stamp(rule.until) if rule.until else None
    last = _last(end, stamp, zones, line)
    for number, day in enumerate(days):
        at = datetime.combine(day, stamp.at.timetz())
        start = _start(replace(stamp, at=at), line, zones)
        if number >= MOST_STARTS or (start is not None and last is not None and start.at > last):
            return
        if start is not None:
            yield start


def _last(end: Stamp | None, stamp: Stamp, zones: Zones, line: ContentLine) -> datetime | None:
    """The last instant at which the rule still counts."""
    if end is None:
        return None
    if end.at.tzinfo is not None:
        return end.at.astimezone(UTC)
    if end.is_day and not stamp.is_day:
        end = replace(end, at=end.at + A_DAY - timedelta(seconds=1))  # that whole day
    return zones.utc(end.at, tzid_of(line)) or end.at.replace(tzinfo=UTC)


def _start(stamp: Stamp, line: ContentLine, zones: Zones) -> Start | None:
    if not stamp.is_sane:
        return None
    if stamp.at.tzinfo is not None:
        at = stamp.at.astimezone(UTC)
    else:
        at = zones.utc(stamp.at, tzid_of(line)) or stamp.at.replace(tzinfo=UTC)
    return Start(at, f"{stamp.at:%Y%m%d}" if stamp.is_day else f"{at:%Y%m%dT%H%M%SZ}")


def _instant(line: ContentLine, zones: Zones) -> datetime | None:
    stamp = read_stamp(line.value)
    floating = stamp.at.replace(tzinfo=UTC) if stamp is not None and stamp.is_sane else None
    return utc_of(line, zones) or floating


def _listed(event: Component, name: str) -> Iterator[ContentLine]:
    """Each value of lines that may have several; of a period, its begin."""
    values = (
        replace(line, value=value.partition("/")[0])
        for line in event.every(name)
        for value in line.value.split(",")[:MOST_LISTED]
    )
    for _, each in zip(range(MOST_LISTED), values, strict=False):
        yield each
