import pytest
from builders import a_cadence, a_step, a_window

from sequencer.domain.cadence import Schedule, StepKind
from sequencer.domain.window import ALWAYS, at_clock_time


def test_step_by_id() -> None:
    """A step is found by its id, and an unknown id is an error."""
    assert a_cadence().step("bump").template == "bump.md"
    with pytest.raises(KeyError):
        a_cadence().step("nothing")


def test_step_after() -> None:
    """The steps follow one another as they are written, and nothing follows the last."""
    cadence = a_cadence()
    assert cadence.step_after("intro") == cadence.step("bump")
    assert cadence.step_after("last-mail") is None


def test_step_following() -> None:
    """A `goto` leads down the list; one that would not is as if it were not there."""
    leading, looping = a_step(goto="last-mail"), a_step(id="bump", goto="intro")
    cadence = a_cadence(steps=(leading, looping, a_step(id="last-mail")))
    assert cadence.step_following("intro") == cadence.step("last-mail")
    assert cadence.step_following("bump") == cadence.step("last-mail")
    assert cadence.step_following("last-mail") is None


def test_above_and_below() -> None:
    """The ids around a step, in their order."""
    cadence = a_cadence()
    assert cadence.ids_before("bump") == ("intro",)
    assert cadence.ids_after("bump") == ("last-mail",)
    assert cadence.ids_before("intro") == cadence.ids_after("last-mail") == ()


def test_hours_of_a_step() -> None:
    """A step has its own hours, else the first one those of first touches, else the cadence's."""
    own, first = ALWAYS, at_clock_time(a_window(), 600)
    cadence = a_cadence(
        schedule=Schedule(a_window(), first_window=first),
        steps=(a_step(), a_step(id="bump"), a_step(id="last-mail", window=own)),
    )
    assert cadence.window_of("intro") == first
    assert cadence.window_of("bump") == a_window()
    assert cadence.window_of("last-mail") == own


def test_hours_of_a_first_mail_after_a_call() -> None:
    """What comes before the first mail has the hours of the cadence."""
    cadence = a_cadence(
        schedule=Schedule(a_window(), first_window=ALWAYS),
        steps=(a_step(id="call", kind=StepKind.CALL), a_step(id="intro")),
    )
    assert cadence.window_of("call") == a_window()
    assert cadence.window_of("intro") == ALWAYS


def test_hours_of_no_step() -> None:
    """Without a step, or with one that a newer version has left out, the cadence's hours count."""
    cadence = a_cadence(schedule=Schedule(a_window(), first_window=ALWAYS))
    assert cadence.window_of(None) == cadence.window_of("gone") == a_window()


def test_own_hours_of_the_first_step() -> None:
    """The hours of a step go before those of first touches."""
    schedule = Schedule(a_window(), first_window=ALWAYS)
    cadence = a_cadence(schedule=schedule, steps=(a_step(window=a_window()),))
    assert cadence.window_of("intro") == a_window()
