from datetime import date

import pytest
from builders import OFFICE, a_window

from sequencer.domain.window import Block, Window, at_clock_time, clash

CLOSED: tuple[Block, ...] = ()
NIGHT = Block(22 * 60, 26 * 60)


def week(*days: tuple[Block, ...]) -> Window:
    return Window((*days, *(CLOSED,) * (7 - len(days))))


@pytest.mark.parametrize(
    ("start", "end"), [(-1, 60), (60, 60), (61, 60), (1_440, 1_441), (60, 1_501)]
)
def test_block_refused(start: int, end: int) -> None:
    """A block begins within its day, ends after it begins, and is not longer than a day."""
    with pytest.raises(ValueError, match="within a day"):
        Block(start, end)


@pytest.mark.parametrize(("start", "end"), [(0, 1_440), (1_439, 2_879), (1_320, 1_560)])
def test_block_passes_midnight(start: int, end: int) -> None:
    """A block may go on into the next day, for up to 24 hours in all."""
    assert Block(start, end).end == end


def test_window_needs_seven_days() -> None:
    """A week has seven days."""
    with pytest.raises(ValueError, match="seven"):
        Window(days=(OFFICE,) * 6)


def test_window_needs_an_hour() -> None:
    """A window that never opens is refused when it is made, not when a mail waits for it."""
    with pytest.raises(ValueError, match="open at some time"):
        week()


@pytest.mark.parametrize("blocks", [OFFICE[::-1], (Block(0, 600), Block(599, 700))])
def test_blocks_in_order(blocks: tuple[Block, ...]) -> None:
    """Blocks that overlap or stand in the wrong order would hide an open hour."""
    with pytest.raises(ValueError, match="in order"):
        week(blocks)


def test_night_runs_into_the_morning() -> None:
    """A night may not last longer than until the first hours of the next day."""
    assert clash(((NIGHT,), (Block(120, 240),), *(CLOSED,) * 5)) is None
    early = Block(119, 240)
    assert clash(((NIGHT,), (early,), *(CLOSED,) * 5)) == (0, NIGHT, early)


def test_week_is_a_ring() -> None:
    """The night of Sunday ends on Monday."""
    early = Block(60, 240)
    assert clash(((early,), *(CLOSED,) * 5, (NIGHT,))) == (6, NIGHT, early)


def test_blocks_on() -> None:
    """Each weekday has its own hours."""
    assert a_window().blocks_on(date(2026, 3, 2)) == OFFICE
    assert a_window().blocks_on(date(2026, 3, 7)) == ()


def test_clock_time() -> None:
    """A clock time is half an hour on the days on which the window has hours, and on no others."""
    window = at_clock_time(week(OFFICE, CLOSED, (NIGHT,)), 9 * 60 + 30)
    assert window.days == week((Block(570, 600),), CLOSED, (Block(570, 600),)).days
    assert window.timed


def test_clock_time_before_midnight() -> None:
    """The half hour from 23:45 on ends on the next day, and still belongs to the day before."""
    assert at_clock_time(a_window(), 1_425).days[4] == (Block(1_425, 1_455),)
