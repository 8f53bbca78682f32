from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from sequencer.domain.delay import (
    MAX_AMOUNT,
    Delay,
    Unit,
    add_delay,
    delay_from_text,
    is_working_day,
)
from sequencer.domain.due import Timing, due_after, due_from
from sequencer.domain.wall_time import instant_of
from sequencer.domain.window import Block, Window, is_open, next_open, openings

ZONES = st.sampled_from(
    [
        "UTC",
        "Europe/Berlin",
        "America/St_Johns",  # half an hour off
        "Australia/Lord_Howe",  # moves by half an hour
        "Asia/Kathmandu",
        "Pacific/Auckland",
        "Pacific/Kiritimati",  # UTC+14
        "America/Santiago",  # changes at midnight
        "Africa/Casablanca",  # changes around Ramadan
    ]
).map(ZoneInfo)
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
INSTANTS = st.timedeltas(timedelta(0), timedelta(days=4 * 365)).map(lambda ahead: BEGIN + ahead)
DAYS = st.dates(min_value=date(2025, 1, 1), max_value=date(2028, 12, 31))
DELAYS = st.builds(Delay, st.integers(0, 30), st.sampled_from(Unit))
JITTERS = st.integers(0, 7_200).map(lambda seconds: timedelta(seconds=seconds))


@st.composite
def day_blocks(draw: st.DrawFn) -> tuple[Block, ...]:
    edges = sorted(draw(st.sets(st.integers(0, 1_440), max_size=6)))
    return tuple(Block(start, end) for start, end in list(pairwise(edges))[::2])


@st.composite
def timings(draw: st.DrawFn) -> Timing:
    days = draw(st.tuples(*[day_blocks()] * 7).filter(any))
    closed = draw(st.frozensets(DAYS, max_size=40))
    return Timing(Window(days, closed), draw(ZONES), draw(JITTERS))


@given(INSTANTS, DELAYS, timings(), st.text(max_size=8))
def test_inside_the_window_and_not_before_the_delay(
    start: datetime, delay: Delay, timing: Timing, key: str
) -> None:
    """A due time lies in an opening, at or after the end of the delay, and is always the same."""
    due = due_after(start, delay, timing, key)
    earliest = add_delay(start, delay, timing.tz, timing.window.closed)
    assert due.at >= earliest >= start
    assert is_open(timing.window, timing.tz, due.at)
    assert due.at.tzinfo is UTC
    assert due == due_after(start, delay, timing, key)


@given(INSTANTS, timings(), st.text(max_size=8))
def test_in_the_first_opening(start: datetime, timing: Timing, key: str) -> None:
    """No opening is passed over, and the jitter moves by no more than it may."""
    opening = next_open(timing.window, timing.tz, start)
    due = due_from(start, timing, key)
    assert opening.start <= due.at < opening.end
    assert due.at - opening.start <= timing.jitter
    assert (due.reason is None) == (opening.start == start)


@given(INSTANTS, timings())
def test_openings_follow_one_another(start: datetime, timing: Timing) -> None:
    """Openings come in order and do not overlap, and every one ends after the start."""
    found = list(islice(openings(timing.window, timing.tz, start), 20))
    assert all(opening.start < opening.end for opening in found)
    assert all(opening.end > start for opening in found)
    assert all(early.end <= late.start for early, late in pairwise(found))


@given(INSTANTS, INSTANTS, DELAYS, ZONES)
def test_later_start_is_never_due_earlier(
    one: datetime, other: datetime, delay: Delay, tz: ZoneInfo
) -> None:
    """Over a change of the clocks two starts may meet by the hour that is lost or repeated."""
    early, late = sorted((one, other))
    nothing = frozenset[date]()
    gained = add_delay(late, delay, tz, nothing) - add_delay(early, delay, tz, nothing)
    assert gained >= -timedelta(hours=1)


@given(INSTANTS, st.integers(1, 20), ZONES, st.frozensets(DAYS, max_size=40))
def test_business_days_are_counted(
    start: datetime, amount: int, tz: ZoneInfo, closed: frozenset[date]
) -> None:
    """Between start and end lie exactly that many working days, the last one included."""
    ended = add_delay(start, Delay(amount, Unit.BUSINESS_DAYS), tz, closed)
    first, last = start.astimezone(tz).date(), ended.astimezone(tz).date()
    between = [first + timedelta(days=each) for each in range(1, (last - first).days + 1)]
    assert sum(is_working_day(day, closed) for day in between) == amount
    assert is_working_day(last, closed)


@given(DAYS, st.integers(0, 1_440), st.integers(0, 1_440), ZONES)
def test_wall_time_is_in_order(day: date, one: int, other: int, tz: ZoneInfo) -> None:
    """A later minute of the same day is never an earlier instant."""
    early, late = sorted((one, other))
    assert instant_of(day, early, tz) <= instant_of(day, late, tz)


@given(st.sampled_from(Unit), st.integers(0, 10**6), st.sampled_from(["", " ", "  "]))
def test_delay_text_round_trip(unit: Unit, amount: int, space: str) -> None:
    """Every delay within the limits can be written and read back."""
    amount = min(amount, MAX_AMOUNT[unit])
    delay = Delay(amount, unit)
    assert delay_from_text(f"{amount}{space}{unit}") == delay == delay_from_text(str(delay))
