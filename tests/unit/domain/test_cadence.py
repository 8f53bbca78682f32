import pytest
from builders import a_cadence


def test_step_by_id() -> None:
    """A step is found by its id, and an unknown id is an error."""
    assert a_cadence().step("bump").template == "bump.md"
    with pytest.raises(KeyError):
        a_cadence().step("nothing")


def test_step_after() -> None:
    """The steps follow one another from None to None."""
    cadence, walked = a_cadence(), []
    step = cadence.step_after(None)
    while step is not None:
        walked.append(step.id)
        step = cadence.step_after(step.id)
    assert walked == ["intro", "bump", "last-mail"]
