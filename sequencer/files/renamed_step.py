"""Where does a step stand whose id looks like a new name of one that is gone?"""

from pathlib import Path

from sequencer.files import workspace
from sequencer.files.problem import ConfigError, Problem
from sequencer.files.yaml_source import YamlSource, load_yaml


def renamed_step(root: Path, slug: str, gone: str, appeared: str) -> Problem:
    """The problem, at the new id in the file of the cadence."""
    message = f"the step `{gone}` is gone, and `{appeared}` looks like it"
    hint = (
        f"the id is the identity of a step: keep `{gone}`, "
        f"or write `retired: [{gone}]` if this is another step"
    )
    for path in workspace.cadence_files(root):
        try:
            source = load_yaml(path, workspace.shown(path, root))
        except ConfigError:
            continue  # told already
        place = _place(source, slug, appeared)
        if place is not None:
            return source.problem(place, message, hint).of_rule("step-renamed")
    return Problem(f"cadence {slug}", None, None, message, hint, code="step-renamed")


def _place(source: YamlSource, slug: str, step_id: str) -> tuple[str | int, ...] | None:
    written = source.value
    if not isinstance(written, dict) or written.get("cadence") != slug:
        return None
    steps = written.get("steps")
    for index, step in enumerate(steps if isinstance(steps, list) else ()):
        if isinstance(step, dict) and step.get("id") == step_id:
            return "steps", index, "id"
    return None
