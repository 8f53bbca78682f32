"""A text in which marks stand for values, so that it is read once and filled in for each person.

A mark is one private character: what is read never holds a value of a person, so no value can
become markup, and mails that differ only in their values share one reading.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from urllib.parse import quote

from sequencer.mail.draft import Blocks

MAX_MARKS = 4_000
LEAST_BLOCK = 150  # characters of lines without a mark; fewer are encoded again in less time

# Plane 16 is for private use: nobody writes mails with it. A mark in a link's address lies half a
# plane above the same mark in the text, because a value is escaped differently there; and higher
# again where the address has begun already: there a value must not bring its own host or path.
TEXT, URL, URL_PART = 0x100000, 0x108000, 0x10C000
KEY_MARK = "\U0010fffd"  # of the enrollment, in a link to a booking page
MARK = re.compile("([\U00100000-\U0010fffd])")

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_SAFE = "%/:?#[]@!$&'()*+,;=~-._"  # characters that have a meaning in an address
_SAFE_PART = "%"  # what the filter `urlencode` has made is not encoded again


class TooManyMarksError(ValueError):
    """There are more values than marks."""


class Marked:
    """A text with marks, taken apart once: lines without any, lines with some, and so on."""

    __slots__ = ("_blocks", "_forms", "marks")

    def __init__(self, text: str) -> None:
        self._blocks: list[str] = []
        self._forms: list[tuple[str, list[str]]] = []
        runs = ["".join(lines) for _, lines in groupby(_LINE.findall(text), _is_marked)]
        for is_same, blocks in groupby(runs, _is_worth_a_block):
            block = "".join(blocks)
            if is_same:
                self._blocks.append(block)
                continue
            form = MARK.sub("%s", block.replace("%", "%%"))
            self._forms.append((form, MARK.findall(block)))
            self._blocks.extend([""] * (2 - len(self._blocks) % 2))
        self.marks = MARK.findall(text)

    def filled(self, shown: Mapping[str, str]) -> Blocks:
        """The text with what is shown in place of each mark."""
        blocks, value = self._blocks.copy(), shown.__getitem__
        blocks[1::2] = [form % tuple(map(value, marks)) for form, marks in self._forms]
        return tuple(blocks)


def _is_marked(text: str) -> bool:
    return MARK.search(text) is not None


def _is_worth_a_block(lines: str) -> bool:
    return len(lines) >= LEAST_BLOCK and not _is_marked(lines)


def shown(each: str, values: Sequence[str]) -> str:
    """What takes the place of a mark."""
    code = ord(each)
    if code >= URL_PART:
        return quote(values[code - URL_PART], safe=_SAFE_PART, errors="replace")
    if code >= URL:
        return quote(values[code - URL].strip(), safe=_SAFE, errors="replace")
    return values[code - TEXT]


@lru_cache(maxsize=MAX_MARKS)
def mark(index: int) -> str:
    """What stands for the value of that index while a text is read."""
    if index >= MAX_MARKS:
        raise TooManyMarksError(f"the template prints more than {MAX_MARKS} values")
    return chr(TEXT + index)
