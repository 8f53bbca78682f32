from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders import BERLIN, NOON

from sequencer.domain.days_off import DaysOff, NeverOpenError
from sequencer.domain.delay import (
    NO_DELAY,
    Delay,
    Unit,
    add_delay,
    delay_from_text,
)
from sequencer.domain.workdays import Workdays

WEEK = Workdays(BERLIN)


def at(text: str, tz: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=tz).astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "delay"),
    [
        ("3 business_days", Delay(3, Unit.BUSINESS_DAYS)),
        ("1 business_day", Delay(1, Unit.BUSINESS_DAYS)),
        (" 1 day ", Delay(1, Unit.DAYS)),
        ("4hours", Delay(4, Unit.HOURS)),
        ("0 minutes", NO_DELAY),
    ],
)
def test_text(text: str, delay: Delay) -> None:
    """Singular and plural are the same unit, with or without a space before it."""
    assert delay_from_text(text) == delay


@pytest.mark.parametrize(
    "text", ["", "3", "days", "-1 days", "1.5 days", "3 weeks", "3 business days", "٣ days"]
)
def test_text_refused(text: str) -> None:
    """What is not a whole number of a known unit is refused, with an example of what is."""
    with pytest.raises(ValueError, match="3 business_days"):
        delay_from_text(text)


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("261 business_days", "260"),
        ("366 days", "365"),
        ("8761 hours", "8760"),
        ("525601 minutes", "525600"),
    ],
)
def test_text_too_long(text: str, most: str) -> None:
    """Nobody waits for more than a year on purpose."""
    with pytest.raises(ValueError, match=f"at most {most}"):
        delay_from_text(text)


@pytest.mark.parametrize("text", ["1 day", "2 days", "1 business_day", "0 minutes"])
def test_text_round_trip(text: str) -> None:
    """A delay prints the way it is written."""
    assert str(delay_from_text(text)) == text


def test_minutes_and_hours_are_real_time() -> None:
    """Hours are counted on a stopwatch, so the clock on the wall jumps with the change."""
    start = at("2026-03-29T01:30")
    assert add_delay(start, Delay(1, Unit.HOURS), WEEK) == at("2026-03-29T03:30")
    assert add_delay(start, Delay(90, Unit.MINUTES), WEEK) == at("2026-03-29T04:00")


@pytest.mark.parametrize(
    ("start", "hours"),
    [("2026-03-28T09:00", 23), ("2026-10-24T09:00", 25), ("2026-06-01T09:00", 24)],
)
def test_a_day_keeps_the_wall_time(start: str, hours: int) -> None:
    """One day later is the same time on the wall, however long that day is."""
    began = at(start)
    ended = add_delay(began, Delay(1, Unit.DAYS), WEEK)
    assert ended - began == timedelta(hours=hours)
    assert ended.astimezone(BERLIN).hour == 9


def test_a_day_into_the_gap() -> None:
    """One day after 02:30 on the eve of the change is 03:00."""
    start = at("2026-03-28T02:30")
    assert add_delay(start, Delay(1, Unit.DAYS), WEEK) == at("2026-03-29T03:00")


def test_a_day_into_the_fold() -> None:
    """One day after 02:30 on the eve of the change is the first 02:30."""
    start = at("2026-10-24T02:30")
    expected = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert add_delay(start, Delay(1, Unit.DAYS), WEEK) == expected


def test_a_day_on_lord_howe() -> None:
    """Where the clock moves by half an hour, so does the length of the day."""
    lord_howe = ZoneInfo("Australia/Lord_Howe")
    start = at("2026-10-03T12:00", lord_howe)
    ended = add_delay(start, Delay(1, Unit.DAYS), Workdays(lord_howe))
    assert ended - start == timedelta(hours=23, minutes=30)


def test_seconds_are_kept() -> None:
    """The wall time is kept to the microsecond."""
    start = at("2026-06-01T09:00:07.000123")
    expected = at("2026-06-02T09:00:07.000123")
    assert add_delay(start, Delay(1, Unit.DAYS), WEEK) == expected


def test_leap_day() -> None:
    """29 February 2028 is a day, and a working day."""
    start = at("2028-02-28T09:00")
    assert add_delay(start, Delay(1, Unit.DAYS), WEEK) == at("2028-02-29T09:00")
    assert add_delay(start, Delay(2, Unit.BUSINESS_DAYS), WEEK) == at("2028-03-01T09:00")


