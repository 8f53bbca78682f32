"""A plan as a person reads it."""

from collections.abc import Iterator

from sequencer.domain.plan_steps import StepChange
from sequencer.engine.plan_effect import Effect, Word
from sequencer.engine.plan_view import CadencePlan, Change, Plan
from sequencer.engine.plan_words import sentences_of, step_sentence

SHOWN = 10  # people of a cadence; `--json` has all
_SIGNS = {
    Change.NEW: "+",
    Change.CHANGED: "~",
    Change.UNCHANGED: "=",
    Change.DRAINING: "-",
    Change.RETURNS: "+",
}
_TOLD = {
    Change.NEW: "new",
    Change.CHANGED: "changed",
    Change.UNCHANGED: "unchanged, but people are in other versions",
    Change.DRAINING: "its file is gone: it takes nobody in any more",
    Change.RETURNS: "takes people in again",
}


def lines_of(plan: Plan) -> Iterator[str]:
    """The plan, cadence by cadence; those that nothing happens to are counted at the end."""
    shown = [each for each in plan.cadences if each.changes_anything or each.effects]
    for each in shown:
        yield from _cadence(each)
        yield ""
    for each in plan.cadences:
        if each.most_people is not None:
            limit = f"at most {each.most_people} people begin for now"
            yield f"{each.slug}: {limit}; `apply` without --limit lifts that."
    rest = len(plan.cadences) - len(shown)
    if rest:
        yield f"{rest} cadence{'s' if rest > 1 else ''} unchanged."
    if not plan.has_changes:
        yield (
            "Nothing would change." if plan.cadences else "There is no cadence in config/cadences."
        )


def _cadence(each: CadencePlan) -> Iterator[str]:
    yield f"{_SIGNS[each.change]} {each.slug}: {_TOLD[each.change]}{_versions(each)}"
    if each.change is Change.NEW:
        yield f"    steps: {', '.join(each.difference.having(StepChange.ADDED))}"
    else:
        yield from (f"    {step_sentence(changed)}" for changed in each.difference.steps)
    if each.difference.whole:
        yield f"    other {', '.join(each.difference.whole)}"
    for sentence in sentences_of(each):
        yield f"  {sentence}"
    for step, number in sorted(each.undecided.items()):
        decide = f"--decide {each.slug}:{step}=next, =keep or =finish"
        yield f"  Decide about {step} ({number}): {decide}"
    told = [effect for effect in each.effects if effect.word is not Word.KEEPS]
    for effect in told[:SHOWN]:
        yield f"    {effect.email}: {_person(effect)}"
    if len(told) > SHOWN:
        yield f"    and {len(told) - SHOWN} more (--json has all)"


def _versions(each: CadencePlan) -> str:
    if each.before_hash and each.after_hash and each.before_hash != each.after_hash:
        return f" ({each.before_hash[:12]} to {each.after_hash[:12]})"
    return ""


def _person(effect: Effect) -> str:
    match effect.word:
        case Word.MOVES:
            return "; ".join(_parts(effect))
        case Word.ENDS:
            return "ends"
        case _:
            return effect.why


def _parts(effect: Effect) -> Iterator[str]:
    at = effect.step_after or "not begun yet"
    if effect.step_after != effect.step and effect.step is not None:
        at = f"{at} instead of {effect.step}"
    if effect.due_after_at is None:
        yield f"{at}, {effect.state}" if effect.step_after else at
    elif effect.due_at == effect.due_after_at:
        yield f"{at} stays at {_minute(effect, after=True)}"
    else:
        before = f", was {_minute(effect, after=False)}" if effect.due_at else ""
        yield f"{at} at {_minute(effect, after=True)}{before}"
    if effect.loses:
        yield f"loses {', '.join(effect.loses)}"
    if effect.gains:
        yield f"gets {', '.join(effect.gains)} as well"


def _minute(effect: Effect, *, after: bool) -> str:
    from zoneinfo import ZoneInfo

    at = effect.due_after_at if after else effect.due_at
    if at is None:
        return ""
    local = at.astimezone(ZoneInfo(effect.timezone))
    return f"{local:%a} {local.day} {local:%b %H:%M}"
