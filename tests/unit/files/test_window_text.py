import pytest

from sequencer.domain.window import Block
from sequencer.files.window_text import (
    block_as_text,
    block_from_text,
    clock_time,
    days_from_text,
    window_as_text,
    window_from_text,
)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon-fri", (0, 1, 2, 3, 4)),
        ("sat", (5,)),
        ("mon,wed", (0, 2)),
        ("Tue - Thu, SUN", (1, 2, 3, 6)),
        ("sat-mon", (0, 5, 6)),
    ],
)
def test_days(text: str, days: tuple[int, ...]) -> None:
    """Single days, ranges, lists of both; a range may pass Sunday."""
    assert days_from_text(text) == days


@pytest.mark.parametrize("text", ["", "monday", "mon-", "-fri", "mon fri", "mon-fri-sun", "1-5"])
def test_no_days(text: str) -> None:
    """Anything else is told how days are written."""
    with pytest.raises(ValueError, match="days are written `mon-fri`"):
        days_from_text(text)


def test_day_twice() -> None:
    """Naming a day twice is a mistake, not an emphasis."""
    with pytest.raises(ValueError, match="twice"):
        days_from_text("mon-fri,wed")


@pytest.mark.parametrize(
    ("text", "block"),
    [
        ("08:30-17:00", Block(510, 1_020)),
        ("9:00-11:05", Block(540, 665)),
        ("00:00-24:00", Block(0, 1_440)),
        (" 9:00 \u2013 10:00 ", Block(540, 600)),
    ],
)
def test_block(text: str, block: Block) -> None:
    """Hours with or without a leading zero; midnight at the end is 24:00."""
    assert block_from_text(text) == block


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("9-17", "hours are written"),
        ("09:00", "hours are written"),
        ("09:00-25:00", "between 00:00 and 24:00"),
        ("09:60-10:00", "between 00:00 and 24:00"),
        ("24:00-24:00", "end after they begin"),
        ("09:00-09:00", "end after they begin"),
        ("24:01-24:02", "between 00:00 and 24:00"),
        ("\u0669:\u0660\u0660-10:00", "hours are written"),
    ],
)
def test_no_block(text: str, said: str) -> None:
    """Each way of being wrong has its words."""
    with pytest.raises(ValueError, match=said):
        block_from_text(text)


def test_night() -> None:
    """Hours that end before they begin end on the next day."""
    night = block_from_text("22:00-02:00")
    assert night == Block(1_320, 1_560)
    assert block_as_text(night) == "22:00-02:00"


def test_up_to_midnight() -> None:
    """Midnight may be written as the end of the day or as the begin of the next."""
    assert block_from_text("22:00-24:00") == block_from_text("22:00-00:00") == Block(1_320, 1_440)
    assert block_as_text(Block(1_320, 1_440)) == "22:00-24:00"


@pytest.mark.parametrize(("text", "minute"), [("9:30", 570), ("09:30", 570), (" 00:00 ", 0)])
def test_clock_time(text: str, minute: int) -> None:
    """A time of day is its minute."""
    assert clock_time(text) == minute


@pytest.mark.parametrize(
    ("text", "said"),
    [("half past", "written"), ("9", "written"), ("24:00", "00:00"), ("09:60", "between")],
)
def test_no_clock_time(text: str, said: str) -> None:
    """Each way of being wrong has its words."""
    with pytest.raises(ValueError, match=said):
        clock_time(text)


def test_window_and_back() -> None:
    """One window has one normal form, however it was written."""
    first = window_from_text({"mon-wed": ["9:00-10:00"], "thu,fri": ["09:00-10:00"]})
    second = window_from_text({"mon-fri": ["09:00-10:00"]})
    assert first == second
    assert window_as_text(first) == {"mon-fri": ["09:00-10:00"]}


def test_normal_form() -> None:
    """Equal neighbours are joined, blocks are sorted, closed days are left out."""
    window = window_from_text({"sun": ["10:00-12:00"], "mon,wed": ["13:00-14:00", "8:00-9:00"]})
    assert window_as_text(window) == {
        "mon": ["08:00-09:00", "13:00-14:00"],
        "wed": ["08:00-09:00", "13:00-14:00"],
        "sun": ["10:00-12:00"],
    }


def test_overlapping_days() -> None:
    """Two keys may name the same day as long as their hours do not overlap."""
    window = window_from_text({"mon-fri": ["9:00-10:00"], "mon": ["10:00-11:00"]})
    assert window_as_text(window)["mon"] == ["09:00-10:00", "10:00-11:00"]
    with pytest.raises(ValueError, match="overlap"):
        window_from_text({"mon-fri": ["9:00-10:00"], "mon": ["9:30-11:00"]})
