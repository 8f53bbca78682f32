"""A ramp grows by the days on which a mailbox really sent, whatever lies between them."""

from datetime import datetime, timedelta

from builders import NOON
from hypothesis import given
from hypothesis import strategies as st

from sequencer.domain.rolling import DAY, Level, Ramp, mail_day

RAMPS = st.builds(Ramp, begin=st.integers(1, 20), step=st.integers(0, 10))
DAYS = st.lists(st.integers(0, 60), unique=True, max_size=30).map(sorted)
TOPS = st.integers(1, 200)


def level_at(ramp: Ramp, top: int, days: list[int], at: datetime) -> int:
    """The limit at an instant, with mails at noon of these days."""
    return Level(top, ramp, [mail_day(NOON + day * DAY) for day in days]).at(at)


@given(RAMPS, TOPS, DAYS, st.integers(0, 60), st.integers(1, 400))
def test_an_outage_raises_nothing(
    ramp: Ramp, top: int, days: list[int], begins: int, lasts: int
) -> None:
    """Who was silent for any time goes on exactly where they were before it."""
    later = [day if day < begins else day + lasts for day in days]
    for day in (*days, begins, 61):
        shifted = day if day < begins else day + lasts
        before = level_at(ramp, top, days, NOON + day * DAY)
        assert level_at(ramp, top, later, NOON + shifted * DAY) == before


@given(RAMPS, TOPS, DAYS, st.floats(0, 70))
def test_each_day_of_mails_is_one_step(
    ramp: Ramp, top: int, days: list[int], elapsed_days: float
) -> None:
    """The limit is that of the days before, never falls, and rises at a midnight alone."""
    at = NOON + timedelta(days=elapsed_days)
    before = sum(1 for day in days if mail_day(NOON + day * DAY) < mail_day(at))
    now = level_at(ramp, top, days, at)
    assert now == min(top, ramp.begin + ramp.step * before)
    assert now <= level_at(ramp, top, days, at + DAY)
    assert now == level_at(ramp, top, days, at.replace(hour=0, minute=0, second=0, microsecond=0))
