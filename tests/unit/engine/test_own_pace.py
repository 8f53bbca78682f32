"""What a process knows of its own mails, whatever the wall clock shows."""

from datetime import timedelta

from builders import NOON

from sequencer.domain.pacing import Pace
from sequencer.engine.own_pace import OwnMails, OwnPace

HOUR_S = 3_600.0
NO_GAP = timedelta(0)


def sent(*boot_s: float) -> OwnPace:
    pace = OwnPace()
    for each in boot_s:
        pace.note("ana", each)
    return pace


def test_nothing_was_sent() -> None:
    """There is room for an hour, and for a day where that is less."""
    assert OwnPace().mails("ana", Pace(per_day=50), NOON, 0.0) == OwnMails(10)
    assert OwnPace().mails("ana", Pace(per_day=3, per_hour=9), NOON, 0.0) == OwnMails(3)


def test_the_gap() -> None:
    """Within the least gap there is no room, whatever the limits."""
    pace = Pace(gap=timedelta(seconds=90))
    assert sent(100.0).mails("ana", pace, NOON, 189.0).room == 0
    assert sent(100.0).mails("ana", pace, NOON, 190.0).room > 0
    assert sent(100.0).mails("ana", pace, NOON, 190.0).last_at == NOON - timedelta(seconds=90)
    assert sent(100.0).mails("luis", pace, NOON, 101.0) == OwnMails(10)


def test_an_hour() -> None:
    """The hour is counted back from now; what is older leaves room again."""
    pace = Pace(per_day=50, per_hour=2, gap=NO_GAP)
    own = sent(0.0, 10.0)
    assert own.mails("ana", pace, NOON, 20.0).room == 0
    assert own.mails("ana", pace, NOON, HOUR_S).room == 1
    assert own.mails("ana", pace, NOON, HOUR_S + 10).room == 2


def test_a_day() -> None:
    """A day that is used up leaves no room in the next hour, though that is empty."""
    pace = Pace(per_day=3, per_hour=3, gap=NO_GAP)
    own = sent(0.0, 10.0, 7 * HOUR_S)
    assert own.mails("ana", pace, NOON, 9 * HOUR_S).room == 0
    assert own.mails("ana", pace, NOON, 24 * HOUR_S).room == 1
    assert own.mails("ana", pace, NOON, 24 * HOUR_S + 10).room == 2
    assert own.mails("ana", pace, NOON, 31 * HOUR_S).room == 3
