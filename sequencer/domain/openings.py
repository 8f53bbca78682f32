"""Is a calendar open? Asked again and again about the same ones, and mostly in one opening."""

from dataclasses import dataclass, field
from datetime import datetime

from sequencer.domain.days_off import NeverOpenError
from sequencer.domain.opening import Opening
from sequencer.domain.postponement import place_from
from sequencer.domain.reason import Reason, Refusal
from sequencer.domain.timing import Timing

MOST = 5_000  # calendars that are remembered


@dataclass(frozen=True, slots=True)
class Openings:
    """The last opening found in each calendar; `closed` gives the same with and without it."""

    _found: dict[int, tuple[Timing, Opening]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._found)

    def closed(self, timing: Timing, now: datetime) -> Refusal | None:
        """What a calendar has against a mail at that instant, absences too; None for nothing."""
        known = self._found.get(id(timing))
        if known is not None and known[0] is timing and known[1].start <= now < known[1].end:
            return None
        try:
            place = place_from(timing.with_absences(), now)
        except NeverOpenError as error:
            return Refusal(Reason.OUTSIDE_WINDOW, str(error))  # no time heals it
        held = place.postponement
        if held is not None:
            return Refusal(held.reason, held.sentence, held.until)
        if len(self._found) >= MOST:
            self._found.clear()
        self._found[id(timing)] = (timing, place.opening)
        return None
