"""In which wording does somebody get a mail, where its step has several?"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sequencer.domain.cadence import Step, StepKind
from sequencer.domain.variant import NoVariantError, choose, live
from sequencer.files.problem import Problem
from sequencer.files.template_error import TemplateError
from sequencer.store.sends import StoredSend

Stopped = Mapping[str, frozenset[str]]  # names of wordings by the step
NOTHING: Stopped = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Wording:
    """A template, and the name of the variant that it is; None where a step has no variants."""

    template: str
    variant: str | None = None


class NoWordingError(TemplateError):
    """Every wording that somebody could get is stopped: a person has to look at it."""

    def __init__(self, step: Step) -> None:
        message = f"every variant of the step `{step.id}` is stopped"
        hint = "`sequencer variants start` lets one go on; then `sequencer resume`"
        super().__init__([Problem(step.template, None, None, message, hint)])


def wording_of(
    step: Step, key: str, stopped: Stopped = NOTHING, send: StoredSend | None = None
) -> Wording:
    """The wording that an enrollment gets of a step.

    Args:
        step: the step.
        key: of the enrollment.
        stopped: what nobody gets any more.
        send: that of the step, where there is one: what a rep has read and released stays.

    Raises:
        NoWordingError: all are stopped.
    """
    if not step.variants:
        return Wording(step.template)
    if send is not None and send.draft:
        return Wording(step.template, send.variant)
    released = send.variant if send is not None and step.kind is StepKind.MANUAL_EMAIL else None
    kept = next((each for each in step.variants if each.name == released), None)
    try:
        found = kept or choose(step.variants, key, step.id, stopped.get(step.id, ()))
    except NoVariantError:
        raise NoWordingError(step) from None
    return Wording(found.template, found.name)


def wordless(
    steps: Iterable[Step], stopped: Stopped = NOTHING, skip: Collection[str] = ()
) -> tuple[str, ...]:
    """Ids of the mails of which nobody can get any wording, those left out that are skipped."""
    return tuple(
        step.id
        for step in steps
        if step.variants
        and step.id not in skip
        and not live(step.variants, stopped.get(step.id, ()))
    )


def possible_templates(step: Step, stopped: Stopped = NOTHING) -> Sequence[str]:
    """Those that somebody may get who is not in yet."""
    if not step.variants:
        return (step.template,)
    found = live(step.variants, stopped.get(step.id, ()))
    return tuple(dict.fromkeys(each.template for each in found))
