"""Lines of prose for a terminal: broken to its width, what follows a break set under the text."""

import textwrap
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sequencer.cli.desk import console

NARROWEST = 40  # columns; a terminal that claims less breaks the lines itself


class Line(NamedTuple):
    """A line of an answer: `margin` stands before the text and is never broken."""

    text: str = ""
    margin: str = ""
    style: str = ""


def show(lines: Iterable[Line]) -> None:
    """Print the lines; where no terminal is, each stays one line."""
    screen = console()
    width = max(screen.width, NARROWEST) if screen.is_terminal else None
    for line in lines:
        for part in broken(line, width):
            screen.print(part, style=line.style or None, soft_wrap=True)


def broken(line: Line, width: int | None) -> Iterator[str]:
    """The line in parts that fit, at least one; words that are longer than a line stay whole."""
    text = harmless(line.text)
    if width is None:
        yield f"{line.margin}{text}".rstrip()
        return
    parts = textwrap.wrap(
        text,
        width,
        initial_indent=line.margin,
        subsequent_indent=" " * len(line.margin),
        break_long_words=False,
        break_on_hyphens=False,
    )
    yield from parts or [line.margin.rstrip()]


def harmless(text: str) -> str:
    """The text without characters that would steer a terminal: some of it came from outside."""
    return "".join(each if each.isprintable() else "\ufffd" for each in text)
