"""What is remembered about calendars changes no answer."""

from datetime import timedelta

from builders import NOON, a_timing
from hypothesis import given
from hypothesis import strategies as st

from sequencer.domain.openings import MOST, Openings
from sequencer.domain.postponement import place_from

MINUTE = timedelta(minutes=1)


@given(st.lists(st.integers(0, 14 * 24 * 60), min_size=1, max_size=30))
def test_memory_changes_nothing(minutes: list[int]) -> None:
    """In whatever order instants are asked about, the answer is the one of a first question."""
    timing, openings = a_timing(), Openings()
    for minute in minutes:
        at = NOON + minute * MINUTE
        assert openings.closed(timing, at) == Openings().closed(timing, at)
        assert openings.place(timing, at) == place_from(timing, at)


def test_memory_is_bounded() -> None:
    """However many calendars are asked about, no more are remembered than the limit says."""
    openings = Openings()
    timings = [a_timing() for _ in range(MOST + 1)]
    for timing in timings:
        assert openings.closed(timing, NOON) is None
    assert len(openings) == 1
