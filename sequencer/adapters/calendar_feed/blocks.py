"""Which events of a calendar are worth reading? Most calendars are years of what is over.

Looked at as bytes: to read ten thousand events takes seconds, to pass them over does not.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sequencer.domain.feed import FURTHER, Window
from sequencer.mail.calendar_component import read_components
from sequencer.mail.calendar_event import MAX_UID

MOST_BLOCKS = 100_000
_EDGE = re.compile(rb"^(BEGIN|END):VEVENT[ \t]*\r?$", re.MULTILINE | re.IGNORECASE)
_DATES = re.compile(
    rb"^(?:DTSTART|DTEND|RECURRENCE-ID)\b[^\r\n]*?[:=](\d{8})(?:T\d{6}Z?)?[ \t]*\r?$",
    re.MULTILINE | re.IGNORECASE,
)
_UID = re.compile(rb"^UID[:;][^\n]*(?:\n[ \t][^\n]*)*", re.MULTILINE | re.IGNORECASE)
_REPEATS = re.compile(rb"^(?:RRULE|RDATE)\b", re.MULTILINE | re.IGNORECASE)
_LASTS = re.compile(rb"^DURATION\b", re.MULTILINE | re.IGNORECASE)
_UNTIL = re.compile(rb"^RRULE[^\r\n]*[:;]UNTIL=(\d{8})", re.MULTILINE | re.IGNORECASE)
_ZONES_APART = timedelta(days=2)
_LONGEST = timedelta(days=370)


@dataclass(frozen=True, slots=True)
class Blocks:
    """A calendar in pieces.

    Attributes:
        around: what is in it besides events: its zones.
        events: those that may take place within the window, each as it is written.
        held: how many there are at all.
        uids: of all of them.
    """

    around: bytes
    events: tuple[bytes, ...]
    held: int
    uids: frozenset[str]


def blocks_of(content: bytes, window: Window) -> Blocks:
    """The pieces of a calendar."""
    around, events, held, at = bytearray(), [], 0, 0
    uids = set[str]()
    for start, end in _spans(content):
        around += content[at:start]
        at, held = end, held + 1
        uids.add(_uid(content[start:end]))
        if _may_matter(content[start:end], window):
            events.append(content[start:end])
    around += content[at:]
    return Blocks(bytes(around), tuple(events), held, frozenset(uids))


def _uid(event: bytes) -> str:
    """Its UID as the event is known by; the long ones of some programs are folded."""
    found = _UID.search(event)
    component = read_components(found[0], "utf-8") if found is not None else None
    return component.text("UID", MAX_UID) if component is not None else ""


def _spans(content: bytes) -> Iterator[tuple[int, int]]:
    """Where each event begins and ends; one that is never closed is none."""
    start, number = -1, 0
    for edge in _EDGE.finditer(content):
        if edge[1].upper() == b"BEGIN":
            start = edge.start()
        elif start >= 0:
            yield start, edge.end()
            start, number = -1, number + 1
            if number >= MOST_BLOCKS:
                return


def _may_matter(event: bytes, window: Window) -> bool:
    """Whether any part of it may take place in the window; in doubt it may."""
    since = _day(window.since - _ZONES_APART)
    until = _day(window.until + _ZONES_APART)
    days = sorted(_days(event))
    if not days:
        return True
    if _REPEATS.search(event):
        end = _UNTIL.search(event)
        return days[0] <= until and (end is None or end[1] >= since)
    until = _day(window.until + FURTHER)
    if _LASTS.search(event):
        since = _day(window.since - _LONGEST)
    return days[0] <= until and days[-1] >= since


def _days(event: bytes) -> Iterator[bytes]:
    return (found[1] for found in _DATES.finditer(event))


def _day(at: object) -> bytes:
    return f"{at:%Y%m%d}".encode()
