"""Where in a file does a part of a phrase stand, however YAML let it be written?"""

from collections.abc import Iterator

Place = tuple[int, int]


def place_in(text: str, begin: Place, phrase: str, at: int) -> Place:
    """Line and column, counted from 0, of a position in a phrase that begins there.

    Quotes, the sign of a block and the ends of lines lie between the file and the phrase. Where
    they are more than that (an escape, say), it is the place at which the phrase begins.
    """
    lines = text.split("\n")
    start = _first(lines, begin, phrase)
    written = _written(lines, start)
    last = start
    for character in "".join(phrase[:at].split()):
        last, found = next(written, (start, ""))
        if found != character:
            return start
    if not phrase[at:].strip():
        return (last[0], last[1] + 1) if phrase[:at].strip() else start
    place, found = next(written, (start, ""))
    return place if found == phrase[at:].lstrip()[0] else start


def _first(lines: list[str], begin: Place, phrase: str) -> Place:
    """Where the words begin: behind the quote, or in the line below the sign of a block."""
    line, column = begin
    written = lines[line][column:] if line < len(lines) else ""
    first = phrase.lstrip()[:1]
    if written[:1] in {">", "|"} and first != written[:1]:
        below = range(line + 1, len(lines))
        found = next((each for each in below if lines[each].strip()), None)
        return begin if found is None else (found, len(lines[found]) - len(lines[found].lstrip()))
    is_quoted = written[:1] in {"'", '"'} and not phrase.startswith('"')
    return line, column + is_quoted


def _written(lines: list[str], start: Place) -> Iterator[tuple[Place, str]]:
    """What stands there and behind it, but for empty space."""
    first, column = start
    for line in range(first, len(lines)):
        for at in range(column, len(lines[line])):
            if not lines[line][at].isspace():
                yield (line, at), lines[line][at]
        column = 0
