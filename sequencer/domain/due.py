"""When a step is due: its delay, then the next open window, then jitter inside that opening."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sequencer.domain.delay import Delay, add_delay
from sequencer.domain.jitter import fraction
from sequencer.domain.postponement import Place, Postponement, place_from
from sequencer.domain.timing import Timing


@dataclass(frozen=True, slots=True)
class Due:
    """An instant (UTC), and what it had to wait for beyond its delay, if for anything."""

    at: datetime
    postponement: Postponement | None = None

    @property
    def reason(self) -> str:
        """Why not sooner, to be read after the due time; the empty string where that is plain."""
        return self.postponement.beside(self.at) if self.postponement else ""


Places = Callable[[Timing, datetime], Place]


def due_after(
    start: datetime, delay: Delay, timing: Timing, key: str, places: Places = place_from
) -> Due:
    """Due time of a step that waits `delay` after `start`; `key` names a step of an enrollment.

    `places` finds the first opening at or after an instant, perhaps by what it remembers.

    Raises:
        NeverOpenError: the calendar does not open within a year.
    """
    return due_from(add_delay(start, delay, timing.workdays), timing, key, places)


def due_from(earliest: datetime, timing: Timing, key: str, places: Places = place_from) -> Due:
    """First instant at or after `earliest` inside the window, moved by at most the jitter.

    The jitter never leaves the opening: near its end it shrinks to what is left of it.

    Raises:
        NeverOpenError: the calendar does not open within a year.
    """
    place = places(timing, earliest)
    opening = place.opening
    room = min(timing.jitter, opening.end - opening.start)
    at = opening.start + timedelta(seconds=int(room.total_seconds() * fraction(key)))
    return Due(at, place.postponement)
