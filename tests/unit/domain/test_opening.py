from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from builders import BERLIN, NOON, a_timing

from sequencer.domain.days_off import DaysOff, NeverOpenError
from sequencer.domain.opening import Opening, is_open, next_open, openings
from sequencer.domain.timing import Timing, plain_timing
from sequencer.domain.window import ALWAYS, Block, Window, at_clock_time

AUCKLAND = ZoneInfo("Pacific/Auckland")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
NIGHT = Block(22 * 60, 26 * 60)
LABOUR_DAY = {date(2026, 5, 1): "Labour Day, DE"}


def at(text: str, tz: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=tz).astimezone(UTC)


def every_day(start: int, end: int, tz: ZoneInfo = BERLIN) -> Timing:
    return plain_timing(Window(days=((Block(start, end),),) * 7), tz)


def first_openings(timing: Timing, after: datetime, number: int) -> list[Opening]:
    return list(islice(openings(timing, after), number))


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-03-03T07:00", "2026-03-03T08:30"),
        ("2026-03-03T08:30", "2026-03-03T08:30"),
        ("2026-03-03T11:29:59", "2026-03-03T11:29:59"),
        ("2026-03-03T11:30", "2026-03-03T13:00"),
        ("2026-03-03T17:00", "2026-03-04T08:30"),
        ("2026-03-06T17:00", "2026-03-09T08:30"),
    ],
)
def test_next_open(now: str, opens: str) -> None:
    """Open from the first minute of a block up to, not including, its last."""
    assert next_open(a_timing(), at(now)).start == at(opens)
    assert is_open(a_timing(), at(now)) == (now == opens)


def test_opening_is_cut_to_what_is_left() -> None:
    """In the middle of a block only the rest of it is open."""
    opening = next_open(a_timing(), at("2026-03-03T11:00"))
    assert opening == Opening(at("2026-03-03T11:00"), at("2026-03-03T11:30"))


def test_touching_blocks() -> None:
    """One block may begin where the last one ends."""
    window = Window(days=((Block(480, 720), Block(720, 1_020)),) * 7)
    assert is_open(plain_timing(window, BERLIN), at("2026-03-03T12:00"))


def test_never_open() -> None:
    """A window with a day off on every date of a year is an error, not a loop."""
    days = {date(2026, 3, 1) + timedelta(days=ahead): "closed" for ahead in range(500)}
    never = a_timing(off=(DaysOff(BERLIN, days),))
    with pytest.raises(NeverOpenError, match="within a year"):
        next_open(never, NOON)
    assert not is_open(never, NOON)
    assert list(openings(never, NOON)) == []


def test_nothing_ahead() -> None:
    """A block that every change of the clocks swallows is no opening, whatever is asked."""
    never = plain_timing(Window((*((),) * 6, (Block(125, 130),))), BERLIN)
    assert not is_open(never, at("2026-03-29T03:00"))


def test_always() -> None:
    """The window without limits is open at any instant, also over a change of the clocks."""
    for hour in range(72):
        instant = at("2026-03-28T00:00") + timedelta(hours=hour)
        assert is_open(plain_timing(ALWAYS, BERLIN), instant)


def test_block_inside_the_gap() -> None:
    """A block that the change of the clocks swallows whole does not open that day."""
    opening = next_open(every_day(125, 170), at("2026-03-29T00:00"))
    assert opening.start == at("2026-03-30T02:05")


def test_block_that_begins_in_the_gap() -> None:
    """A block that begins in the gap opens at the first minute after it."""
    opening = next_open(every_day(150, 240), at("2026-03-29T00:00"))
    assert opening == Opening(at("2026-03-29T03:00"), at("2026-03-29T04:00"))


