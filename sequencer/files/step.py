"""From the keys of one step to the step that the engine runs, and to their normal form."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sequencer.domain.cadence import MAIL_KINDS, Schedule, Step, StepKind, TaskType, Thread
from sequencer.domain.delay import delay_from_text
from sequencer.files.attach_keys import attachments_of, normal_attachments
from sequencer.files.schedule import step_window, waits_of
from sequencer.files.step_keys import StepKeys
from sequencer.files.variant_keys import normal_variants, rule_of, variants_of

KINDS = tuple(str(kind) for kind in StepKind)


def steps_of(steps: Sequence[StepKeys], schedule: Schedule) -> Iterator[Step]:
    """The steps of a cadence; the first mail begins a thread.

    Raises:
        ValueError: a step is not exactly one thing.
    """
    begun = False
    for keys, wait in zip(steps, waits_of(steps), strict=True):
        kind = kind_of(keys)
        file = getattr(keys, kind)
        variants = variants_of(keys.variants, file)
        mail = kind in MAIL_KINDS
        first = mail and not begun
        thread = Thread.NEW if first else keys.thread or Thread.REPLY
        begun = begun or mail
        yield Step(
            id=keys.id,
            wait=wait,
            kind=kind,
            template=variants[0].template if variants else str(file),
            thread=thread,
            task_type=keys.type or TaskType.OTHER,
            skip_after=delay_from_text(keys.skip_after) if keys.skip_after else None,
            when=(keys.when or "").strip(),
            goto=keys.goto,
            window=step_window(keys, schedule, is_first=first),
            day=keys.day,
            variants=variants,
            winner=rule_of(keys.winner),
            attach=attachments_of(keys.attach),
        )


def kind_of(keys: StepKeys) -> StepKind:
    """What a step is; ValueError where it is nothing, or several things."""
    kinds = [kind for kind in StepKind if getattr(keys, kind) is not None]
    if not kinds and keys.variants is not None:
        return StepKind.EMAIL
    if len(kinds) != 1:
        raise ValueError(f"the step {keys.id} is not exactly one of {', '.join(KINDS)}")
    return kinds[0]


def normal_form(written: Mapping[str, Any], step: Step) -> dict[str, object]:
    """What a document says of a step: defaults written out, what it has not left out."""
    known: dict[str, Any] = {
        **written,
        str(step.kind): step.template,
        "thread": str(step.thread) if step.kind in MAIL_KINDS else None,
        "type": str(step.task_type) if step.kind is StepKind.TASK else None,
        "skip_after": str(step.skip_after) if step.skip_after else None,
        "when": step.when or None,
        "variants": normal_variants(step.variants),
        "attach": normal_attachments(step.attach),
    }
    return {key: value for key, value in known.items() if value is not None}
