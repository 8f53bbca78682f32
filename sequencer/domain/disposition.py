"""What the end of a task or call means for the enrollment: data that a team defines for itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from sequencer.domain.cadence import Cadence
from sequencer.domain.delay import Delay
from sequencer.domain.enrollment import FinishReason
from sequencer.domain.event import Event, StepEnded, Stopped

CONNECTED = "connected"  # the outcome that the guard `call.connected` asks for


class Action(StrEnum):
    """What the enrollment does next."""

    ADVANCE = "advance"
    FINISH = "finish"
    GOTO = "goto"


@dataclass(frozen=True, slots=True)
class Disposition:
    """One way in which a call or another task may end.

    Attributes:
        outcome: whether somebody was reached, in a word; `connected` is known to guards.
        step: where to go on; only with `goto`.
        wait: replaces the delay of the step that follows.
        finish_as: the reason that the enrollment ends with; only with `finish`.
    """

    name: str
    outcome: str
    action: Action = Action.ADVANCE
    step: str | None = None
    wait: Delay | None = None
    finish_as: FinishReason = FinishReason.DISPOSITION


Dispositions = Mapping[str, Disposition]


def by_name(dispositions: Iterable[Disposition]) -> Dispositions:
    """The dispositions by their names."""
    return MappingProxyType({each.name: each for each in dispositions})


def event_of(disposition: Disposition | None, step_id: str, cadence: Cadence) -> Event:
    """What happens to an enrollment whose task step ended so; None for a task simply done.

    A `goto` that names no later step of this cadence goes on to the next one: dispositions are
    shared by all cadences, and a person must never get a step twice.
    """
    if disposition is None:
        return StepEnded(step_id)
    match disposition.action:
        case Action.FINISH:
            return Stopped(disposition.finish_as)
        case Action.GOTO if disposition.step in cadence.ids_after(step_id):
            return StepEnded(step_id, goto=disposition.step, wait=disposition.wait)
        case _:
            return StepEnded(step_id, wait=disposition.wait)
