"""From the keys of a cadence file about time to what the engine runs, and to their normal form."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from sequencer.domain.cadence import Schedule, ZoneFrom
from sequencer.domain.delay import NO_DELAY, Delay, Unit, delay_from_text
from sequencer.domain.window import Window, at_clock_time
from sequencer.files.schedule_keys import ScheduleKeys
from sequencer.files.step_keys import StepKeys
from sequencer.files.window_text import (
    clock_text,
    clock_time,
    window_as_text,
    window_from_text,
)


def schedule_of(keys: ScheduleKeys) -> Schedule:
    """The schedule of a cadence."""
    return Schedule(
        window=window_from_text(keys.window),
        zone_from=keys.timezone,
        jitter=timedelta(minutes=keys.jitter_minutes),
        first_window=window_from_text(keys.first_window) if keys.first_window else None,
        holidays=tuple(each for each in ZoneFrom if each in keys.holidays),
        skip_dates=frozenset(keys.skip_dates),
    )


def waits_of(steps: Sequence[StepKeys]) -> Iterator[Delay]:
    """What each step waits for after the one above it.

    A `day` becomes the business days since the day of the step above. So a step that comes late
    moves those after it, and nothing is ever compressed.
    """
    day = 1
    for step in steps:
        if step.day is None:
            yield delay_from_text(step.wait) if step.wait else NO_DELAY
        else:
            yield Delay(step.day - day, Unit.BUSINESS_DAYS) if step.day > day else NO_DELAY
            day = step.day


def step_window(step: StepKeys, schedule: Schedule, *, is_first: bool) -> Window | None:
    """The hours of the step alone, None where it has those of the cadence."""
    if step.window:
        return window_from_text(step.window)
    if step.at is None:
        return None
    hours = schedule.first_window if is_first else None
    return at_clock_time(hours or schedule.window, clock_time(step.at))


def normalise_schedule(document: dict[str, Any], keys: ScheduleKeys) -> None:
    """Bring the schedule of a document into its one normal form."""
    schedule = schedule_of(keys)
    first = schedule.first_window
    document.update(
        window=window_as_text(schedule.window),
        first_window=window_as_text(first) if first else None,
        holidays=[str(each) for each in schedule.holidays],
        skip_dates=sorted(day.isoformat() for day in schedule.skip_dates),
    )


def normalise_step(document: dict[str, Any], keys: StepKeys, wait: Delay) -> None:
    """Bring what a step of a document says about time into its one normal form.

    A `day` stays: how long the step waits depends on which of those above it happened.
    """
    document.update(
        wait=str(wait) if keys.day is None else None,
        window=window_as_text(window_from_text(keys.window)) if keys.window else None,
        at=clock_text(clock_time(keys.at)) if keys.at is not None else None,
    )
