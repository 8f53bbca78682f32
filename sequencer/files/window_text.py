"""Opening hours as people write them (`mon-fri: ["08:30-11:30"]`), and back."""

import re
from collections.abc import Mapping, Sequence

from sequencer.domain.wall_time import MINUTES_PER_DAY
from sequencer.domain.window import Block, Window

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAYS_FORM = "days are written `mon-fri`, `sat` or `mon,wed`"
BLOCK_FORM = 'hours are written "08:30-17:00"'
CLOCK_FORM = 'a time of day is written "09:30"'

_TIME = r"(\d{1,2}):(\d{2})"
_BLOCK = re.compile(rf"{_TIME}\s*[-\u2013]\s*{_TIME}", re.ASCII)
_CLOCK = re.compile(_TIME, re.ASCII)


def days_from_text(text: str) -> tuple[int, ...]:
    """Weekdays (0 is Monday) of `mon-fri`, `sat` or `mon,wed`; a range may pass Sunday.

    Raises:
        ValueError: it is no such text, or names a day twice.
    """
    days: list[int] = []
    for part in text.lower().replace(" ", "").split(","):
        first, dash, last = part.partition("-")
        if first not in DAYS or (dash and last not in DAYS):
            raise ValueError(DAYS_FORM)
        begin = DAYS.index(first)
        length = (DAYS.index(last) - begin) % 7 if dash else 0
        days.extend((begin + ahead) % 7 for ahead in range(length + 1))
    if len(set(days)) < len(days):
        raise ValueError("a day is named twice")
    return tuple(sorted(days))


def block_from_text(text: str) -> Block:
    """Hours that begin on one day: `9:00` is `09:00`, `24:00` the end of it, `22:00-02:00` a night.

    Raises:
        ValueError: it is no such text, or does not end after it begins.
    """
    match = _BLOCK.fullmatch(text.strip())
    if match is None:
        raise ValueError(BLOCK_FORM)
    start = _minute(match[1], match[2])
    end = _minute(match[3], match[4])
    if start in (end, MINUTES_PER_DAY):
        raise ValueError("hours end after they begin")
    return Block(start, end if start < end else end + MINUTES_PER_DAY)


def clock_time(text: str) -> int:
    """Minute of the day of `9:30` or `09:30`.

    Raises:
        ValueError: it is no such text.
    """
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        raise ValueError(CLOCK_FORM)
    minute = _minute(match[1], match[2])
    if minute == MINUTES_PER_DAY:
        raise ValueError("the midnight that ends a day is written 00:00")
    return minute


def _minute(hours: str, minutes: str) -> int:
    minute = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or minute > MINUTES_PER_DAY:
        raise ValueError("a time of day lies between 00:00 and 24:00")
    return minute


def blocks_from_text(text: Mapping[str, Sequence[str]]) -> tuple[tuple[Block, ...], ...]:
    """Blocks by weekday, in order; whether they fit together is another question.

    Raises:
        ValueError: some part of the text is not of the right form.
    """
    days: list[list[Block]] = [[] for _ in DAYS]
    for key, hours in text.items():
        for day in days_from_text(key):
            days[day].extend(block_from_text(each) for each in hours)
    return tuple(tuple(sorted(blocks, key=lambda block: block.start)) for blocks in days)


def window_from_text(text: Mapping[str, Sequence[str]]) -> Window:
    """The window that the text describes.

    Raises:
        ValueError: some part of the text is not of the right form, blocks overlap, or there is
            none.
    """
    return Window(blocks_from_text(text))


def window_as_text(window: Window) -> dict[str, list[str]]:
    """The one normal form of a window: equal neighbouring days together, hours with zeros."""
    text: dict[str, list[str]] = {}
    begin = 0
    for day in range(1, 8):
        if day < 7 and window.days[day] == window.days[begin]:
            continue
        if window.days[begin]:
            last = day - 1
            key = DAYS[begin] if last == begin else f"{DAYS[begin]}-{DAYS[last]}"
            text[key] = [block_as_text(block) for block in window.days[begin]]
        begin = day
    return text


def block_as_text(block: Block) -> str:
    """`08:30-17:00`."""
    end = block.end if block.end <= MINUTES_PER_DAY else block.end - MINUTES_PER_DAY
    return f"{clock_text(block.start)}-{clock_text(end)}"


def clock_text(minute: int) -> str:
    """`08:30`."""
    return f"{minute // 60:02}:{minute % 60:02}"
