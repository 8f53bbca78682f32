"""The calendar that a step runs in: its window, the zone it is read in, days off, jitter."""

from dataclasses import dataclass, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from sequencer.domain.cadence import ZoneFrom
from sequencer.domain.days_off import DaysOff
from sequencer.domain.window import Window
from sequencer.domain.workdays import Workdays


@dataclass(frozen=True, slots=True)
class Timing:
    """Everything that decides at which instant a step may happen.

    Attributes:
        tz: the zone in which the window is read.
        jitter: how far a touch may be moved inside an opening.
        workdays: the calendar in which days and business days are counted.
        tz_from: whose zone that is.
        off: days on which nothing happens; each has its own zone.
        away: days on which the rep is away. They keep a mail back, but move no due time: what runs
            then is paused, and its wait goes on after the return.
    """

    window: Window
    tz: ZoneInfo
    jitter: timedelta
    workdays: Workdays
    tz_from: ZoneFrom = ZoneFrom.PROSPECT
    off: tuple[DaysOff, ...] = ()
    away: tuple[DaysOff, ...] = ()

    @property
    def zone_words(self) -> str:
        """The zone and whose it is: `Europe/Madrid, the prospect's zone`."""
        return f"{self.tz.key}, the {self.tz_from}'s zone"

    def with_absences(self) -> "Timing":
        """The calendar in which the days on which the rep is away are days off like others."""
        return replace(self, off=(*self.off, *self.away), away=()) if self.away else self


def plain_timing(window: Window, tz: ZoneInfo, jitter: timedelta = timedelta(0)) -> Timing:
    """A window in a zone where people work from Monday to Friday and nobody has a day off."""
    return Timing(window, tz, jitter, Workdays(tz))
