"""Why a touch has to wait for its calendar, and until when: one value, worded in one place."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sequencer.domain.days_off import Stretch
from sequencer.domain.opening import Opening, find_open
from sequencer.domain.reason import Reason
from sequencer.domain.spoken_time import short_time, zone_words
from sequencer.domain.timing import Timing


@dataclass(frozen=True, slots=True)
class Postponement:
    """A wait for the next opening.

    Attributes:
        since: the instant that was asked about (UTC).
        until: when the calendar opens (UTC).
        reason: what is in the way at `since`: the hours of the window, or a day off.
        words: the days off without which it would have opened sooner, the empty string for none.
        tz: the zone in which the window is read.
    """

    since: datetime
    until: datetime
    reason: Reason
    words: str
    tz: ZoneInfo

    @property
    def sentence(self) -> str:
        """`window closed until Tue 4 May 08:30, Madrid time (Labour Day, ES)`."""
        until = short_time(self.until, self.tz, self.since)
        return f"window closed until {until}, {zone_words(self.tz)}{self._because}"

    def beside(self, at: datetime) -> str:
        """The sentence after an instant that has been told with its zone.

        `window closed until 08:30 (Labour Day, ES)` where it opens on the same day.
        """
        return f"window closed until {short_time(self.until, self.tz, at)}{self._because}"

    @property
    def _because(self) -> str:
        return f" ({self.words})" if self.words else ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a touch goes: the rest of an opening, and why it had to wait for it, if it had to."""

    opening: Opening
    postponement: Postponement | None


def place_from(timing: Timing, at: datetime) -> Place:
    """The first opening at or after `at`.

    Raises:
        NeverOpenError: the calendar does not open within a year.
    """
    found = find_open(timing, at)
    if found.opening.start == at:
        return Place(found.opening, None)
    words = "; ".join(dict.fromkeys(each.words for each in found.lost_to))
    postponement = Postponement(
        at, found.opening.start, _reason(found.lost_to, at), words, timing.tz
    )
    return Place(found.opening, postponement)


def postponement_at(timing: Timing, at: datetime) -> Postponement | None:
    """Why no mail may leave at that instant, with absences as days off; None where one may.

    Raises:
        NeverOpenError: the calendar does not open within a year.
    """
    return place_from(timing.with_absences(), at).postponement


def _reason(lost_to: tuple[Stretch, ...], at: datetime) -> Reason:
    for each in lost_to:
        if each.start <= at < each.end:
            return each.reason
    return Reason.OUTSIDE_WINDOW
