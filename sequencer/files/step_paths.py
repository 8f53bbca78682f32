"""Which step may come directly after which, and how soon?"""

from collections.abc import Collection, Iterator
from heapq import heappop, heappush

from sequencer.domain.cadence import MAIL_KINDS, Cadence, Step, StepKind
from sequencer.domain.delay import Delay, Unit

_DAYS = {Unit.BUSINESS_DAYS: 1.0, Unit.DAYS: 1.0, Unit.HOURS: 1 / 24, Unit.MINUTES: 1 / 1_440}
_CHOSEN = frozenset({StepKind.CALL, StepKind.TASK})  # what ends with a disposition


class StepPaths:
    """The ways through a cadence.

    Args:
        cadence: whose steps.
        jumps: steps at which a disposition may go on.
    """

    def __init__(self, cadence: Cadence, jumps: Collection[str] = ()) -> None:
        self._cadence = cadence
        self._jumps = jumps

    def reached(self) -> set[str]:
        """Ids of the steps that somebody may come to."""
        ahead = [self._cadence.steps[0]]
        seen = {ahead[0].id}
        while ahead:
            for following in self._considered(ahead.pop()):
                if following.id not in seen:
                    seen.add(following.id)
                    ahead.append(following)
        return seen

    def soonest(self, mail: Step) -> dict[str, tuple[float, str]]:
        """The mails that may be the next after this one: in how many days, and after which step."""
        found: dict[str, tuple[float, str]] = {}
        queue = [(0.0, mail.id)]
        settled: set[str] = set()
        while queue:
            days, step_id = heappop(queue)
            if step_id in settled:
                continue
            settled.add(step_id)
            step = self._cadence.step(step_id)
            for following in self._directly_after(step):
                later = days + _in_days(following.wait_after(step))
                if following.kind in MAIL_KINDS:
                    known = found.get(following.id, (later + 1, ""))
                    found[following.id] = min(known, (later, step_id))
                else:
                    heappush(queue, (later, following.id))
        return found

    def _considered(self, step: Step) -> Iterator[Step]:
        """Steps that are looked at when this one has ended, or was passed over."""
        yield from self._after_its_end(step)
        below = self._cadence.step_after(step.id)
        if step.when and below is not None:
            yield below

    def _after_its_end(self, step: Step) -> Iterator[Step]:
        following = self._cadence.step_following(step.id)
        if following is not None:
            yield following
        if step.kind in _CHOSEN:
            below = self._cadence.ids_after(step.id)
            yield from (self._cadence.step(each) for each in below if each in self._jumps)

    def _directly_after(self, step: Step) -> Iterator[Step]:
        """Steps that may happen next when this one has, those between passed over."""
        for first in self._after_its_end(step):
            following: Step | None = first
            while following is not None:
                yield following
                passes = following.when
                following = self._cadence.step_after(following.id) if passes else None


def _in_days(delay: Delay) -> float:
    return delay.amount * _DAYS[delay.unit]
