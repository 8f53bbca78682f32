"""What a plan does to people, in sentences: `17 people: bump moves from Tue 4 to Wed 5 May`."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sequencer.domain.plan_steps import StepChange, StepDifference
from sequencer.engine.plan_effect import Effect, Word
from sequencer.engine.plan_view import CadencePlan, Change

MOST_DAYS = 5  # pairs of days that are told for one step; the rest is counted together
_LATER = "go over just now, for a mail of theirs is under way: apply again later"
_GONE = "at a step that is gone or became a mail"
_PART = {
    StepChange.RETIMED: "timing",
    StepChange.REWORDED: "wording",
    StepChange.VARIANTS: "variants",
    StepChange.GUARD: "`when`",
    StepChange.GOTO: "`goto`",
    StepChange.KIND: "kind",
    StepChange.ATTACHMENTS: "attachments",
}


def people(number: int) -> str:
    """`1 person`, `17 people`."""
    return f"{number} person" if number == 1 else f"{number} people"


def step_sentence(step: StepDifference) -> str:
    """What changed about a step: `bump: wait 3 business_days, was 2 business_days`."""
    if step.changes[0] in {StepChange.ADDED, StepChange.REMOVED}:
        return f"{step.step_id}: {step.changes[0]}"
    parts = [_part(step, change) for change in step.changes]
    return f"{step.step_id}: {'; '.join(parts)}"


def _part(step: StepDifference, change: StepChange) -> str:
    if change is StepChange.MOVED:
        return "another place in the order"
    before, after = step.before.get(change, ""), step.after.get(change, "")
    if before == after:
        return f"other {_PART[change]}"
    return f"{_PART[change]} {after or 'none'}, was {before or 'none'}"


def sentences_of(cadence: CadencePlan) -> list[str]:
    """Why it cannot be applied, and what becomes of its people, the largest groups first."""
    stopped = [
        f"Cannot be applied: every variant of {each} is stopped." for each in cadence.wordless
    ]
    return [*stopped, *_of_people(cadence)]


def _of_people(cadence: CadencePlan) -> list[str]:
    if cadence.change is Change.NEW:
        return ["Nobody is in it yet."]
    if cadence.change is Change.DRAINING:
        under_way = sum(cadence.people.values())
        return [f"{people(under_way)} under way run to the end; nobody new comes in."]
    if not cadence.moving:
        return _keeping(cadence)
    return [*_moves(cadence.effects), *_totals(cadence.effects)]


def _keeping(cadence: CadencePlan) -> list[str]:
    if not cadence.elsewhere:
        return ["Nobody is under way in another version."]
    verb = "keeps its" if cadence.elsewhere == 1 else "keep their"
    who = f"{people(cadence.elsewhere)} under way {verb} version"
    return [f"{who} (`--migrate {cadence.slug}` shows what going over would do)."]


def _moves(effects: Iterable[Effect]) -> Iterator[str]:
    days = Counter(filter(None, map(_days, effects)))
    by_step: dict[str, list[tuple[tuple[str, str, date, date], int]]] = {}
    for pair, number in sorted(days.items(), key=lambda each: (-each[1], each[0])):
        by_step.setdefault(pair[1], []).append((pair, number))
    for pairs in by_step.values():
        for (before, after, one, other), number in pairs[:MOST_DAYS]:
            what = f"{after} moves" if before == after else f"{after} comes instead of {before}:"
            yield f"{people(number)}: {what} {_from_to(one, other)}."
        rest = sum(number for _, number in pairs[MOST_DAYS:])
        if rest:
            yield f"{people(rest)}: {pairs[0][0][1]} moves between other days."


def _days(effect: Effect) -> tuple[str, str, date, date] | None:
    """The step before and after, and its days, where one of these changes."""
    before, after = effect.step, effect.step_after
    if effect.word is not Word.MOVES or before is None or after is None:
        return None
    if effect.due_at is None or effect.due_after_at is None:
        return None
    if before == after and effect.due_at == effect.due_after_at:
        return None
    tz = ZoneInfo(effect.timezone)
    return before, after, _local(effect.due_at, tz), _local(effect.due_after_at, tz)


def _local(at: datetime, tz: ZoneInfo) -> date:
    return at.astimezone(tz).date()


def _from_to(one: date, other: date) -> str:
    if one == other:
        return f"within {_day(one, with_month=True)}"
    same = (one.month, one.year) == (other.month, other.year)
    return f"from {_day(one, with_month=not same)} to {_day(other, with_month=True)}"


def _day(day: date, *, with_month: bool) -> str:
    return f"{day:%a} {day.day} {day:%b}" if with_month else f"{day:%a} {day.day}"


def _totals(effects: Iterable[Effect]) -> Iterator[str]:
    every = list(effects)
    if not every:
        yield "Nobody is under way in another version."
        return
    words = Counter(each.word for each in every)
    moving = [each for each in every if each.word is Word.MOVES]
    same = sum(each.due_at == each.due_after_at and each.step == each.step_after for each in moving)
    if same:
        goes = "goes" if same == 1 else "go"
        yield f"{people(same)}: {goes} over, and what comes next stays when it is."
    lost = Counter(step for each in every for step in each.loses if each.is_changed)
    for step, number in sorted(lost.items()):
        yield f"{number} lose{'s' if number == 1 else ''} {step}."
    gained = Counter(step for each in moving for step in each.gains)
    for step, number in sorted(gained.items()):
        yield f"{number} get{'s' if number == 1 else ''} {step} as well."
    extra = sum(bool(each.extra) for each in moving)
    yield f"{extra} get{'s' if extra == 1 else ''} an extra mail."
    yield from _others(words)


def _others(words: Counter[Word]) -> Iterator[str]:
    for word, one, many in (
        (Word.ENDS, "ends", "end"),
        (Word.KEEPS, "keeps the version, as was decided", "keep their version, as was decided"),
        (Word.WAITS, f"cannot {_LATER}", f"cannot {_LATER}"),
        (
            Word.NEEDS,
            f"stands {_GONE}, and needs a decision",
            f"stand {_GONE}, and need a decision",
        ),
    ):
        if words[word]:
            yield f"{people(words[word])}: {one if words[word] == 1 else many}."
