from dataclasses import replace
from typing import Any

import pytest
from builders import TEMPLATES, a_cadence, a_version

from sequencer.domain.attachment import Attachment
from sequencer.domain.audience import Throttle
from sequencer.domain.cadence import StepKind, Version
from sequencer.domain.delay import Delay, Unit
from sequencer.domain.plan_steps import StepChange, WholeChange, difference, whole
from sequencer.domain.variant import Variant

OLD = a_version()
INTRO, BUMP, LAST = OLD.cadence.steps


def with_steps(*steps: Any, **changes: Any) -> Version:
    """The version with these steps."""
    return a_version(cadence=a_cadence(steps=steps), **changes)


def test_same_has_no_difference() -> None:
    """The same version differs in nothing."""
    assert difference(OLD, OLD).steps == ()
    assert difference(OLD, OLD).is_words_only


def test_added_and_removed() -> None:
    """A step that only one of the two has."""
    other = replace(BUMP, id="other")
    found = difference(OLD, with_steps(INTRO, other, LAST))
    assert found.having(StepChange.ADDED) == ("other",)
    assert found.having(StepChange.REMOVED) == ("bump",)


def test_moved_are_the_fewest() -> None:
    """Of two orders only what has to move is told as moved."""
    found = difference(OLD, with_steps(LAST, INTRO, BUMP))
    assert found.having(StepChange.MOVED) == ("last-mail",)
    assert found.steps[0].before == {StepChange.MOVED: ""}


@pytest.mark.parametrize(
    ("changes", "change", "before", "after"),
    [
        ({"wait": Delay(4, Unit.DAYS)}, StepChange.RETIMED, "3 business_days", "4 days"),
        ({"day": 5}, StepChange.RETIMED, "3 business_days", "day 5"),
        ({"when": "phone"}, StepChange.GUARD, "", "phone"),
        ({"goto": "last-mail"}, StepChange.GOTO, "", "last-mail"),
        ({"kind": StepKind.CALL}, StepChange.KIND, "email", "call"),
        ({"variants": (Variant("one", "bump.md"),)}, StepChange.VARIANTS, "", "one 1"),
        ({"attach": (Attachment("p.pdf"),)}, StepChange.ATTACHMENTS, "", ""),
        ({"template": "intro.md"}, StepChange.REWORDED, "", ""),
    ],
)
def test_changed(changes: dict[str, Any], change: StepChange, before: str, after: str) -> None:
    """Each part of a step that changed is told, with what stood there where it is short."""
    [step] = difference(OLD, with_steps(INTRO, replace(BUMP, **changes), LAST)).steps
    assert step.changes == (change,)
    assert (step.before[change], step.after[change]) == (before, after)


@pytest.mark.parametrize("mention", ['{% include "ps.md" %}', "{% include 'ps.md' %}"])
def test_included_text_counts(mention: str) -> None:
    """Whoever includes a text that changed is reworded, in whatever language."""
    texts = {**TEMPLATES, "bump.md": mention, "bump.es.md": mention}
    before = replace(OLD, templates={**texts, "ps.md": "one"})
    after = replace(OLD, templates={**texts, "ps.md": "two"})
    found = difference(before, after)
    assert found.having(StepChange.REWORDED) == ("bump",)
    assert found.is_words_only


def test_attached_file_counts() -> None:
    """Another content of an attached file is a change of the step."""
    steps = (INTRO, replace(BUMP, attach=(Attachment("p.pdf"),)), LAST)
    found = difference(
        with_steps(*steps, attachments={"p.pdf": b"1"}),
        with_steps(*steps, attachments={"p.pdf": b"2"}),
    )
    assert found.having(StepChange.ATTACHMENTS) == ("bump",)


def test_whole_cadence() -> None:
    """What changed beside the steps is told by its name."""
    changed = a_version(cadence=a_cadence(title="Other", throttle=Throttle(3)))
    found = difference(OLD, changed)
    assert found.whole == (WholeChange.TITLE, WholeChange.THROTTLE)
    assert not found.is_words_only


def test_new_cadence_has_its_steps_added() -> None:
    """Where nothing was before, every step was added."""
    assert whole(OLD).having(StepChange.ADDED) == ("intro", "bump", "last-mail")
