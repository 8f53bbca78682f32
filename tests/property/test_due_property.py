from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from sequencer.domain.days_off import DaysOff
from sequencer.domain.delay import MAX_AMOUNT, Delay, Unit, add_delay, delay_from_text
from sequencer.domain.due import due_after, due_from
from sequencer.domain.jitter import fraction
from sequencer.domain.opening import is_open, next_open, openings
from sequencer.domain.reason import Reason
from sequencer.domain.timing import Timing
from sequencer.domain.wall_time import instant_of
from sequencer.domain.window import Block, Window
from sequencer.domain.workdays import Workdays

ZONES = st.sampled_from(
    [
        "UTC",
        "Europe/Berlin",
        "America/St_Johns",  # half an hour off
        "Australia/Lord_Howe",  # moves by half an hour
        "Asia/Kathmandu",
        "Pacific/Auckland",
        "Pacific/Kiritimati",  # UTC+14
        "Pacific/Pago_Pago",  # UTC-11
        "America/Santiago",  # changes at midnight
        "Africa/Casablanca",  # changes around Ramadan
        "Antarctica/Troll",  # moves by two hours
        "Africa/Cairo",  # changes at midnight, to either side
    ]
).map(ZoneInfo)
MOST_CHANGED = timedelta(hours=2)  # by any of these zones at once
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
INSTANTS = st.timedeltas(timedelta(0), timedelta(days=4 * 365)).map(lambda ahead: BEGIN + ahead)
DAYS = st.dates(min_value=date(2025, 1, 1), max_value=date(2028, 12, 31))
DELAYS = st.builds(Delay, st.integers(0, 30), st.sampled_from(Unit))
JITTERS = st.integers(0, 7_200).map(lambda seconds: timedelta(seconds=seconds))
WEEKENDS = st.sampled_from([frozenset({5, 6}), frozenset({4, 5}), frozenset({6}), frozenset[int]()])
DAYS_OFF = st.builds(
    DaysOff,
    ZONES,
    st.dictionaries(DAYS, st.sampled_from(["Labour Day, ES", "a skipped date"]), max_size=20),
    st.sampled_from([Reason.HOLIDAY, Reason.REP_AWAY]),
)


@st.composite
def windows(draw: st.DrawFn) -> Window:
    """Up to three blocks a day; all moved to a later hour, so that some pass midnight."""
    moved = draw(st.sampled_from([0, 0, 90, 600]))
    return Window(draw(st.tuples(*[day_blocks(moved)] * 7).filter(any)))


@st.composite
def day_blocks(draw: st.DrawFn, moved: int) -> tuple[Block, ...]:
    edges = sorted(draw(st.sets(st.integers(moved, 1_440 + moved), max_size=6)))
    pairs = list(pairwise(edges))[::2]
    return tuple(Block(start, end) for start, end in pairs if start < 1_440)


@st.composite
def timings(draw: st.DrawFn) -> Timing:
    tz = draw(ZONES)
    off = tuple(draw(st.lists(DAYS_OFF, max_size=2)))
    workdays = Workdays(tz, draw(WEEKENDS), tuple(each for each in off if each.tz == tz))
    return Timing(draw(windows()), tz, draw(JITTERS), workdays, off=off)


@given(INSTANTS, DELAYS, timings(), st.text(max_size=8))
def test_inside_the_window_and_not_before_the_delay(
    start: datetime, delay: Delay, timing: Timing, key: str
) -> None:
    """A due time lies in an opening, at or after the end of the delay, and is always the same."""
    due = due_after(start, delay, timing, key)
    earliest = add_delay(start, delay, timing.workdays)
    assert due.at >= earliest >= start
    assert is_open(timing, due.at)
    assert due.at.tzinfo is UTC
    assert due == due_after(start, delay, timing, key)


@given(INSTANTS, timings(), st.text(max_size=8))
def test_in_the_first_opening(start: datetime, timing: Timing, key: str) -> None:
    """No opening is passed over, and the jitter moves by no more than it may."""
    opening = next_open(timing, start)
    due = due_from(start, timing, key)
    assert opening.start <= due.at < opening.end
    assert due.at - opening.start <= timing.jitter
    assert (due.reason == "") == (opening.start == start)


@given(INSTANTS, timings())
def test_a_postponement_tells_the_truth(start: datetime, timing: Timing) -> None:
    """It lasts until the opening; a day off is blamed only if without it it would be shorter."""
    held = due_from(start, timing, "k").postponement
    free = next_open(replace(timing, off=()), start)
    if held is None:
        assert is_open(timing, start)
        return
    assert held.until == next_open(timing, start).start > start
    assert (held.words == "") == (free.start == held.until)
    if held.reason is not Reason.OUTSIDE_WINDOW:
        assert held.words
        assert any(each.reason is held.reason for each in timing.off)


