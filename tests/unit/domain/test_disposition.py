from builders import a_cadence

from sequencer.domain.delay import Delay, Unit
from sequencer.domain.disposition import Action, Disposition, by_name, event_of
from sequencer.domain.enrollment import FinishReason
from sequencer.domain.event import StepEnded, Stopped

CADENCE = a_cadence()
TOMORROW = Delay(1, Unit.BUSINESS_DAYS)


def test_done() -> None:
    """A task without a disposition ends its step."""
    assert event_of(None, "intro", CADENCE) == StepEnded("intro")


def test_advance() -> None:
    """The next step comes, after the delay of the disposition where it has one."""
    busy = Disposition("busy", "not_connected", wait=TOMORROW)
    assert event_of(busy, "intro", CADENCE) == StepEnded("intro", wait=TOMORROW)


def test_finish() -> None:
    """The enrollment ends for the reason that was chosen."""
    booked = Disposition(
        "booked", "connected", Action.FINISH, finish_as=FinishReason.MEETING_BOOKED
    )
    assert event_of(booked, "intro", CADENCE) == Stopped(FinishReason.MEETING_BOOKED)
    no = Disposition("no", "connected", Action.FINISH)
    assert event_of(no, "intro", CADENCE) == Stopped(FinishReason.DISPOSITION)


def test_goto() -> None:
    """It goes on at the step named; a cadence that has no such step further down goes on."""
    last = Disposition("later", "connected", Action.GOTO, "last-mail", TOMORROW)
    assert event_of(last, "intro", CADENCE) == StepEnded("intro", "last-mail", TOMORROW)
    assert event_of(last, "last-mail", CADENCE) == StepEnded("last-mail", wait=TOMORROW)
    back = Disposition("again", "connected", Action.GOTO, "intro")
    assert event_of(back, "bump", CADENCE) == StepEnded("bump")


def test_by_name() -> None:
    """Each is found by its name, in the order they were written."""
    known = by_name([Disposition("b", "x"), Disposition("a", "x")])
    assert list(known) == ["b", "a"]
    assert known["a"].outcome == "x"
