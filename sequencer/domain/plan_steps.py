"""What an edit changes in a cadence: step by step, and in the cadence as a whole."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sequencer.domain.cadence import Cadence, Step, Version


class StepChange(StrEnum):
    """What changed about a step."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    RETIMED = "retimed"
    REWORDED = "reworded"
    VARIANTS = "variants"
    GUARD = "guard"
    GOTO = "goto"
    KIND = "kind"
    ATTACHMENTS = "attachments"


class WholeChange(StrEnum):
    """What changed about a cadence as a whole."""

    TITLE = "title"
    AUDIENCE = "audience"
    THROTTLE = "throttle"
    SCHEDULE = "schedule"
    MAILBOXES = "mailboxes"
    STOPS = "stops"
    MEETINGS = "meetings"
    CLIENT = "client"


@dataclass(frozen=True, slots=True)
class StepDifference:
    """What changed about one step.

    Attributes:
        before: what is told of it as it was, by what changed, where that can be told in a word.
        after: the same as it is now.
    """

    step_id: str
    changes: tuple[StepChange, ...]
    before: Mapping[StepChange, str]
    after: Mapping[StepChange, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed between two versions."""

    steps: tuple[StepDifference, ...] = ()
    whole: tuple[WholeChange, ...] = ()

    def having(self, change: StepChange) -> tuple[str, ...]:
        """Ids of the steps of which that changed."""
        return tuple(each.step_id for each in self.steps if change in each.changes)

    @property
    def is_words_only(self) -> bool:
        """Whether nothing but wording changed: nobody's next instant can move."""
        words = {StepChange.REWORDED, StepChange.VARIANTS, StepChange.ATTACHMENTS}
        return not self.whole and all(words.issuperset(each.changes) for each in self.steps)


_WHOLE: Mapping[WholeChange, Callable[[Cadence], object]] = {
    WholeChange.TITLE: lambda cadence: cadence.title,
    WholeChange.AUDIENCE: lambda cadence: cadence.audience,
    WholeChange.THROTTLE: lambda cadence: cadence.throttle,
    WholeChange.SCHEDULE: lambda cadence: cadence.schedule,
    WholeChange.MAILBOXES: lambda cadence: (cadence.mailboxes, cadence.pool, cadence.rotate),
    WholeChange.STOPS: lambda cadence: (cadence.colleagues, cadence.meeting_ends_account),
    WholeChange.MEETINGS: lambda cadence: cadence.on,
    WholeChange.CLIENT: lambda cadence: cadence.client,
}
_STEP: Mapping[StepChange, Callable[[Step], object]] = {
    StepChange.RETIMED: lambda step: (step.wait, step.day, step.window, step.skip_after),
    StepChange.REWORDED: lambda step: (step.thread, step.task_type),
    StepChange.VARIANTS: lambda step: (step.variants, step.winner),
    StepChange.GUARD: lambda step: step.when,
    StepChange.GOTO: lambda step: step.goto,
    StepChange.KIND: lambda step: step.kind,
    StepChange.ATTACHMENTS: lambda step: step.attach,
}


def difference(old: Version, new: Version) -> Difference:
    """What changed from one version to the other; steps in the new order, those gone at the end."""
    return Difference(tuple(_steps(old, new)), tuple(_whole(old.cadence, new.cadence)))


def whole(new: Version) -> Difference:
    """That of a cadence that was not there before: every step of it was added."""
    added = (StepDifference(step.id, (StepChange.ADDED,), {}, {}) for step in new.cadence.steps)
    return Difference(tuple(added))


def _whole(old: Cadence, new: Cadence) -> Iterator[WholeChange]:
    return (change for change, part in _WHOLE.items() if part(old) != part(new))


def _steps(old: Version, new: Version) -> Iterator[StepDifference]:
    before = {step.id: step for step in old.cadence.steps}
    after = {step.id: step for step in new.cadence.steps}
    common = [each for each in before if each in after]
    moved = _moved(common, [each for each in after if each in before])
    for step_id, step in after.items():
        if step_id not in before:
            yield StepDifference(step_id, (StepChange.ADDED,), {}, {})
        elif changes := _changes(old, new, step_id) | moved.get(step_id, set()):
            order = tuple(each for each in StepChange if each in changes)
            told = [{of: _words(each, of) for of in order} for each in (before[step_id], step)]
            yield StepDifference(step_id, order, *told)
    for step_id in before:
        if step_id not in after:
            yield StepDifference(step_id, (StepChange.REMOVED,), {}, {})


def _changes(old: Version, new: Version, step_id: str) -> set[StepChange]:
    before, after = old.cadence.step(step_id), new.cadence.step(step_id)
    changes = {change for change, part in _STEP.items() if part(before) != part(after)}
    if _texts(old, before) != _texts(new, after):
        changes.add(StepChange.REWORDED)
    if _files(old, before) != _files(new, after):
        changes.add(StepChange.ATTACHMENTS)
    return changes


def _moved(old: list[str], new: list[str]) -> dict[str, set[StepChange]]:
    """The fewest steps whose moving makes the one order out of the other."""
    at = {step_id: index for index, step_id in enumerate(old)}
    chains: list[list[str]] = [[]]  # the longest of steps that kept their order, by their last
    for step_id in new:
        fitting = [each for each in chains if not each or at[each[-1]] < at[step_id]]
        chains.append([*max(fitting, key=_length), step_id])
    kept = max(chains, key=_length)
    return {step_id: {StepChange.MOVED} for step_id in new if step_id not in kept}


def _length(chain: list[str]) -> int:
    return len(chain)


def _texts(version: Version, step: Step) -> dict[str, str]:
    """Everything that a step may say: its wordings, in all languages, and what they include."""
    found: dict[str, str] = {}
    wanted = [name for name in version.templates if _is_of(name, step.templates)]
    while wanted:
        name = wanted.pop()
        if name not in found:
            text = found[name] = version.templates[name]
            wanted += [each for each in version.templates if f'"{_plain(each)}"' in text]
            wanted += [each for each in version.templates if f"'{_plain(each)}'" in text]
    return found


def _is_of(name: str, templates: tuple[str, ...]) -> bool:
    return name in templates or _plain(name) in templates


def _plain(name: str) -> str:
    """The name of a file without its language: `intro.md` for `intro.es.md`."""
    stem, _, kind = name.rpartition(".")
    base, dot, _ = stem.rpartition(".")
    return f"{base}.{kind}" if dot else name


def _files(version: Version, step: Step) -> list[bytes | None]:
    return [version.attachments.get(each.file) for each in step.attach]


def _words(step: Step, change: StepChange) -> str:
    """What stands there, where it fits in a word or two."""
    match change:
        case StepChange.RETIMED:
            return f"day {step.day}" if step.day is not None else str(step.wait)
        case StepChange.GUARD:
            return step.when
        case StepChange.GOTO:
            return step.goto or ""
        case StepChange.KIND:
            return str(step.kind)
        case StepChange.VARIANTS:
            return ", ".join(f"{each.name} {each.weight}" for each in step.variants)
        case _:
            return ""
