from dataclasses import replace

import pytest
from builders import a_cadence, a_step, a_version

from sequencer.domain.cadence import StepKind, Version
from sequencer.domain.similar_step import likeness


def version(step_id: str, template: str, text: str, kind: StepKind = StepKind.EMAIL) -> Version:
    """A version with one step."""
    step = a_step(id=step_id, template=template, kind=kind)
    return replace(a_version(cadence=a_cadence(steps=(step,))), templates={template: text})


BUMP = version("bump", "bump.md", "Did you see my mail of last week about invoices?")


@pytest.mark.parametrize(
    ("other", "alike"),
    [
        (version("bump-1", "x.md", "Something else."), True),
        (version("zzz", "bump.md", "Something else."), True),
        (version("zzz", "x.md", "Did you see my mail of last week about an invoice?"), True),
        (version("zzz", "x.md", "Quite other words, and many more of them."), False),
        (version("zzz", "x.md", ""), False),
        (version("bump", "bump.md", "A guide.", StepKind.CALL), False),
    ],
)
def test_likeness(other: Version, *, alike: bool) -> None:
    """Steps of one kind with nearly the same id, the same file, or nearly the same text."""
    assert likeness(BUMP, "bump", other, other.cadence.steps[0].id) is alike
