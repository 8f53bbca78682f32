from datetime import UTC, date, datetime, timedelta

from builders import BERLIN, a_timing

from sequencer.domain.days_off import DaysOff
from sequencer.domain.delay import Delay, Unit
from sequencer.domain.due import Due, due_after, due_from
from sequencer.domain.workdays import Workdays

LABOUR_DAY = DaysOff(BERLIN, {date(2026, 5, 1): "Labour Day, DE"})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def test_inside_the_window() -> None:
    """An instant inside the window is taken as it is, and needs no reason."""
    due = due_from(at("2026-03-03T09:00"), a_timing(), "k")
    assert due == Due(at("2026-03-03T09:00"))
    assert due.reason == ""


def test_moved_into_the_window() -> None:
    """An instant outside moves to the next opening and says until when it was closed."""
    due = due_from(at("2026-03-06T18:00"), a_timing(), "k")
    assert due.at == at("2026-03-09T08:30")
    assert due.reason == "window closed until 08:30"


def test_moved_over_a_holiday() -> None:
    """A day off that made the wait longer is named."""
    due = due_from(at("2026-05-01T09:00"), a_timing(off=(LABOUR_DAY,)), "k")
    assert due.at == at("2026-05-04T08:30")
    assert due.reason == "window closed until 08:30 (Labour Day, DE)"


def test_sunday_to_monday_and_what_follows() -> None:
    """A step that was due on a Sunday goes on Monday, and the next one counts from there."""
    second = due_after(at("2026-03-05T09:00"), Delay(3, Unit.DAYS), a_timing(), "bump")
    assert second.at == at("2026-03-09T08:30")
    third = due_after(second.at, Delay(3, Unit.DAYS), a_timing(), "last-mail")
    assert third.at == at("2026-03-12T08:30")


def test_delay_then_window() -> None:
    """The delay comes first and the window after it."""
    due = due_after(at("2026-03-03T12:00"), Delay(1, Unit.BUSINESS_DAYS), a_timing(), "k")
    assert due.at == at("2026-03-04T13:00")


def test_delay_knows_the_holidays() -> None:
    """A holiday is not counted as a business day."""
    timing = a_timing(workdays=Workdays(BERLIN, off=(LABOUR_DAY,)), off=(LABOUR_DAY,))
    due = due_after(at("2026-04-30T09:00"), Delay(1, Unit.BUSINESS_DAYS), timing, "k")
    assert due == Due(at("2026-05-04T09:00"))


def test_jitter_is_computed() -> None:
    """The same key gives the same instant, another key another one, both within the jitter."""
    timing = a_timing(jitter=timedelta(minutes=20))
    start = at("2026-03-03T09:00")
    first = due_from(start, timing, "k1/intro")
    assert first == due_from(start, timing, "k1/intro")
    assert first != due_from(start, timing, "k2/intro")
    assert start <= first.at < start + timedelta(minutes=20)


def test_jitter_shrinks_at_the_end() -> None:
    """In the last minute of an opening there is only that minute to move in."""
    timing = a_timing(jitter=timedelta(minutes=20))
    start = at("2026-03-03T11:29")
    for key in ("a", "b", "c", "d"):
        assert start <= due_from(start, timing, key).at < at("2026-03-03T11:30")
