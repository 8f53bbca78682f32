from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from builders import BERLIN

from sequencer.domain.wall_time import instant_of

LORD_HOWE = ZoneInfo("Australia/Lord_Howe")


def test_plain_time() -> None:
    """A time that exists once is simply converted."""
    assert instant_of(date(2026, 1, 15), 9 * 60, BERLIN) == datetime(2026, 1, 15, 8, tzinfo=UTC)


def test_end_of_day() -> None:
    """Minute 1,440 is the midnight that ends the day, also over the end of a month."""
    assert instant_of(date(2026, 1, 31), 1_440, BERLIN) == datetime(2026, 1, 31, 23, tzinfo=UTC)


def test_gap_berlin() -> None:
    """02:30 does not exist on 29 March 2026: it becomes 03:00, the first minute after the gap."""
    assert instant_of(date(2026, 3, 29), 150, BERLIN) == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_edges_of_gap() -> None:
    """The last minute before the gap and the first after it are one minute of real time apart."""
    before = instant_of(date(2026, 3, 29), 119, BERLIN)
    after = instant_of(date(2026, 3, 29), 180, BERLIN)
    assert (after - before).total_seconds() == 60


def test_fold_berlin() -> None:
    """02:30 exists twice on 25 October 2026: the first is meant, in summer time."""
    assert instant_of(date(2026, 10, 25), 150, BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_half_hour_gap() -> None:
    """Lord Howe Island leaves out only 02:00 to 02:30: 02:10 becomes 02:30."""
    expected = datetime(2026, 10, 3, 15, 30, tzinfo=UTC)
    assert instant_of(date(2026, 10, 4), 130, LORD_HOWE) == expected
    assert instant_of(date(2026, 10, 4), 150, LORD_HOWE) == expected


def test_half_hour_fold() -> None:
    """Lord Howe Island repeats only half an hour: 01:45 is the first of the two."""
    assert instant_of(date(2026, 4, 5), 105, LORD_HOWE) == datetime(2026, 4, 4, 14, 45, tzinfo=UTC)


def test_day_that_was_left_out() -> None:
    """Samoa had no 30 December 2011: every time on it becomes the midnight that followed."""
    apia = ZoneInfo("Pacific/Apia")
    expected = datetime(2011, 12, 30, 10, tzinfo=UTC)
    assert instant_of(date(2011, 12, 30), 0, apia) == expected
    assert instant_of(date(2011, 12, 30), 15 * 60, apia) == expected
    assert instant_of(date(2011, 12, 31), 0, apia) == expected
