"""Openings against a watch that is read every minute and knows no arithmetic of zones."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sequencer.domain.days_off import DaysOff
from sequencer.domain.opening import is_open
from sequencer.domain.timing import Timing
from sequencer.domain.window import Block, Window
from sequencer.domain.workdays import Workdays

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
CHANGES = [
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Africa/Casablanca", date(2026, 2, 15)),
    ("Africa/Casablanca", date(2026, 3, 22)),
    ("Antarctica/Troll", date(2026, 3, 29)),
    ("Antarctica/Troll", date(2026, 10, 25)),
    ("America/Santiago", date(2026, 9, 6)),  # midnight is left out
    ("America/Santiago", date(2026, 4, 5)),  # the hour before midnight comes twice
    ("America/St_Johns", date(2026, 11, 1)),
    ("Pacific/Apia", date(2011, 12, 30)),  # the whole day is left out
    ("Asia/Kathmandu", date(2028, 2, 29)),
]


def minutes_around(day: date, tz: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """Each minute of five days with what the watch shows; without a zone, as a watch has none."""
    instant = datetime.combine(day - 2 * DAY, time(0), UTC) - DAY / 2
    while instant.date() < day + 3 * DAY:
        yield instant, instant.astimezone(tz).replace(tzinfo=None)
        instant += MINUTE


def open_minutes(window: Window, day: date, tz: ZoneInfo) -> set[datetime]:
    """The minutes between the first time that a block's begin is past and that its end is."""
    found = set()
    watch = list(minutes_around(day, tz))
    for ahead in range(-5, 6):
        begun_on = day + ahead * DAY
        midnight = datetime.combine(begun_on, time(0))
        for block in window.blocks_on(begun_on):
            begin, end = midnight + block.start * MINUTE, midnight + block.end * MINUTE
            begun = False
            for instant, shown in watch:
                begun = begun or shown >= begin
                if shown >= end:
                    break
                if begun:
                    found.add(instant)
    return found


@pytest.mark.parametrize(("key", "day"), CHANGES)
@settings(max_examples=12, deadline=None)
@given(
    st.integers(0, 1_439),
    st.integers(1, 1_440),
    st.sets(st.integers(-2, 2), max_size=2),
    st.sampled_from(["UTC", "Europe/Berlin", "Pacific/Auckland"]),
)
def test_every_minute(
    key: str, day: date, start: int, length: int, off: set[int], off_key: str
) -> None:
    """Around each change of the clocks the watch and the arithmetic agree on every minute."""
    tz, off_tz = ZoneInfo(key), ZoneInfo(off_key)
    window = Window(((Block(start, start + length),),) * 7)
    closed = {day + ahead * DAY: "closed" for ahead in off}
    timing = Timing(window, tz, timedelta(0), Workdays(tz), off=(DaysOff(off_tz, closed),))
    expected = open_minutes(window, day, tz)
    for instant, _ in list(minutes_around(day, tz))[1_440:-1_440:7]:
        working = instant.astimezone(off_tz).date() not in closed
        assert is_open(timing, instant) == (instant in expected and working), instant
