"""What a cadence means together: ids that repeat, templates that are missing, days and hours.

Works on what was written, however wrong the rest of the file is, so that one run shows everything.
"""

from collections.abc import Iterator
from contextlib import suppress

from sequencer.files import names
from sequencer.files.guard_check import guard_problems
from sequencer.files.hours_check import hours_problems
from sequencer.files.meeting_rule_check import own_rule_problems
from sequencer.files.nearest import did_you_mean
from sequencer.files.problem import Problem
from sequencer.files.step_check import step_problems, step_values, template_values
from sequencer.files.template_folder import TemplateFolder
from sequencer.files.waits_check import waits_problems
from sequencer.files.yaml_source import YamlSource


def problems_together(source: YamlSource, folder: TemplateFolder | None) -> Iterator[Problem]:
    """Problems that no single value shows; templates are looked up where a folder is given."""
    yield from _repeated_ids(source)
    yield from _retired_steps(source)
    yield from waits_problems(source)
    yield from hours_problems(source)
    yield from step_problems(source)
    yield from guard_problems(source)
    yield from own_rule_problems(source)
    if folder is not None:
        yield from _missing_templates(source, folder)


def _repeated_ids(source: YamlSource) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for index, step_id in step_values(source, "id"):
        first = seen.setdefault(step_id, index)
        if first != index:
            message = f"the step id `{step_id}` is taken by step {first + 1}"
            hint = "ids are unique: they say who has had which mail"
            yield source.problem(("steps", index, "id"), message, hint).of_rule("repeated-id")


def _retired_steps(source: YamlSource) -> Iterator[Problem]:
    document = source.value if isinstance(source.value, dict) else {}
    retired = document.get("retired")
    living = {step_id for _, step_id in step_values(source, "id")}
    for index, step_id in enumerate(retired if isinstance(retired, list) else ()):
        if isinstance(step_id, str) and step_id in living:
            message = f"`{step_id}` is retired and a step at the same time"
            hint = "take it out of `retired`, or give the step another id: an id never comes back"
            yield source.problem(("retired", index), message, hint).of_rule("retired-step")


def _missing_templates(source: YamlSource, folder: TemplateFolder) -> Iterator[Problem]:
    present = folder.names()
    for place, name in template_values(source):
        if name in present:
            continue
        with suppress(ValueError):
            names.template_name(name)  # where it is no name at all, that is said elsewhere
            message = f"there is no template `{name}` in {folder.shown}"
            problem = source.problem(place, message, did_you_mean(name, present))
            yield problem.of_rule("missing-template")
