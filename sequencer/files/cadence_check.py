"""What a cadence means together: ids that repeat, hours that overlap, templates that are missing.

Works on what was written, however wrong the rest of the file is, so that one run shows everything.
"""

from collections.abc import Iterator
from contextlib import suppress

from sequencer.domain.window import Block
from sequencer.files import names
from sequencer.files.nearest import did_you_mean
from sequencer.files.problem import Problem
from sequencer.files.template_folder import TemplateFolder
from sequencer.files.window_text import (
    DAYS,
    block_as_text,
    block_from_text,
    days_from_text,
    overlap,
)
from sequencer.files.yaml_source import YamlSource


def problems_together(source: YamlSource, folder: TemplateFolder | None) -> Iterator[Problem]:
    """Problems that no single value shows; templates are looked up where a folder is given."""
    yield from _repeated_ids(source)
    yield from _missing_waits(source)
    yield from _overlaps(source)
    if folder is not None:
        yield from _missing_templates(source, folder)


def step_values(source: YamlSource, key: str) -> Iterator[tuple[int, str]]:
    """Index and value of that key for each step that has it as text."""
    steps = source.value.get("steps") if isinstance(source.value, dict) else None
    for index, step in enumerate(steps if isinstance(steps, list) else ()):
        value = step.get(key) if isinstance(step, dict) else None
        if isinstance(value, str):
            yield index, value


def _repeated_ids(source: YamlSource) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for index, step_id in step_values(source, "id"):
        first = seen.setdefault(step_id, index)
        if first != index:
            message = f"the step id `{step_id}` is taken by step {first + 1}"
            hint = "ids are unique: they say who has had which mail"
            yield source.problem(("steps", index, "id"), message, hint)


def _missing_waits(source: YamlSource) -> Iterator[Problem]:
    steps = source.value.get("steps") if isinstance(source.value, dict) else None
    for index, step in enumerate(steps if isinstance(steps, list) else ()):
        if index and isinstance(step, dict) and step.get("wait") is None:
            hint = "add a line such as `wait: 3 business_days`"
            yield source.problem(("steps", index), "every step but the first needs a `wait`", hint)


def _overlaps(source: YamlSource) -> Iterator[Problem]:
    window = _window(source)
    blocks: list[list[Block]] = [[] for _ in DAYS]
    for key, hours in window.items():
        with suppress(ValueError):
            for day in days_from_text(key):
                blocks[day].extend(_blocks(hours))
                shared = overlap(blocks[day])
                if shared:
                    first, second = (block_as_text(block) for block in shared)
                    message = f"the hours {first} and {second} overlap on {DAYS[day]}"
                    yield source.problem(("schedule", "window", key), message)
                    return
    if window and not any(blocks):
        hint = "give at least one day its hours"
        yield source.problem(("schedule", "window"), "the window is never open", hint)


def _window(source: YamlSource) -> dict[str, list[object]]:
    schedule = source.value.get("schedule") if isinstance(source.value, dict) else None
    window = schedule.get("window") if isinstance(schedule, dict) else None
    days = window.items() if isinstance(window, dict) else ()
    return {key: list(hours) for key, hours in days if isinstance(hours, list)}


def _blocks(hours: list[object]) -> Iterator[Block]:
    for text in hours:
        with suppress(ValueError):
            yield block_from_text(str(text))


def _missing_templates(source: YamlSource, folder: TemplateFolder) -> Iterator[Problem]:
    present = folder.names()
    for index, name in step_values(source, "email"):
        if name in present:
            continue
        with suppress(ValueError):
            names.template_name(name)  # where it is no name at all, that is said elsewhere
            message = f"there is no template `{name}` in {folder.shown}"
            yield source.problem(("steps", index, "email"), message, did_you_mean(name, present))
