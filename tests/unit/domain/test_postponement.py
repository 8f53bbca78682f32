from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from builders import a_timing, a_window

from sequencer.domain.days_off import DaysOff
from sequencer.domain.postponement import place_from, postponement_at
from sequencer.domain.reason import Reason
from sequencer.domain.timing import Timing
from sequencer.domain.window import ALWAYS, Block

MADRID = ZoneInfo("Europe/Madrid")
AUCKLAND = ZoneInfo("Pacific/Auckland")
MORNINGS = a_window(days=((Block(510, 720),),) * 5 + ((),) * 2)
MOVED = {date(2027, 5, 3): "Labour Day, ES, moved from Saturday"}
AWAY = {date(2027, 5, day): "Ana is away until 14 May" for day in range(4, 15)}


def madrid(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MADRID).astimezone(UTC)


def spanish(*off: DaysOff, away: tuple[DaysOff, ...] = ()) -> Timing:
    return a_timing(window=MORNINGS, tz=MADRID, off=off, away=away)


def test_nothing_to_postpone() -> None:
    """Inside an opening there is no wait and nothing to explain."""
    assert postponement_at(spanish(), madrid("2027-05-04T09:00")) is None


@pytest.mark.parametrize(
    ("since", "sentence"),
    [
        ("2027-05-04T07:00", "window closed until 08:30, Madrid time"),
        ("2027-05-04T12:00", "window closed until Wed 5 May 08:30, Madrid time"),
        ("2027-12-31T12:00", "window closed until Mon 3 Jan 2028 08:30, Madrid time"),
    ],
)
def test_hours(since: str, sentence: str) -> None:
    """Where only the hours are in the way, the next opening says everything."""
    held = postponement_at(spanish(), madrid(since))
    assert held is not None
    assert (held.sentence, held.reason) == (sentence, Reason.OUTSIDE_WINDOW)


def test_holiday() -> None:
    """A holiday is told with its name, and is the reason while it lasts."""
    held = postponement_at(spanish(DaysOff(MADRID, MOVED)), madrid("2027-05-03T10:00"))
    assert held is not None
    assert held.reason is Reason.HOLIDAY
    assert held.until == madrid("2027-05-04T08:30")
    assert held.sentence == (
        "window closed until Tue 4 May 08:30, Madrid time (Labour Day, ES, moved from Saturday)"
    )


def test_edges_of_a_holiday() -> None:
    """At the midnight that begins it the holiday is the reason; at the next one it is over."""
    off = DaysOff(MADRID, {date(2027, 5, 3): "one", date(2027, 5, 4): "two"}, Reason.HOLIDAY)
    begin = postponement_at(spanish(off), madrid("2027-05-03T00:00"))
    before = postponement_at(spanish(off), madrid("2027-05-02T23:59"))
    assert begin is not None
    assert before is not None
    assert (before.reason, begin.reason) == (Reason.OUTSIDE_WINDOW, Reason.HOLIDAY)
    ended = postponement_at(
        spanish(DaysOff(MADRID, {date(2027, 5, 3): "one"})), madrid("2027-05-04T00:00")
    )
    assert ended is not None
    assert ended.reason is Reason.OUTSIDE_WINDOW


def test_end_of_one_absence_and_begin_of_a_holiday() -> None:
    """Where one day off ends and another begins, the one that begins is the reason."""
    away = DaysOff(MADRID, {date(2027, 5, 3): "Ana is away until 3 May"}, Reason.REP_AWAY)
    timing = spanish(DaysOff(MADRID, {date(2027, 5, 4): "a holiday"}), away=(away,))
    whole_days = replace(timing, window=ALWAYS)
    held = postponement_at(whole_days, madrid("2027-05-04T00:00"))
    assert held is not None
    assert (held.reason, held.words) == (Reason.HOLIDAY, "a holiday")


def test_holiday_ahead() -> None:
    """On the Sunday before it the hours are in the way; the holiday makes the wait longer."""
    held = postponement_at(spanish(DaysOff(MADRID, MOVED)), madrid("2027-05-02T10:00"))
    assert held is not None
    assert held.reason is Reason.OUTSIDE_WINDOW
    assert held.words == "Labour Day, ES, moved from Saturday"


def test_holiday_that_costs_nothing() -> None:
    """In the evening of a holiday only the hours are in the way: they would be on any day."""
    held = postponement_at(spanish(DaysOff(MADRID, MOVED)), madrid("2027-05-03T19:00"))
    assert held is not None
    assert (held.reason, held.words) == (Reason.OUTSIDE_WINDOW, "")


def test_beside_the_due_time() -> None:
    """After an instant of the same day the day and the zone are not said again."""
    held = postponement_at(spanish(DaysOff(MADRID, MOVED)), madrid("2027-05-02T10:00"))
    assert held is not None
    words = "(Labour Day, ES, moved from Saturday)"
    assert held.beside(madrid("2027-05-04T09:12")) == f"window closed until 08:30 {words}"
    later = held.beside(madrid("2027-05-05T09:12"))
    assert later == f"window closed until Tue 4 May 08:30 {words}"


def test_several_causes() -> None:
    """Each cause is named once, in the order in which they are met; the first is the reason."""
    away = (DaysOff(MADRID, AWAY, Reason.REP_AWAY),)
    timing = spanish(DaysOff(MADRID, MOVED), away=away)
    held = postponement_at(timing, madrid("2027-05-03T10:00"))
    assert held is not None
    assert held.reason is Reason.HOLIDAY
    assert held.until == madrid("2027-05-17T08:30")
    assert held.words == "Labour Day, ES, moved from Saturday; Ana is away until 14 May"


def test_rep_away() -> None:
    """An absence has a code of its own."""
    timing = spanish(away=(DaysOff(MADRID, AWAY, Reason.REP_AWAY),))
    held = postponement_at(timing, madrid("2027-05-06T10:00"))
    assert held is not None
    assert held.reason is Reason.REP_AWAY


def test_absence_moves_no_due_time() -> None:
    """While the rep is away waits are paused: a due time that knew of it would count it twice."""
    timing = spanish(away=(DaysOff(MADRID, AWAY, Reason.REP_AWAY),))
    assert place_from(timing, madrid("2027-05-06T10:00")).postponement is None


def test_part_of_an_opening() -> None:
    """A day off that ends within the hours leaves the rest of them."""
    off = DaysOff(AUCKLAND, {date(2027, 5, 4): "a day in Auckland"})
    early = a_window(days=((Block(510, 1_020),),) * 7)
    place = place_from(a_timing(window=early, tz=MADRID, off=(off,)), madrid("2027-05-04T09:00"))
    assert place.opening.start == madrid("2027-05-04T14:00")
    assert place.opening.end == madrid("2027-05-04T17:00")
    assert place.postponement is not None
    assert place.postponement.reason is Reason.HOLIDAY
    assert place.postponement.words == "a day in Auckland"
