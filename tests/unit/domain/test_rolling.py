from datetime import UTC, date, datetime, timedelta

import pytest
from builders import NOON

from sequencer.domain.rolling import DAY, HOUR, WEEK, Level, Ramp, counted, mail_day, room_at

TICK = timedelta(microseconds=1)
RAMP = Ramp(begin=2, step=3)
MIDNIGHT = NOON.replace(hour=0)


def on(*days: int) -> list[date]:
    """Dates so many days after that of the noon."""
    return [(NOON + day * DAY).date() for day in days]


def ago(*hours: float) -> list[datetime]:
    """Instants so many hours before noon, in order."""
    return sorted(NOON - timedelta(hours=each) for each in hours)


def test_level_without_ramp() -> None:
    """Without a ramp the limit is what it is, and never rises."""
    level = Level(50)
    assert (level.at(NOON), level.most, level.rises_at(NOON)) == (50, 50, None)


@pytest.mark.parametrize(
    ("days", "most"),
    [(0, 2), (0.49, 2), (0.5, 5), (1.4, 5), (1.5, 8), (2.5, 10), (400, 10), (-1, 2)],
)
def test_level_of_a_ramp(days: float, most: int) -> None:
    """At the midnight (UTC) after each date with mails the limit rises by a step, up to its top."""
    assert Level(10, RAMP, on(0, 1, 2, 3)).at(NOON + days * DAY) == most


@pytest.mark.parametrize(("days", "most"), [(1, 5), (21, 5), (22, 8), (60, 8)])
def test_level_after_an_outage(days: int, most: int) -> None:
    """Days without mails raise nothing, however many there are."""
    assert Level(10, RAMP, on(0, 21)).at(NOON + days * DAY) == most


def test_date_of_a_mail() -> None:
    """A mail counts for its date in UTC, whatever zone its instant is told in."""
    assert mail_day(datetime.fromisoformat("2026-03-01T23:30-05:00")) == date(2026, 3, 2)
    assert Level(10, RAMP, [date(2026, 3, 2)]).at(datetime(2026, 3, 3, tzinfo=UTC)) == 5


def test_days_of_a_ramp() -> None:
    """As many dates are needed as there are steps to the top."""
    assert [RAMP.days_to(top) for top in (0, 2, 3, 5, 6, 10)] == [0, 0, 1, 1, 2, 3]
    assert Ramp(begin=2, step=0).days_to(10) == 0


def test_level_before_the_first_mail() -> None:
    """A mailbox that has sent nothing is where the ramp begins, however long it stays there."""
    level = Level(10, RAMP)
    assert (level.at(NOON), level.at(NOON + 30 * DAY), level.rises_at(NOON)) == (2, 2, None)


def test_next_rise() -> None:
    """The limit rises when a date with mails is over, until the top."""
    level = Level(10, RAMP, on(0, 1, 7, 8))
    assert level.rises_at(NOON) == MIDNIGHT + DAY
    assert level.rises_at(MIDNIGHT + DAY) == MIDNIGHT + 2 * DAY
    assert level.rises_at(NOON + 3 * DAY) == MIDNIGHT + 8 * DAY
    assert level.rises_at(NOON + 8 * DAY) is None
    assert Level(10, RAMP, on(0)).rises_at(NOON + DAY) is None


def test_ramp_that_does_not_grow() -> None:
    """A ramp without a step stays where it begins."""
    level = Level(10, Ramp(begin=4, step=0), on(0))
    assert (level.at(NOON + WEEK), level.rises_at(NOON)) == (4, None)


def test_parts() -> None:
    """A part of a level is rounded up, so that a small limit allows something in each part."""
    assert [Level(top, parts=5).at(NOON) for top in (0, 1, 5, 6, 50)] == [0, 1, 1, 2, 10]
    assert Level(50, RAMP, on(0), 5).at(NOON) == 1
    assert Level(50, RAMP, on(0), 5).most == 10


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
    level = Level(10, RAMP, on(0))
    assert room_at(ago(2, 1), DAY, level, NOON) == MIDNIGHT + DAY
    assert room_at(ago(2, 1), DAY, Level(10, RAMP), NOON) == NOON + 22 * HOUR


def test_room_when_the_rise_is_not_enough() -> None:
    """Where a rise leaves no room, age has to do the rest."""
    instants = ago(10, 9, 8, 7, 6, 5)
    assert room_at(instants, DAY, Level(10, RAMP, on(0)), NOON) == NOON + 15 * HOUR


@pytest.mark.parametrize(("begin", "step"), [(0, 1), (1, -1)])
def test_ramp_refused(begin: int, step: int) -> None:
    """A ramp that begins with nothing would never begin, for it counts from the first mail."""
    with pytest.raises(ValueError, match="a ramp begins"):
        Ramp(begin, step)
