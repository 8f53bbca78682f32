"""Which components does an iCalendar object have (RFC 5545 section 3.4), and what lies in them?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sequencer.mail.calendar_line import ContentLine, content_lines

MAX_DEPTH = 8
MAX_COMPONENTS = 2_000


@dataclass(slots=True)
class Component:
    """A component: its own lines, and what lies in it."""

    name: str
    lines: list[ContentLine] = field(default_factory=list)
    inside: list["Component"] = field(default_factory=list)

    def line(self, *names: str) -> ContentLine | None:
        """The first line of the first of these names that there is one of."""
        found = (each for name in names for each in self.lines if each.name == name)
        return next(found, None)

    def every(self, name: str) -> Iterator[ContentLine]:
        """All lines of that name."""
        return (each for each in self.lines if each.name == name)

    def text(self, name: str, limit: int) -> str:
        """What the line of that name says, without escapes; empty where there is none."""
        found = self.line(name)
        return found.text(limit) if found is not None else ""

    def called(self, *names: str) -> list["Component"]:
        """Components of these names that lie in it."""
        return [each for each in self.inside if each.name in names]


def read_components(content: bytes, charset: str) -> Component:
    """What lies around everything; a component that is never closed is closed at the end."""
    return _nested(content_lines(content, charset))


def _nested(lines: Sequence[ContentLine]) -> Component:
    around = Component("")
    opened, number, too_deep = [around], 0, 0
    for line in lines:
        if line.name == "BEGIN":
            number += 1
            if too_deep or len(opened) > MAX_DEPTH or number > MAX_COMPONENTS:
                too_deep += 1
                continue
            new = Component(line.value.upper())
            opened[-1].inside.append(new)
            opened.append(new)
        elif line.name == "END":
            if too_deep:
                too_deep -= 1
            else:
                _close(opened, line.value.upper())
        elif not too_deep:
            opened[-1].lines.append(line)
    return around


def _close(opened: list[Component], name: str) -> None:
    """Close the innermost of that name and what was left open in it; of none, nothing."""
    for depth in range(len(opened) - 1, 0, -1):
        if opened[depth].name == name:
            del opened[depth:]
            return
