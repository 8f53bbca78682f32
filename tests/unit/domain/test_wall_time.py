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


def test_past_midnight() -> None:
    """What counts on past midnight lies on the next day, also when that one is short."""
    assert instant_of(date(2026, 3, 28), 1_440 + 150, BERLIN) == instant_of(
        date(2026, 3, 29), 150, BERLIN
    )


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


def test_gap_troll() -> None:
    """The station Troll leaves out two hours: 01:30 becomes 03:00."""
    troll = ZoneInfo("Antarctica/Troll")
    assert instant_of(date(2026, 3, 29), 90, troll) == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_fold_casablanca() -> None:
    """At the begin of Ramadan 02:30 comes twice in Morocco: the first is meant."""
    casablanca = ZoneInfo("Africa/Casablanca")
    assert instant_of(date(2026, 2, 15), 150, casablanca) == datetime(
        2026, 2, 15, 1, 30, tzinfo=UTC
    )


def test_gap_casablanca() -> None:
    """At the end of Ramadan 02:30 is left out."""
    casablanca = ZoneInfo("Africa/Casablanca")
    assert instant_of(date(2026, 3, 22), 150, casablanca) == datetime(2026, 3, 22, 2, tzinfo=UTC)


def test_midnight_left_out() -> None:
    """In Chile the clocks jump at midnight: the day begins at 01:00."""
    santiago = ZoneInfo("America/Santiago")
    assert instant_of(date(2026, 9, 6), 0, santiago) == datetime(2026, 9, 6, 4, tzinfo=UTC)
    assert instant_of(date(2026, 9, 5), 1_440, santiago) == datetime(2026, 9, 6, 4, tzinfo=UTC)


def test_leap_day() -> None:
    """29 February 2028 lies between the 28th and the 1st."""
    assert instant_of(date(2028, 2, 28), 1_440, BERLIN) == instant_of(date(2028, 2, 29), 0, BERLIN)
    assert instant_of(date(2028, 2, 29), 1_440, BERLIN) == instant_of(date(2028, 3, 1), 0, BERLIN)


def test_day_that_was_left_out() -> None:
    """Samoa had no 30 December 2011: every time on it becomes the midnight that followed."""
    apia = ZoneInfo("Pacific/Apia")
    expected = datetime(2011, 12, 30, 10, tzinfo=UTC)
    assert instant_of(date(2011, 12, 30), 0, apia) == expected
    assert instant_of(date(2011, 12, 30), 15 * 60, apia) == expected
    assert instant_of(date(2011, 12, 31), 0, apia) == expected
