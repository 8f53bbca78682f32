"""Do people come to every step, and not too soon after the mail before?"""

from collections.abc import Collection, Iterator

from sequencer.domain.cadence import MAIL_KINDS, Step
from sequencer.domain.disposition import Dispositions
from sequencer.files.guard_truth import can_hold
from sequencer.files.inspected import InspectedCadence
from sequencer.files.problem import Problem
from sequencer.files.step_paths import StepPaths

LEAST_DAYS = 2  # business days between two mails


def step_findings(cadence: InspectedCadence, dispositions: Dispositions) -> Iterator[Problem]:
    """Steps that nobody comes to, and mails that come too close to one another."""
    jumps = {each.step for each in dispositions.values() if each.step}
    paths = StepPaths(cadence.cadence, jumps)
    yield from _unreached(cadence, paths.reached())
    yield from _impossible(cadence)
    for step in cadence.cadence.steps:
        if step.kind in MAIL_KINDS:
            yield from _too_close(cadence, step, paths)


def _unreached(cadence: InspectedCadence, reached: Collection[str]) -> Iterator[Problem]:
    for step in cadence.cadence.steps:
        if step.id not in reached:
            message = f"nobody comes to `{step.id}`: every step above goes on elsewhere"
            hint = "let a `goto` lead here, or give the one that jumps over it a `when`"
            yield cadence.at_step(step.id, "id", message, hint, "unreachable-step")


def _impossible(cadence: InspectedCadence) -> Iterator[Problem]:
    for step in cadence.cadence.steps:
        if step.when and not can_hold([step.when], cadence.cadence):
            message = f"this can never hold, so nobody gets `{step.id}`"
            hint = "look for an `and` between things that exclude one another"
            yield cadence.at_step(step.id, "when", message, hint, "unreachable-step")


def _too_close(cadence: InspectedCadence, mail: Step, paths: StepPaths) -> Iterator[Problem]:
    for step_id, (days, before) in paths.soonest(mail).items():
        step = cadence.cadence.step(step_id)
        if days >= LEAST_DAYS or not _both(cadence, mail, step):
            continue
        way = "" if before == mail.id else f", by way of `{before}`"
        message = f"`{step_id}` may come {_told(days)} after `{mail.id}`{way}"
        hint = f"let at least {LEAST_DAYS} business days pass between two mails"
        key = "wait" if step.day is None else "day"
        yield cadence.at_step(step_id, key, message, hint, "too-close")


def _both(cadence: InspectedCadence, early: Step, late: Step) -> bool:
    """Whether the same person may get both."""
    return can_hold([early.when, late.when], cadence.cadence, sent=[early.id])


def _told(days: float) -> str:
    if days <= 0:
        return "at once"
    return "a day" if days == 1 else "less than a day" if days < 1 else "less than two days"