@given(INSTANTS, timings())
def test_openings_follow_one_another(start: datetime, timing: Timing) -> None:
    """Openings come in order and do not overlap, and every one ends after the start."""
    found = list(islice(openings(timing, start), 20))
    assert all(opening.start < opening.end for opening in found)
    assert all(opening.end > start for opening in found)
    assert all(early.end <= late.start for early, late in pairwise(found))


@given(INSTANTS, st.timedeltas(timedelta(0), timedelta(days=9)), timings(), st.text(max_size=8))
def test_what_may_go_later_is_due_later(
    one: datetime, gap: timedelta, timing: Timing, key: str
) -> None:
    """Of two instants the later one never gets the earlier due time: nothing is caught up."""
    assert due_from(one, timing, key).at <= due_from(one + gap, timing, key).at


@given(INSTANTS, INSTANTS, DELAYS, ZONES, WEEKENDS)
def test_later_start_is_never_due_earlier(
    one: datetime, other: datetime, delay: Delay, tz: ZoneInfo, weekend: frozenset[int]
) -> None:
    """Over a change of the clocks two starts may meet by what is lost or repeated."""
    early, late = sorted((one, other))
    workdays = Workdays(tz, weekend)
    gained = add_delay(late, delay, workdays) - add_delay(early, delay, workdays)
    assert gained >= -MOST_CHANGED


@given(
    INSTANTS,
    st.lists(st.tuples(DELAYS, st.timedeltas(timedelta(0), timedelta(days=20))), max_size=6),
    timings(),
)
def test_roll_forward_never_compresses(
    start: datetime, steps: list[tuple[Delay, timedelta]], timing: Timing
) -> None:
    """However late each step leaves, the one after it waits for its whole delay from there."""
    left_at = start
    for number, (delay, outage) in enumerate(steps):
        due = due_after(left_at, delay, timing, str(number))
        assert due.at >= add_delay(left_at, delay, timing.workdays) >= left_at
        left_at = due_from(due.at + outage, timing, str(number)).at
        assert left_at >= due.at


@given(INSTANTS, st.integers(1, 20), timings())
def test_business_days_are_counted(start: datetime, amount: int, timing: Timing) -> None:
    """Between start and end lie exactly that many working days, the last one included."""
    workdays = timing.workdays
    ended = add_delay(start, Delay(amount, Unit.BUSINESS_DAYS), workdays)
    first, last = start.astimezone(workdays.tz).date(), ended.astimezone(workdays.tz).date()
    between = [first + timedelta(days=each) for each in range(1, (last - first).days + 1)]
    assert sum(workdays.includes(day) for day in between) == amount
    assert workdays.includes(last)
    assert all(last not in each.days for each in workdays.off if isinstance(each.days, dict))


@given(DAYS, st.integers(0, 2_879), st.integers(0, 2_879), ZONES)
def test_wall_time_is_in_order(day: date, one: int, other: int, tz: ZoneInfo) -> None:
    """A later minute of the same day is never an earlier instant."""
    early, late = sorted((one, other))
    assert instant_of(day, early, tz) <= instant_of(day, late, tz)


@given(INSTANTS, timings(), st.text(min_size=1, max_size=8))
def test_jitter_is_on_no_grid(start: datetime, timing: Timing, salt: str) -> None:
    """Of many keys no two dozen share their second, and they lie all over what is allowed."""
    spread = [fraction(f"{salt}:{number}") for number in range(200)]
    assert min(spread) < 0.1
    assert max(spread) > 0.9
    roomy = replace(timing, jitter=timedelta(minutes=20))
    opening = next_open(roomy, start)
    room = min(roomy.jitter, opening.end - opening.start)
    seconds = [due_from(start, roomy, f"{salt}:{n}").at.second for n in range(200)]
    if room >= timedelta(minutes=10):
        assert max(map(seconds.count, seconds)) < 24


@given(st.sampled_from(Unit), st.integers(0, 10**6), st.sampled_from(["", " ", "  "]))
def test_delay_text_round_trip(unit: Unit, amount: int, space: str) -> None:
    """Every delay within the limits can be written and read back."""
    amount = min(amount, MAX_AMOUNT[unit])
    delay = Delay(amount, unit)
    assert delay_from_text(f"{amount}{space}{unit}") == delay == delay_from_text(str(delay))