@pytest.mark.parametrize(
    ("zone", "day", "minute", "opens"),
    [
        ("Europe/Berlin", "2026-03-29", 150, "2026-03-29T01:00"),  # 02:30 is left out
        ("Europe/Berlin", "2026-10-25", 150, "2026-10-25T00:30"),  # 02:30 comes twice
        ("Australia/Lord_Howe", "2026-10-04", 130, "2026-10-03T15:30"),
        ("Australia/Lord_Howe", "2026-04-05", 105, "2026-04-04T14:45"),
        ("America/Santiago", "2026-09-06", 15, "2026-09-06T04:00"),
        ("Antarctica/Troll", "2026-03-29", 60, "2026-03-29T01:00"),
    ],
)
def test_clock_time_when_the_clocks_change(zone: str, day: str, minute: int, opens: str) -> None:
    """A clock time is half an hour of real time, and in the gap the first one after it."""
    tz = ZoneInfo(zone)
    opening = next_open(plain_timing(at_clock_time(ALWAYS, minute), tz), at(f"{day}T00:00", tz))
    start = datetime.fromisoformat(opens).replace(tzinfo=UTC)
    assert opening == Opening(start, start + timedelta(minutes=30))


def test_block_over_the_fold() -> None:
    """A block around the hour that comes twice is open for both of them."""
    opening = next_open(every_day(60, 240), at("2026-10-25T00:00"))
    assert opening.end - opening.start == timedelta(hours=4)


def test_block_that_ends_in_the_fold() -> None:
    """A block ends the first time its end is on the clock."""
    opening = next_open(every_day(60, 150), at("2026-10-25T00:00"))
    assert opening.end == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_block_in_lord_howes_half_hour() -> None:
    """Where 02:00 to 02:30 is left out, 02:10 to 03:00 is half an hour long."""
    opening = next_open(every_day(130, 180, LORD_HOWE), at("2026-10-04T00:00", LORD_HOWE))
    assert opening.start == at("2026-10-04T02:30", LORD_HOWE)
    assert opening.end - opening.start == timedelta(minutes=30)


def test_night_belongs_to_the_day_it_begins_on() -> None:
    """The night of Friday goes on into Saturday; Saturday itself has none."""
    nights = plain_timing(Window(((NIGHT,),) * 5 + ((),) * 2), BERLIN)
    assert is_open(nights, at("2026-03-07T01:59"))
    assert not is_open(nights, at("2026-03-07T02:00"))
    assert not is_open(nights, at("2026-03-07T22:00"))
    assert next_open(nights, at("2026-03-07T02:00")).start == at("2026-03-09T22:00")


@pytest.mark.parametrize(
    ("eve", "hours"), [("2026-03-28", 3), ("2026-10-24", 5), ("2026-06-01", 4)]
)
def test_night_over_a_change(eve: str, hours: int) -> None:
    """A night until 03:00 is shorter or longer by the hour that the clocks change."""
    opening = next_open(every_day(23 * 60, 27 * 60), at(f"{eve}T12:00"))
    assert opening.start == at(f"{eve}T23:00")
    assert opening.end - opening.start == timedelta(hours=hours)


def test_night_that_ends_in_the_gap() -> None:
    """A night until 02:30 ends at 03:00 when 02:30 is left out."""
    opening = next_open(every_day(23 * 60, 26 * 60 + 30), at("2026-03-28T23:00"))
    assert opening.end == at("2026-03-29T03:00")


def test_whole_day_from_noon() -> None:
    """A block may go on for 24 hours from any minute of the day."""
    noon_to_noon = plain_timing(Window(((), (Block(720, 2_160),), *((),) * 5)), BERLIN)
    assert is_open(noon_to_noon, at("2026-03-04T11:59"))
    assert not is_open(noon_to_noon, at("2026-03-04T12:00"))


def test_zone_far_away() -> None:
    """The weekday is the one on that side of the date line."""
    timing = a_timing(tz=AUCKLAND)
    assert is_open(timing, at("2026-03-02T08:30", AUCKLAND))
    assert not is_open(timing, at("2026-03-07T08:30", AUCKLAND))


def test_leap_day() -> None:
    """29 February 2028 is a Tuesday like others."""
    assert is_open(a_timing(), at("2028-02-29T09:00"))


def test_week_that_apia_shortened() -> None:
    """The Friday that Samoa left out has no hours; the next working day is a Monday."""
    apia = ZoneInfo("Pacific/Apia")
    opening = next_open(a_timing(tz=apia), at("2011-12-29T17:00", apia))
    assert opening.start == at("2012-01-02T08:30", apia)


