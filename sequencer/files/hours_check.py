"""Do the hours that a cadence file names fit together: no overlap, and open at some time?"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from sequencer.domain.window import clash
from sequencer.files.problem import Problem
from sequencer.files.window_text import DAYS, block_as_text, blocks_from_text, days_from_text
from sequencer.files.yaml_source import YamlSource

Path = tuple[str | int, ...]


def hours_problems(source: YamlSource) -> Iterator[Problem]:
    """Problems of every window in the file; a text that is no window is reported elsewhere."""
    for path, window in _windows(source.value if isinstance(source.value, dict) else {}):
        yield from _problems(source, path, window)


def _windows(value: dict[str, Any]) -> Iterator[tuple[Path, dict[str, list[str]]]]:
    schedule, steps = value.get("schedule"), value.get("steps")
    places: list[tuple[Path, Any]] = [(("schedule",), schedule)]
    if isinstance(steps, list):
        places.extend((("steps", index), step) for index, step in enumerate(steps))
    for path, place in places:
        for key in ("window", "first_window"):
            window = place.get(key) if isinstance(place, dict) else None
            if isinstance(window, dict):
                texts = {day: hours for day, hours in window.items() if isinstance(hours, list)}
                yield (*path, key), texts


def _problems(source: YamlSource, path: Path, window: dict[str, list[str]]) -> Iterator[Problem]:
    with suppress(ValueError, TypeError, AttributeError):
        days = blocks_from_text(window)
        found = clash(days)
        if found is not None:
            weekday, early, late = found
            first, second = block_as_text(early), block_as_text(late)
            next_day = late not in days[weekday]
            begun = f" of {DAYS[weekday]}" if next_day else ""
            on = DAYS[(weekday + next_day) % 7]
            message = f"the hours {first}{begun} and {second} overlap on {on}"
            key = next(key for key in reversed(window) if weekday in days_from_text(key))
            yield source.problem((*path, key), message).of_rule("overlapping-hours")
        elif window and not any(days):
            hint = "give at least one day its hours"
            problem = source.problem(path, "the window is never open", hint)
            yield problem.of_rule("never-open")
