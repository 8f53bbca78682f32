"""When a step is due: its delay, then the next open window, then jitter inside that opening."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sequencer.domain.delay import Delay, add_delay
from sequencer.domain.jitter import fraction
from sequencer.domain.window import Window, next_open


@dataclass(frozen=True, slots=True)
class Timing:
    """The calendar a step runs in: its window, the zone it is read in, the jitter it allows."""

    window: Window
    tz: ZoneInfo
    jitter: timedelta


@dataclass(frozen=True, slots=True)
class Due:
    """An instant (UTC) and, where the window moved it, a one-line reason."""

    at: datetime
    reason: str | None


def due_after(start: datetime, delay: Delay, timing: Timing, key: str) -> Due:
    """Due time of a step that waits `delay` after `start`; `key` names a step of an enrollment."""
    return due_from(add_delay(start, delay, timing.tz, timing.window.closed), timing, key)


def due_from(earliest: datetime, timing: Timing, key: str) -> Due:
    """First instant at or after `earliest` inside the window, moved by at most the jitter.

    The jitter never leaves the opening: near its end it shrinks to what is left of it.
    """
    opening = next_open(timing.window, timing.tz, earliest)
    room = min(timing.jitter, opening.end - opening.start)
    at = opening.start + timedelta(seconds=int(room.total_seconds() * fraction(key)))
    return Due(at, _reason(earliest, opening.start, timing))


def _reason(earliest: datetime, start: datetime, timing: Timing) -> str | None:
    if start == earliest:
        return None
    local = start.astimezone(timing.tz)
    day = earliest.astimezone(timing.tz).date()
    cause = "a skipped date" if day in timing.window.closed else "window closed"
    return f"{cause} until {local:%a %d %b %H:%M} {timing.tz.key} time"
