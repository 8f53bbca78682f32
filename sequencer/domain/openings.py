"""Is a calendar open? Asked again and again about the same ones, and mostly in one opening."""

from dataclasses import dataclass, field
from datetime import datetime

from sequencer.domain.days_off import NeverOpenError
from sequencer.domain.opening import Opening
from sequencer.domain.postponement import Place, place_from
from sequencer.domain.reason import Reason, Refusal
from sequencer.domain.timing import Timing

MOST = 5_000  # calendars that are remembered


@dataclass(frozen=True, slots=True)
class Openings:
    """The last opening found in each calendar; both questions have the same answer without it."""

    _found: dict[tuple[int, bool], tuple[Timing, Opening]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._found)

    def closed(self, timing: Timing, now: datetime) -> Refusal | None:
        """What a calendar has against a mail at that instant, absences too; None for nothing."""
        if self._known(timing, now, absences=True) is not None:
            return None
        try:
            place = place_from(timing.with_absences(), now)
        except NeverOpenError as error:
            return Refusal(Reason.OUTSIDE_WINDOW, str(error))  # no time heals it
        held = place.postponement
        if held is not None:
            return Refusal(held.reason, held.sentence, held.until)
        self._keep(timing, place.opening, absences=True)
        return None

    def place(self, timing: Timing, at: datetime) -> Place:
        """The first opening at or after `at`, whoever is away.

        Raises:
            NeverOpenError: the calendar does not open within a year.
        """
        known = self._known(timing, at, absences=False)
        if known is not None:
            return Place(Opening(at, known.end), None)
        place = place_from(timing, at)
        self._keep(timing, place.opening, absences=False)
        return place

    def _known(self, timing: Timing, at: datetime, *, absences: bool) -> Opening | None:
        """The opening that was found last, if that instant lies in it."""
        known = self._found.get((id(timing), absences))
        if known is not None and known[0] is timing and known[1].start <= at < known[1].end:
            return known[1]
        return None

    def _keep(self, timing: Timing, opening: Opening, *, absences: bool) -> None:
        if len(self._found) >= MOST:
            self._found.clear()
        self._found[id(timing), absences] = (timing, opening)
