"""Which line of which file is a line of a template that is put together from several?"""

from typing import NamedTuple


class Place(NamedTuple):
    """A line of a file, counted from 1, and what stands there."""

    file: str
    line: int
    text: str


class Places:
    """Files one below the other, as if they were one text.

    Args:
        name: the file that comes first.
        text: what stands in it.
    """

    def __init__(self, name: str, text: str) -> None:
        self._files: list[tuple[int, str, tuple[str, ...]]] = []
        self.padded: list[str] = []
        self.add(name, text)

    def add(self, name: str, text: str) -> str:
        """The text of a further file with line breaks in front, so that its lines count on."""
        begin = 0
        if self._files:
            before, _, lines = self._files[-1]
            begin = before + len(lines)
        self._files.append((begin, name, tuple(text.split("\n"))))
        self.padded.append("\n" * begin + text)
        return self.padded[-1]

    def at(self, line: int) -> Place:
        """The place of a line of the whole; a line that there is none of lies in the first file."""
        for begin, name, lines in reversed(self._files):
            if begin < line <= begin + len(lines):
                return Place(name, line - begin, lines[line - begin - 1])
        return Place(self._files[0][1], line, "")