def test_openings_in_order() -> None:
    """The openings of a week: two on each working day, none at the end of the week."""
    found = [
        opening.start
        for opening in first_openings(a_timing(), at("2026-03-02T00:00"), 15)
        if opening.start < at("2026-03-09T00:00")
    ]
    assert len(found) == 10
    assert found == sorted(found)


def test_day_off() -> None:
    """A holiday takes the whole day, and nothing of the days around it."""
    timing = a_timing(off=(DaysOff(BERLIN, LABOUR_DAY),))
    assert is_open(timing, at("2026-04-30T16:59"))
    assert not is_open(timing, at("2026-05-01T09:00"))
    assert next_open(timing, at("2026-04-30T17:00")).start == at("2026-05-04T08:30")


def test_edges_of_a_day_off() -> None:
    """A day off begins with its first midnight and is over at the next one."""
    timing = replace(plain_timing(ALWAYS, BERLIN), off=(DaysOff(BERLIN, LABOUR_DAY),))
    begin, over = at("2026-05-01T00:00"), at("2026-05-02T00:00")
    assert not is_open(timing, begin)
    assert is_open(timing, over)
    assert is_open(timing, begin - timedelta(microseconds=1))
    assert first_openings(timing, at("2026-04-30T00:00"), 2) == [
        Opening(at("2026-04-30T00:00"), begin),
        Opening(over, at("2026-05-03T00:00")),
    ]
    assert first_openings(timing, begin, 1) == [Opening(over, at("2026-05-03T00:00"))]


def test_day_off_elsewhere() -> None:
    """A holiday of a mailbox in Auckland ends at noon in Berlin: the afternoon is open."""
    timing = a_timing(off=(DaysOff(AUCKLAND, {date(2026, 5, 4): "Auckland"}),))
    assert first_openings(timing, at("2026-05-04T00:00"), 2) == [
        Opening(at("2026-05-04T14:00"), at("2026-05-04T17:00")),
        Opening(at("2026-05-05T08:30"), at("2026-05-05T11:30")),
    ]


def test_day_off_in_the_middle() -> None:
    """What is left before and after a short day off are two openings of one block."""
    utc = ZoneInfo("UTC")
    window = Window((*((),) * 5, (Block(22 * 60 + 30, 46 * 60 + 30),), ()))
    off = (DaysOff(BERLIN, {date(2026, 3, 29): "a day of 23 hours"}),)
    timing = replace(plain_timing(window, utc), off=off)
    assert first_openings(timing, at("2026-03-28T12:00"), 2) == [
        Opening(at("2026-03-28T22:30", utc), at("2026-03-28T23:00", utc)),
        Opening(at("2026-03-29T22:00", utc), at("2026-03-29T22:30", utc)),
    ]
    [after_it] = first_openings(timing, at("2026-03-29T22:10", utc), 1)
    assert after_it.start == at("2026-03-29T22:00", utc)


def test_holiday_takes_a_part_of_the_night() -> None:
    """A holiday takes the hours of its own date: the night before it ends at midnight."""
    nights = plain_timing(Window(((NIGHT,),) * 7), BERLIN)
    timing = replace(nights, off=(DaysOff(BERLIN, LABOUR_DAY),))
    assert first_openings(timing, at("2026-04-30T12:00"), 2) == [
        Opening(at("2026-04-30T22:00"), at("2026-05-01T00:00")),
        Opening(at("2026-05-02T00:00"), at("2026-05-02T02:00")),
    ]
    assert is_open(timing, at("2026-05-02T00:00"))
    [following] = first_openings(timing, at("2026-05-01T00:00"), 1)
    assert following.start == at("2026-05-02T00:00")


def test_two_days_off_overlap() -> None:
    """Of two zones' days off the hours of both are taken."""
    off = (
        DaysOff(BERLIN, {date(2026, 5, 4): "Berlin"}),
        DaysOff(AUCKLAND, {date(2026, 5, 4): "Auckland"}),
    )
    timing = replace(plain_timing(ALWAYS, BERLIN), off=off)
    assert next_open(timing, at("2026-05-03T18:00")).start == at("2026-05-05T00:00")
