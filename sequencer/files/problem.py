"""What is wrong with something that a person wrote, where, and what to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from unicodedata import east_asian_width

SHOWN = 100  # characters of a source line: what fits a terminal


class Severity(StrEnum):
    """Whether a problem keeps the file from being used."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake. Lines and columns count from 1; None where there is no such place.

    Attributes:
        source_line: the line that the column points into; never one that holds a secret.
        code: which rule it breaks, as the reference lists them.
    """

    file: str
    line: int | None
    column: int | None
    message: str
    hint: str = ""
    source_line: str = ""
    severity: Severity = Severity.ERROR
    code: str = ""

    def render(self) -> str:
        """`file:line:column: message`, then the line with a caret below it, then the hint."""
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        kind = "warning: " if self.severity is Severity.WARNING else ""
        lines = [f"{_printable(place)}: {kind}{_printable(self.message)}"]
        if self.source_line.strip():
            lines.extend(_excerpt(self.source_line, self.column))
        if self.hint:
            lines.append(f"hint: {_printable(self.hint)}")
        return "\n".join(lines)

    def of_rule(self, code: str) -> "Problem":
        """The problem with the code of the rule that it breaks, unless it has one."""
        return self if self.code else replace(self, code=code)

    @property
    def order(self) -> tuple[str, int, int]:
        """Key that sorts problems by their place."""
        return self.file, self.line or 0, self.column or 0


class ConfigError(Exception):
    """Something that a person wrote cannot be used; carries every problem found, at least one."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.order))
        if not self.problems:
            raise ValueError("an error without a problem")
        super().__init__("\n".join(problem.render() for problem in self.problems))


def _excerpt(line: str, column: int | None) -> list[str]:
    """The line, cut to what fits around the column, and the caret under that column."""
    start = max(0, (column or 1) - 1 - SHOWN * 3 // 4)
    shown = _printable(line[start : start + SHOWN].rstrip())
    rows = [f"    {shown}"]
    if column is not None:
        before = shown[: column - 1 - start].ljust(column - 1 - start)
        rows.append(f"    {''.join(_blank(character) for character in before)}^")
    return rows


def _blank(character: str) -> str:
    """As much empty space as the character takes on a terminal."""
    return "  " if east_asian_width(character) in "WF" else " "


def _printable(text: str) -> str:
    """The text without characters that would steer a terminal."""
    return "".join(each if each.isprintable() else " " if each.isspace() else "�" for each in text)