@pytest.mark.parametrize(
    ("start", "amount", "end"),
    [
        ("2026-03-06T09:00", 1, "2026-03-09T09:00"),  # Friday to Monday
        ("2026-03-07T09:00", 2, "2026-03-10T09:00"),  # two after a Saturday: the Tuesday
        ("2026-03-08T09:00", 1, "2026-03-09T09:00"),
        ("2026-03-02T09:00", 5, "2026-03-09T09:00"),
    ],
)
def test_business_days(start: str, amount: int, end: str) -> None:
    """A business day is counted when a working day begins."""
    delay = Delay(amount, Unit.BUSINESS_DAYS)
    assert add_delay(at(start), delay, WEEK) == at(end)


def test_business_days_over_a_holiday() -> None:
    """A holiday is no working day."""
    workdays = Workdays(BERLIN, off=(DaysOff(BERLIN, {date(2026, 5, 1): "Labour Day, DE"}),))
    start = at("2026-04-30T09:00")
    expected = at("2026-05-04T09:00")
    assert add_delay(start, Delay(1, Unit.BUSINESS_DAYS), workdays) == expected


def test_business_days_in_riyadh() -> None:
    """Where people rest on Friday and Saturday, Thursday is followed by Sunday."""
    riyadh = ZoneInfo("Asia/Riyadh")
    start = at("2026-03-05T09:00", riyadh)
    ended = add_delay(start, Delay(1, Unit.BUSINESS_DAYS), Workdays(riyadh, frozenset({4, 5})))
    assert ended == at("2026-03-08T09:00", riyadh)


@pytest.mark.parametrize("unit", list(Unit))
def test_no_wait(unit: Unit) -> None:
    """A wait of nothing changes nothing, not even on a Saturday or in a fold."""
    for start in (NOON, at("2026-03-07T09:00"), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)):
        assert add_delay(start, Delay(0, unit), WEEK) == start


def test_the_day_is_the_persons() -> None:
    """Friday 23:30 UTC is Saturday in Tokyo: the next business day there is Monday."""
    tokyo = ZoneInfo("Asia/Tokyo")
    start = datetime(2026, 3, 6, 23, 30, tzinfo=UTC)
    ended = add_delay(start, Delay(1, Unit.BUSINESS_DAYS), Workdays(tokyo))
    assert ended == at("2026-03-09T08:30", tokyo)


def test_a_day_in_casablanca() -> None:
    """Morocco sets its clocks back for Ramadan: that day has 25 hours."""
    casablanca = ZoneInfo("Africa/Casablanca")
    start = at("2026-02-14T09:00", casablanca)
    ended = add_delay(start, Delay(1, Unit.DAYS), Workdays(casablanca))
    assert ended - start == timedelta(hours=25)


def test_a_day_at_troll() -> None:
    """The station Troll in Antarctica moves its clocks by two hours."""
    troll = ZoneInfo("Antarctica/Troll")
    start = at("2026-03-28T09:00", troll)
    ended = add_delay(start, Delay(1, Unit.DAYS), Workdays(troll))
    assert ended - start == timedelta(hours=22)


def test_a_day_that_apia_left_out() -> None:
    """One day after 29 December 2011 was the midnight that began the 31st."""
    apia = ZoneInfo("Pacific/Apia")
    start = at("2011-12-29T09:00", apia)
    ended = add_delay(start, Delay(1, Unit.DAYS), Workdays(apia))
    assert ended == at("2011-12-31T00:00", apia)


def test_zone_changes_while_waiting() -> None:
    """Who moves from Berlin to Tokyo is written to at the time of day the wait began at, there."""
    start = at("2026-03-03T09:00")
    tokyo = ZoneInfo("Asia/Tokyo")
    assert add_delay(start, Delay(1, Unit.DAYS), WEEK) == at("2026-03-04T09:00")
    assert add_delay(start, Delay(1, Unit.DAYS), Workdays(tokyo)) == at("2026-03-04T17:00", tokyo)


def test_calendar_without_end() -> None:
    """A calendar without working days is an error, not a loop."""
    never = Workdays(BERLIN, weekend=frozenset(range(7)))
    with pytest.raises(NeverOpenError, match="no working day"):
        add_delay(NOON, Delay(1, Unit.BUSINESS_DAYS), never)
