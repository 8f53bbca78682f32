"""Does every step say when it comes: after a `wait`, or on a `day` where all steps have one?"""

from collections.abc import Iterator
from typing import Any

from sequencer.files.problem import Problem
from sequencer.files.yaml_source import YamlSource

COUNTED = "day 1 is the day of the enrolment, and the days after it are business days"


def waits_problems(source: YamlSource) -> Iterator[Problem]:
    """Problems of how the steps follow one another in time."""
    steps = source.value.get("steps") if isinstance(source.value, dict) else None
    known = [
        (index, step)
        for index, step in enumerate(steps if isinstance(steps, list) else ())
        if isinstance(step, dict)
    ]
    if any(step.get("day") is not None for _, step in known):
        yield from _mixed(source, known)
        yield from _falling(source, known)
    else:
        yield from _missing(source, known)


def _missing(source: YamlSource, steps: list[tuple[int, dict[str, Any]]]) -> Iterator[Problem]:
    for index, step in steps:
        if index and step.get("wait") is None:
            hint = "add a line such as `wait: 3 business_days`"
            message = "every step but the first needs a `wait`"
            yield source.problem(("steps", index), message, hint).of_rule("missing-wait")


def _mixed(source: YamlSource, steps: list[tuple[int, dict[str, Any]]]) -> Iterator[Problem]:
    for index, step in steps:
        if step.get("wait") is not None:
            message = "`wait` and `day` cannot be mixed in one cadence"
            hint = "give every step its `day`, or every step but the first a `wait`"
            problem = source.problem(("steps", index, "wait"), message, hint, at_key=True)
            yield problem.of_rule("mixed-days")
        elif step.get("day") is None:
            message = "every step needs a `day`, as others have one"
            yield source.problem(("steps", index), message, COUNTED).of_rule("mixed-days")


def _falling(source: YamlSource, steps: list[tuple[int, dict[str, Any]]]) -> Iterator[Problem]:
    latest = 1
    for index, step in steps:
        day = step.get("day")
        if not isinstance(day, int):
            continue
        if day < latest:
            message = f"day {day} comes after day {latest}: the days of the steps never fall"
            yield source.problem(("steps", index, "day"), message, COUNTED).of_rule("falling-day")
        latest = max(latest, day)
