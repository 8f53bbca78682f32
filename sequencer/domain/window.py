"""The hours in which a touch may happen: blocks of minutes for each day of the week."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from sequencer.domain.wall_time import MINUTES_PER_DAY

CLOCK_TIME_MINUTES = 30  # how long a touch with a clock time may begin after it


@dataclass(frozen=True, slots=True)
class Block:
    """Minutes since local midnight, the end not included.

    A block may pass midnight: it belongs to the day on which it begins, and its end counts on past
    1,440. None is longer than a day.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        begins = 0 <= self.start < MINUTES_PER_DAY
        if not begins or not self.start < self.end <= self.start + MINUTES_PER_DAY:
            raise ValueError("a block begins within a day and lasts at most 24 hours")


def clash(days: tuple[tuple[Block, ...], ...]) -> tuple[int, Block, Block] | None:
    """A block, the weekday on which it begins, and the next one which begins before it has ended.

    None if there are no two such blocks. A night of Sunday is compared with the morning of Monday.
    """
    for weekday, blocks in enumerate(days):
        for early, late in pairwise(blocks):
            if late.start < early.end:
                return weekday, early, late
        following = days[(weekday + 1) % len(days)]
        if blocks and following and following[0].start + MINUTES_PER_DAY < blocks[-1].end:
            return weekday, blocks[-1], following[0]
    return None


@dataclass(frozen=True, slots=True)
class Window:
    """Blocks by the weekday on which they begin, Monday first.

    Attributes:
        timed: its blocks last as long as they say even where the clocks change in between, so that
            no gap swallows one. Otherwise a block ends when its end is on the clock.
    """

    days: tuple[tuple[Block, ...], ...]
    timed: bool = False

    def __post_init__(self) -> None:
        if len(self.days) != 7:
            raise ValueError("a window has seven days")
        if not any(self.days):
            raise ValueError("a window is open at some time of the week")
        if clash(self.days) is not None:
            raise ValueError("the blocks of a week are in order and do not overlap")

    def blocks_on(self, day: date) -> tuple[Block, ...]:
        """Blocks that begin on that local date, earliest first."""
        return self.days[day.weekday()]


ALWAYS = Window(days=((Block(0, MINUTES_PER_DAY),),) * 7)


def at_clock_time(window: Window, minute: int) -> Window:
    """Half an hour from that minute of the day on, on the weekdays on which `window` has hours."""
    block = Block(minute, minute + CLOCK_TIME_MINUTES)
    return Window(tuple((block,) if blocks else () for blocks in window.days), timed=True)
