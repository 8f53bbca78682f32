from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders import BERLIN, NOON, OFFICE, a_window

from sequencer.domain.window import ALWAYS, Block, Opening, Window, is_open, next_open, openings


def at(text: str, tz: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=tz).astimezone(UTC)


def every_day(start: int, end: int) -> Window:
    return Window(days=((Block(start, end),),) * 7)


@pytest.mark.parametrize(("start", "end"), [(-1, 60), (60, 60), (61, 60), (0, 1_441)])
def test_block_refused(start: int, end: int) -> None:
    """A block begins before it ends, within one day."""
    with pytest.raises(ValueError, match="within one day"):
        Block(start, end)


def test_window_needs_seven_days() -> None:
    """A week has seven days."""
    with pytest.raises(ValueError, match="seven"):
        Window(days=(OFFICE,) * 6)


def test_window_needs_an_hour() -> None:
    """A window that never opens is refused when it is made, not when a mail waits for it."""
    with pytest.raises(ValueError, match="open at some time"):
        Window(days=((),) * 7)


@pytest.mark.parametrize("blocks", [OFFICE[::-1], (Block(0, 600), Block(599, 700))])
def test_blocks_in_order(blocks: tuple[Block, ...]) -> None:
    """Blocks that overlap or stand in the wrong order would hide an open hour."""
    with pytest.raises(ValueError, match="in order"):
        Window(days=(blocks, *((),) * 6))


def test_touching_blocks() -> None:
    """One block may begin where the last one ends."""
    window = Window(days=((Block(480, 720), Block(720, 1_020)),) * 7)
    assert is_open(window, BERLIN, at("2026-03-03T12:00"))


def test_blocks_on() -> None:
    """A closed date has no hours, whatever its weekday."""
    monday = date(2026, 3, 2)
    assert a_window().blocks_on(monday) == OFFICE
    assert a_window(closed=frozenset({monday})).blocks_on(monday) == ()
    assert a_window().blocks_on(date(2026, 3, 7)) == ()


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
    opening = next_open(a_window(), BERLIN, at(now))
    assert opening.start == at(opens)
    assert is_open(a_window(), BERLIN, at(now)) == (now == opens)


def test_opening_is_cut_to_what_is_left() -> None:
    """In the middle of a block only the rest of it is open."""
    opening = next_open(a_window(), BERLIN, at("2026-03-03T11:00"))
    assert opening == Opening(at("2026-03-03T11:00"), at("2026-03-03T11:30"))


def test_closed_for_years() -> None:
    """A window closed on every date of a year is an error, not a loop."""
    closed = frozenset(date(2026, 3, 1) + timedelta(days=ahead) for ahead in range(500))
    with pytest.raises(ValueError, match="within a year"):
        next_open(a_window(closed=closed), BERLIN, NOON)


def test_always() -> None:
    """The window without limits is open at any instant, also over a change of the clocks."""
    for hour in range(72):
        assert is_open(ALWAYS, BERLIN, at("2026-03-28T00:00") + timedelta(hours=hour))


def test_block_inside_the_gap() -> None:
    """A block that the change of the clocks swallows whole does not open that day."""
    opening = next_open(every_day(125, 170), BERLIN, at("2026-03-29T00:00"))
    assert opening.start == at("2026-03-30T02:05")


def test_block_that_begins_in_the_gap() -> None:
    """A block that begins in the gap opens at the first minute after it."""
    opening = next_open(every_day(150, 240), BERLIN, at("2026-03-29T00:00"))
    assert opening == Opening(at("2026-03-29T03:00"), at("2026-03-29T04:00"))


def test_block_over_the_fold() -> None:
    """A block around the hour that comes twice is open for both of them."""
    opening = next_open(every_day(60, 240), BERLIN, at("2026-10-25T00:00"))
    assert opening.end - opening.start == timedelta(hours=4)


def test_block_that_ends_in_the_fold() -> None:
    """A block ends the first time its end is on the clock."""
    opening = next_open(every_day(60, 150), BERLIN, at("2026-10-25T00:00"))
    assert opening.end == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_zone_far_away() -> None:
    """The weekday is the one on that side of the date line."""
    auckland = ZoneInfo("Pacific/Auckland")
    assert is_open(a_window(), auckland, at("2026-03-02T08:30", auckland))
    assert not is_open(a_window(), auckland, at("2026-03-07T08:30", auckland))


def test_openings_in_order() -> None:
    """The openings of a week: two on each working day, none at the end of the week."""
    found = []
    for opening in openings(a_window(), BERLIN, at("2026-03-02T00:00")):
        if opening.start >= at("2026-03-09T00:00"):
            break
        found.append(opening.start)
    assert len(found) == 10
    assert found == sorted(found)
