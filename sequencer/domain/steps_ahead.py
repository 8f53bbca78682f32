"""Which steps may still come to somebody, as far as guards and dispositions leave that open?"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from sequencer.domain.cadence import Cadence, Step, StepKind
from sequencer.domain.guard import CALL_CONNECTED, names_in, parse_guard
from sequencer.domain.overrides import NO_OVERRIDES, Overrides

NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Way:
    """A cadence as one person goes through it.

    Attributes:
        left_out: ids of steps that are passed over, whatever is written in the cadence.
        landings: ids of steps that the disposition of a task may lead to, in any cadence.
    """

    cadence: Cadence
    overrides: Overrides = NO_OVERRIDES
    left_out: AbstractSet[str] = NONE
    landings: AbstractSet[str] = NONE

    def ahead_from(self, step_id: str) -> tuple[str, ...]:
        """Ids of the steps that may come from that one on, itself among them, in their order."""
        found, ahead = set[str](), [step_id]
        while ahead:
            at = ahead.pop()
            if at not in found:
                found.add(at)
                ahead.extend(self._next(self.cadence.step(at)))
        return tuple(
            step.id
            for step in self.cadence.steps
            if step.id in found and step.id not in self.left_out
        )

    def _next(self, step: Step) -> Iterator[str]:
        following = self.cadence.step_following(step.id)
        if following is not None:
            yield following.id
        if step.id in self.left_out:
            return  # its `goto` counts all the same
        if self.guards_of(step):
            yield from self.cadence.ids_after(step.id)[:1]
        yield from self.landings_of(step)

    def guards_of(self, step: Step) -> tuple[str, ...]:
        """What has to hold for a step to happen."""
        further = self.overrides.guards.get(step.id, ())
        return tuple(dict.fromkeys(filter(None, (step.when, *further))))

    def landings_of(self, step: Step) -> tuple[str, ...]:
        """Where the disposition of a step may lead, where a person does it."""
        if step.kind is StepKind.EMAIL:
            return ()
        return tuple(each for each in self.cadence.ids_after(step.id) if each in self.landings)

    def passed_over(self, step: Step) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Where a step may jump to, and the steps that are passed over then."""
        below = self.cadence.ids_after(step.id)
        for target in dict.fromkeys((step.goto, *self.landings_of(step))):
            if target is not None and target in below:
                yield target, below[: below.index(target)]


def steps_named(guard: str) -> frozenset[str]:
    """Ids of the steps whose end a guard asks for."""
    names = (name.name for name, _ in names_in(parse_guard(guard)))
    return frozenset(
        name.partition(".")[0] for name in names if "." in name and name != CALL_CONNECTED
    )
