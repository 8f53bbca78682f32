import pytest
from builders import a_cadence, a_step

from sequencer.domain.cadence import StepKind
from sequencer.domain.first_mail import may_be_first

CADENCE = a_cadence(
    steps=(
        a_step(id="asked", when='title != ""'),
        a_step(id="call", kind=StepKind.CALL, goto="last"),
        a_step(id="passed"),
        a_step(id="by-hand", kind=StepKind.MANUAL_EMAIL),
        a_step(id="last"),
        a_step(id="after"),
    )
)


@pytest.mark.parametrize(
    ("step_id", "left_out", "first"),
    [
        ("asked", (), True),
        ("call", (), False),
        ("passed", (), True),
        ("by-hand", (), True),
        ("last", (), True),
        ("after", (), False),
        ("after", ("last",), True),
        ("after", ("passed",), False),
    ],
)
def test_may_be_first(step_id: str, left_out: tuple[str, ...], *, first: bool) -> None:
    """Only a mail above that everybody gets makes a mail a later one, and only if it happens."""
    assert may_be_first(CADENCE, CADENCE.step(step_id), left_out) is first
