"""Which mails of a cadence may be the first that somebody gets?"""

from collections.abc import Collection

from sequencer.domain.cadence import MAIL_KINDS, Cadence, Step, StepKind


def may_be_first(cadence: Cadence, step: Step, left_out: Collection[str] = ()) -> bool:
    """Whether a step is a mail, and none above it is sent to everybody.

    Args:
        cadence: where it stands.
        step: the step.
        left_out: ids of steps that do not happen for this person.
    """
    above = [each for each in cadence.ids_before(step.id) if each not in left_out]
    certain = any(_is_certain(cadence, cadence.step(each)) for each in above)
    return step.kind in MAIL_KINDS and not certain


def _is_certain(cadence: Cadence, step: Step) -> bool:
    """Whether a mail is sent to everybody who comes so far, with nobody's help."""
    above = cadence.ids_before(step.id)
    passed_by = any(cadence.step(each).goto in cadence.ids_after(step.id) for each in above)
    return step.kind is StepKind.EMAIL and not step.when and not passed_by
