from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from builders import BERLIN

from sequencer.domain.days_off import DaysOff, Stretch
from sequencer.domain.reason import Reason

MADRID = ZoneInfo("Europe/Madrid")
LABOUR_DAY = {date(2026, 5, 1): "Labour Day, ES"}


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def test_whole_local_day() -> None:
    """A day off is the whole day of its zone, whatever part of it is asked for."""
    off = DaysOff(MADRID, LABOUR_DAY)
    [stretch] = off.within(utc(2026, 5, 1, 9), utc(2026, 5, 1, 10))
    assert stretch == Stretch(
        utc(2026, 4, 30, 22), utc(2026, 5, 1, 22), Reason.HOLIDAY, "Labour Day, ES"
    )


def test_edges() -> None:
    """What ends as the day off begins, or begins as it ends, does not touch it."""
    off = DaysOff(MADRID, LABOUR_DAY)
    assert list(off.within(utc(2026, 4, 30, 9), utc(2026, 4, 30, 22))) == []
    assert list(off.within(utc(2026, 5, 1, 22), utc(2026, 5, 2, 9))) == []
    assert len(list(off.within(utc(2026, 5, 1, 21, 59), utc(2026, 5, 2, 9)))) == 1


def test_several_days() -> None:
    """Each day off is a stretch of its own, in order."""
    days = {date(2026, 12, 25): "Christmas Day, DE", date(2026, 12, 26): "Second Day, DE"}
    found = list(DaysOff(BERLIN, days).within(utc(2026, 12, 20), utc(2026, 12, 31)))
    assert [each.words for each in found] == list(days.values())
    assert found[0].end == found[1].start


def test_long_and_short_days() -> None:
    """A day off on which the clocks change has 23 or 25 hours."""
    days = {date(2026, 3, 29): "spring", date(2026, 10, 25): "autumn"}
    found = list(DaysOff(BERLIN, days).within(utc(2026, 1, 1), utc(2026, 12, 31)))
    assert [(each.end - each.start).total_seconds() / 3_600 for each in found] == [23, 25]


def test_apia_lost_day() -> None:
    """A day that a zone left out has no hours to take."""
    days = {date(2011, 12, 30): "a Friday that never was"}
    off = DaysOff(ZoneInfo("Pacific/Apia"), days)
    assert list(off.within(utc(2011, 12, 28), utc(2012, 1, 2))) == []
