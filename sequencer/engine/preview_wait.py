"""How long does a step wait, and after what, where not everybody gets the steps above it?"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations

from sequencer.domain.cadence import Step
from sequencer.domain.guard import CALL_CONNECTED, Facts, names_in, parse_guard
from sequencer.engine.course import guard_of
from sequencer.engine.desk import Case
from sequencer.engine.preview_guard import fields_of, is_left_out

MOST_NAMES = 8  # in two guards; with more of them, anything may be


def wait_words(case: Case, step: Step) -> str:
    """The delay, and after which steps it begins: those that may be the last one that happened."""
    before = list(_before(case, step))
    names = [f"`{each.id}`" if each is not None else "the enrolment" for each in before]
    after = f"{', '.join(names[:-1])} or {names[-1]}, the last that happened"
    delays = {step.wait_after(each) for each in before}
    if len(delays) > 1:
        return f"on business day {step.day}, which follows {after}"
    [delay] = delays
    after = after if names[1:] else names[0]
    return f"{str(delay).replace('_', ' ')} after {after}" if delay.amount else f"with {after}"


def _before(case: Case, step: Step) -> Iterator[Step | None]:
    """Steps after which it may come, from the nearest on; None for the enrolment."""
    steps = case.version.cadence.steps
    at = [each.id for each in steps].index(step.id)
    for number in range(at - 1, -1, -1):
        each = steps[number]
        above = {other.id for other in steps[:number]}
        if is_left_out(case, each) or not _has_both(case, each, step, above):
            continue
        yield each
        if not guard_of(case, each):
            return
    yield None


def _has_both(case: Case, first: Step, second: Step, above: Collection[str]) -> bool:
    """Whether somebody may get both; what happens to the steps above both is the same for both."""
    texts = guard_of(case, first), guard_of(case, second)
    if not all(texts):
        return True
    guards = [parse_guard(text) for text in texts]
    found = sorted({each.name for guard in guards for each, _ in names_in(guard)})
    names = [name for name in found if "." in name]
    settled = [name for name in names if name.partition(".")[0] in above]
    later = [name for name in names if name not in settled]
    fields = fields_of(case)
    return len(names) > MOST_NAMES or any(
        all(
            any(guard.holds(_facts(fields, (*old, *new))) for new in _choices(later))
            for guard in guards
        )
        for old in _choices(settled)
    )


def _choices(names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Every choice among them, none and all included."""
    for size in range(len(names) + 1):
        yield from combinations(names, size)


def _facts(fields: Mapping[str, str], names: Collection[str]) -> Facts:
    """What is known where exactly these hold."""
    ends: dict[str, frozenset[str]] = {}
    for name in names:
        step_id, _, word = name.partition(".")
        ends[step_id] = ends.get(step_id, frozenset()) | {word}
    return Facts(fields, ends, connected=CALL_CONNECTED in names)
