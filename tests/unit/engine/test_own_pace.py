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


def test_when_there_is_room_again() -> None:
    """When the gap is over, or the hour or the day of the mail that has to grow old first."""
    assert OwnPace().free_s("ana", Pace()) == 0.0
    gap = Pace(gap=timedelta(seconds=90))
    assert sent(5.0, 100.0).free_s("ana", gap) == 190.0
    hour = Pace(per_day=50, per_hour=2, gap=NO_GAP)
    assert sent(0.0, 10.0, 20.0).free_s("ana", hour) == HOUR_S + 10.0
    day = Pace(per_day=2, per_hour=9, gap=NO_GAP)
    assert sent(0.0, 10.0, 20.0).free_s("ana", day) == 24 * HOUR_S + 10.0
    for pace in (gap, hour, day):
        own = sent(5.0, 6.0, 7.0)
        free_s = own.free_s("ana", pace)
        assert own.mails("ana", pace, NOON, free_s - 1).room == 0
        assert own.mails("ana", pace, NOON, free_s).room > 0


def test_what_is_older_than_a_day() -> None:
    """It is forgotten when the next mail goes."""
    own = sent(0.0, 25 * HOUR_S)
    assert own.free_s("ana", Pace(per_day=2, per_hour=9, gap=NO_GAP)) == 25 * HOUR_S
