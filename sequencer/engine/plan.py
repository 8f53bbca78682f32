"""When is a step due in its own calendar, and in which words is that told?"""

from collections.abc import Sequence
from datetime import datetime

from sequencer.domain.days_off import NeverOpenError
from sequencer.domain.delay import Delay
from sequencer.domain.due import Due, due_after, due_from
from sequencer.domain.opening import is_open
from sequencer.domain.postponement import postponement_at
from sequencer.domain.reason import CALENDAR, Refusal
from sequencer.domain.spoken_time import full_time
from sequencer.engine.desk import Case


def due_after_wait(case: Case, step_id: str, wait: Delay, now: datetime) -> Due:
    """Due time of a step that begins to wait now."""
    try:
        return due_after(
            now, wait, case.timing_of(step_id), _key(case, step_id), case.policy.openings.place
        )
    except NeverOpenError:
        return Due(now)  # the gate has a reason against it that a person will read


def due_at_or_after(case: Case, step_id: str, earliest: datetime) -> Due:
    """First instant from `earliest` on at which the calendar of a step is open, with its jitter."""
    try:
        return due_from(earliest, case.timing_of(step_id), _key(case, step_id))
    except NeverOpenError:
        return Due(earliest)


def due_as_before(case: Case, step_id: str, earliest: datetime) -> Due:
    """The same for what has its jitter in it already: with each pause one more would add up."""
    if is_open(case.timing_of(step_id), earliest):
        return Due(earliest)
    return due_at_or_after(case, step_id, earliest)


def why_later(
    case: Case, step_id: str, refusals: Sequence[Refusal], due: Due, now: datetime
) -> str:
    """Why a step that was refused goes on at `due`, to be read after that time.

    Of several refusals the one that lasts longest is told, and what the calendar adds to it.
    """
    latest = max(refusals, key=lambda refusal: refusal.until or now)
    if latest.reason not in CALENDAR:
        return "; ".join(filter(None, (latest.sentence, due.reason)))
    held = postponement_at(case.timing_of(step_id), now)
    return held.beside(due.at) if held else latest.sentence


def told(case: Case, due: Due, now: datetime) -> str:
    """`Tuesday 4 May 09:12 Madrid time: window closed until 08:30 (Labour Day, ES)`."""
    local = full_time(due.at, case.timing.tz, now)
    return f"{local}: {due.reason}" if due.reason else local


def _key(case: Case, step_id: str) -> str:
    return f"{case.stored.enrollment.key}:{step_id}"
