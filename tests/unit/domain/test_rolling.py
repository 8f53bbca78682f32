from datetime import datetime, timedelta

import pytest
from builders import NOON

from sequencer.domain.rolling import DAY, HOUR, WEEK, Level, Ramp, counted, room_at

TICK = timedelta(microseconds=1)
RAMP = Ramp(begin=2, step=3)


def ago(*hours: float) -> list[datetime]:
    """Instants so many hours before noon, in order."""
    return sorted(NOON - timedelta(hours=each) for each in hours)


def test_level_without_ramp() -> None:
    """Without a ramp the limit is what it is, and never rises."""
    level = Level(50)
    assert (level.at(NOON), level.most, level.rises_at(NOON)) == (50, 50, None)


@pytest.mark.parametrize(
    ("days", "most"), [(0, 2), (0.99, 2), (1, 5), (2, 8), (2.5, 8), (3, 10), (400, 10), (-1, 2)]
)
def test_level_of_a_ramp(days: float, most: int) -> None:
    """Every 24 hours after the first mail the limit rises by a step, up to its top."""
    assert Level(10, RAMP, NOON).at(NOON + days * DAY) == most


def test_level_before_the_first_mail() -> None:
    """A mailbox that has sent nothing is where the ramp begins, however long it stays there."""
    level = Level(10, RAMP)
    assert (level.at(NOON), level.at(NOON + 30 * DAY), level.rises_at(NOON)) == (2, 2, None)


def test_next_rise() -> None:
    """The limit rises when the next whole day since the first mail is over, until the top."""
    level = Level(10, RAMP, NOON)
    assert level.rises_at(NOON) == NOON + DAY
    assert level.rises_at(NOON + 1.5 * DAY) == NOON + 2 * DAY
    assert level.rises_at(NOON + 3 * DAY) is None


def test_ramp_that_does_not_grow() -> None:
    """A ramp without a step stays where it begins."""
    level = Level(10, Ramp(begin=4, step=0), NOON)
    assert (level.at(NOON + WEEK), level.rises_at(NOON)) == (4, None)


def test_parts() -> None:
    """A part of a level is rounded up, so that a small limit allows something in each part."""
    assert [Level(top, parts=5).at(NOON) for top in (0, 1, 5, 6, 50)] == [0, 1, 1, 2, 10]
    assert Level(50, RAMP, NOON, 5).at(NOON) == 1
    assert Level(50, RAMP, NOON, 5).most == 10


def test_counted() -> None:
    """What is exactly a period old has stopped to count; what lies ahead counts."""
    instants = [NOON - HOUR, NOON - HOUR + TICK, NOON, NOON + HOUR]
    assert counted(instants, HOUR, NOON) == 3


def test_room_at_once() -> None:
    """Below the limit there is room now."""
    assert room_at(ago(2, 1), DAY, Level(3), NOON) == NOON


def test_room_when_the_oldest_has_grown_old() -> None:
    """At the limit there is room when the oldest instant that counts does not count any more."""
    assert room_at(ago(20, 5, 3), DAY, Level(3), NOON) == NOON + 4 * HOUR


def test_room_above_the_limit() -> None:
    """Where more left than allowed, enough of it has to grow old."""
    assert room_at(ago(5, 4, 3, 2, 1), DAY, Level(3), NOON) == NOON + 21 * HOUR


def test_no_room_ever() -> None:
    """A limit of nothing leaves no room, whatever grows old."""
    assert room_at([], DAY, Level(0), NOON) is None
    assert room_at(ago(1), DAY, Level(0), NOON) is None


def test_room_when_the_ramp_rises() -> None:
    """The next day of a ramp may come before anything grows old."""
    first_at = NOON - 23 * HOUR
    assert room_at(ago(2, 1), DAY, Level(10, RAMP, first_at), NOON) == NOON + HOUR


def test_room_when_the_rise_is_not_enough() -> None:
    """Where a rise leaves no room, age has to do the rest."""
    first_at = NOON - 23 * HOUR
    instants = ago(10, 9, 8, 7, 6, 5)
    assert room_at(instants, DAY, Level(10, RAMP, first_at), NOON) == NOON + 15 * HOUR


@pytest.mark.parametrize(("begin", "step"), [(0, 1), (1, -1)])
def test_ramp_refused(begin: int, step: int) -> None:
    """A ramp that begins with nothing would never begin, for it counts from the first mail."""
    with pytest.raises(ValueError, match="a ramp begins"):
        Ramp(begin, step)
