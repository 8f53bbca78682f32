from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders import NOON

from sequencer.domain.absence import Absence, days_away
from sequencer.domain.availability import (
    FARTHEST,
    LONGEST,
    USUAL,
    Load,
    Slot,
    fullest_week,
    slot_of,
    why_not,
)
from sequencer.domain.days_off import DaysOff
from sequencer.domain.rep import Rep

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MADRID = ZoneInfo("Europe/Madrid")
MARTA = Rep("marta", "Marta Gil", "marta@client.example", MADRID, most_per_week=2)
SLOT = Slot(NOON, NOON + HOUR)


def reason(load: Load, slot: Slot | None = SLOT, *, is_host: bool = False) -> str:
    return why_not(MARTA, load, slot, NOON, is_host=is_host)


def away(from_on: date, until_on: date) -> Load:
    return Load(off=(days_away((Absence(from_on, until_on),), "Marta Gil", MADRID),))


def test_nothing_to_do() -> None:
    """Whoever has nothing to do can take any meeting."""
    assert reason(Load()) == ""
    assert reason(Load(), None) == ""


def test_away_on_the_local_date() -> None:
    """An absence counts by the dates of the rep's zone, both ends included."""
    today = away(date(2026, 3, 2), date(2026, 3, 3))
    assert reason(today) == "Marta Gil is away until 3 March"
    late = datetime(2026, 3, 3, 22, 45, tzinfo=UTC)  # 23:45 in Madrid
    assert reason(today, Slot(late, late + timedelta(minutes=10)))
    assert not reason(today, Slot(late + timedelta(minutes=15), late + HOUR))
    assert reason(away(date(2026, 3, 4), date(2026, 3, 4)), Slot(late, late + HOUR))


def test_holiday() -> None:
    """A public holiday is told by its name."""
    off = DaysOff(MADRID, {date(2026, 3, 3): "Labour Day, ES"})
    assert reason(Load(off=(off,))) == "Labour Day, ES"


def test_without_a_time() -> None:
    """A meeting without a time asks whether the rep is there now, and not about the calendar."""
    assert reason(away(date(2026, 3, 3), date(2026, 3, 3)), None)
    assert not reason(away(date(2026, 3, 4), date(2026, 3, 4)), None)
    assert not reason(Load(busy=(SLOT,)), None)
    assert reason(Load(meetings=(NOON, NOON)), None)


@pytest.mark.parametrize(
    ("start", "end", "busy"),
    [
        (-HOUR, timedelta(0), False),
        (-HOUR, timedelta(minutes=1), True),
        (timedelta(minutes=10), timedelta(minutes=20), True),
        (timedelta(minutes=59), 2 * HOUR, True),
        (HOUR, 2 * HOUR, False),
    ],
)
def test_busy(start: timedelta, end: timedelta, *, busy: bool) -> None:
    """What overlaps keeps the rep off; what ends as the meeting begins does not."""
    found = reason(Load(busy=(Slot(NOON + start, NOON + end),)))
    assert bool(found) is busy
    assert not busy or "(Europe/Madrid)" in found


def test_the_meeting_of_a_host() -> None:
    """The calendar of the host has the meeting itself; anything else there is in the way."""
    assert reason(Load(busy=(SLOT,)))
    assert not reason(Load(busy=(SLOT,)), is_host=True)
    assert reason(Load(busy=(SLOT, Slot(NOON, NOON + 2 * HOUR))), is_host=True)


def test_most_per_week() -> None:
    """The cap counts by the times of the meetings, in any seven days that hold the new one."""
    assert not reason(Load(meetings=(NOON + DAY,)))
    full = Load(meetings=(NOON - DAY, NOON + DAY))
    assert reason(full) == "has 2 meetings within seven days, and takes no more"
    assert not reason(Load(meetings=(NOON - 4 * DAY, NOON + 4 * DAY)))
    assert not reason(Load(meetings=(NOON - 7 * DAY, NOON - 8 * DAY)))


def test_fullest_week() -> None:
    """Seven days begin anywhere, and what is seven days away is in another week."""
    assert fullest_week([], NOON) == 1
    assert fullest_week([NOON + 7 * DAY, NOON - 7 * DAY], NOON) == 1
    assert fullest_week([NOON + n * DAY for n in range(-6, 7) if n], NOON) == 7


def test_slot() -> None:
    """A meeting takes half an hour where nobody says; a time that cannot be meant is none."""
    assert slot_of(None, None, NOON) is None
    assert slot_of(NOON, None, NOON) == Slot(NOON, NOON + USUAL)
    assert slot_of(NOON, NOON - HOUR, NOON) == Slot(NOON, NOON + USUAL)
    assert slot_of(NOON, NOON + 90 * DAY, NOON) == Slot(NOON, NOON + LONGEST)
    assert slot_of(NOON + FARTHEST + HOUR, None, NOON) is None
    assert slot_of(datetime.max.replace(tzinfo=UTC), None, NOON) is None
    assert slot_of(datetime.min.replace(tzinfo=UTC), None, NOON) is None
