"""Opening hours as people write them (`mon-fri: ["08:30-11:30"]`), and back."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise

from sequencer.domain.window import Block, Window

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAYS_FORM = "days are written `mon-fri`, `sat` or `mon,wed`"
BLOCK_FORM = 'hours are written "08:30-17:00"'

_BLOCK = re.compile(r"(\d{1,2}):(\d{2})\s*[-\u2013]\s*(\d{1,2}):(\d{2})", re.ASCII)
_END_OF_DAY = 24 * 60


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
    """Hours of one day; `9:00` is `09:00`, and `24:00` is the end of the day.

    Raises:
        ValueError: it is no such text, or does not end after it begins.
    """
    match = _BLOCK.fullmatch(text.strip())
    if match is None:
        raise ValueError(BLOCK_FORM)
    start = _minute(match[1], match[2])
    end = _minute(match[3], match[4])
    if start == _END_OF_DAY or start >= end:
        raise ValueError("hours end after they begin; split what passes midnight over two days")
    return Block(start, end)


def _minute(hours: str, minutes: str) -> int:
    minute = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or minute > _END_OF_DAY:
        raise ValueError("a time of day lies between 00:00 and 24:00")
    return minute


def overlap(blocks: Sequence[Block]) -> tuple[Block, Block] | None:
    """The first two blocks that share a minute, None if no two do."""
    ordered = sorted(blocks, key=lambda block: (block.start, block.end))
    for before, after in pairwise(ordered):
        if after.start < before.end:
            return before, after
    return None


def window_from_text(text: Mapping[str, Sequence[str]], closed: frozenset[date]) -> Window:
    """The window that the text describes.

    Raises:
        ValueError: some part of the text is not of the right form, or blocks overlap.
    """
    days: list[list[Block]] = [[] for _ in DAYS]
    for key, hours in text.items():
        for day in days_from_text(key):
            days[day].extend(block_from_text(each) for each in hours)
    if any(overlap(blocks) for blocks in days):
        raise ValueError("blocks of hours overlap")
    ordered = (tuple(sorted(blocks, key=lambda block: block.start)) for blocks in days)
    return Window(tuple(ordered), closed)


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
    start, end = (f"{minute // 60:02}:{minute % 60:02}" for minute in (block.start, block.end))
    return f"{start}-{end}"
