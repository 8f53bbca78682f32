"""Which task does a step of a cadence make?"""

from sequencer.domain.cadence import Step, StepKind
from sequencer.domain.task import TaskKind


def kind_of(step: Step) -> TaskKind:
    """What a step asks a person to do; ValueError for a mail that the engine sends itself."""
    if step.kind is StepKind.TASK:
        return TaskKind(step.task_type)
    return TaskKind(step.kind)
