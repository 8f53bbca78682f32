"""Do the dispositions that jump lead somewhere in every cadence that they may be chosen in?"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from sequencer.domain.cadence import Cadence, StepKind
from sequencer.domain.disposition import Disposition, Dispositions
from sequencer.files.cadence import LoadedCadence
from sequencer.files.dispositions import DISPOSITIONS
from sequencer.files.nearest import did_you_mean
from sequencer.files.problem import Problem, Severity
from sequencer.files.yaml_source import YamlSource, load_yaml

_CHOSEN = frozenset({StepKind.CALL, StepKind.TASK})  # what a rep ends with a disposition


def lost_gotos(
    root: Path, dispositions: Dispositions, loaded: Sequence[LoadedCadence]
) -> Iterator[Problem]:
    """Warnings where a jump would go on with the next step instead, without a word."""
    cadences = [each.cadence for each in loaded]
    if not cadences or not any(each.step for each in dispositions.values()):
        return
    source = load_yaml(root / DISPOSITIONS, DISPOSITIONS.as_posix())
    for index, each in enumerate(dispositions.values()):
        if each.step is not None:
            yield from _lost(source, index, each, cadences)


def _lost(
    source: YamlSource, index: int, disposition: Disposition, cadences: Sequence[Cadence]
) -> Iterator[Problem]:
    step_id = disposition.step or ""
    ids = {step.id for cadence in cadences for step in cadence.steps}
    goes = f"`{disposition.name}` goes on at `{step_id}`"
    lacking = [cadence.slug for cadence in cadences if _lacks(cadence, step_id)]
    if step_id not in ids:
        message, hint = f"{goes}, a step that no cadence has", did_you_mean(step_id, ids)
    elif lacking:
        named = ", ".join(f"`{slug}`" for slug in lacking)
        message = f"{goes}, which stands below no task of {named}"
        hint = f"there it goes on with the next step; give one below the id `{step_id}`"
    else:
        return
    place = ("dispositions", index, "step")
    problem = source.problem(place, message, hint).of_rule("lost-goto")
    yield replace(problem, severity=Severity.WARNING)


def _lacks(cadence: Cadence, step_id: str) -> bool:
    """Whether it has tasks, and the step does not even stand below the first of them."""
    first = next((step for step in cadence.steps if step.kind in _CHOSEN), None)
    return first is not None and step_id not in cadence.ids_after(first.id)
