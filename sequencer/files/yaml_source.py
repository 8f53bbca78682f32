"""A YAML file as plain values, and the place of each of them in the file."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sequencer.files.problem import ConfigError, Problem
from sequencer.files.text_file import read_text
from sequencer.files.yaml_events import read_events
from sequencer.files.yaml_mistake import LINE_END, Place
from sequencer.files.yaml_scalar import Scalar

MAX_BYTES = 1024 * 1024

Value = Scalar | dict[str, "Value"] | list["Value"]
Path_ = tuple[str | int, ...]

# A mistake is shown with its line, and a line may hold a secret that does not belong there.
_SECRET = re.compile(
    r"(?i)(pas+w|pwd|secret|token|_key|credential)[^:=]*[:=]|://(?=[^/@\s]*:[^/@\s]*@)"
)


@dataclass(frozen=True, slots=True)
class YamlSource:
    """Content of one YAML file.

    Attributes:
        file: how messages call it.
        value: what it says, as dict, list, str, int, float, bool and None.
        first_line: line of the file at which the text begins (a front matter begins at 2).
    """

    file: str
    text: str
    value: Value = None
    values: Mapping[Path_, Place] = field(default_factory=dict, repr=False)
    keys: Mapping[Path_, Place] = field(default_factory=dict, repr=False)
    first_line: int = 1

    def problem(
        self, path: Sequence[str | int], message: str, hint: str = "", *, at_key: bool = False
    ) -> Problem:
        """A problem at that path, or at its deepest part that is in the file."""
        return self.problem_at(self._place(tuple(path), at_key=at_key), message, hint)

    def problem_at(self, place: Place, message: str, hint: str = "") -> Problem:
        """A problem at a place, given as line and column counted from 0."""
        line, column = place
        lines = LINE_END.split(self.text)
        source_line = lines[line] if line < len(lines) else ""
        secret = _SECRET.search(source_line)
        if secret:
            source_line = f"{source_line[: secret.end()]} \u2026"
        number = line + self.first_line
        return Problem(self.file, number, column + 1, message, hint, source_line)

    def _place(self, path: Path_, *, at_key: bool) -> Place:
        """Place of a value (or of its key); of the nearest value around it where it is missing."""
        first, second = (self.keys, self.values) if at_key else (self.values, self.keys)
        for length in range(len(path), 0, -1):
            part = path[:length]
            if length < len(path) and part in self.keys:
                return self.keys[part]
            place = first.get(part, second.get(part))
            if place is not None:
                return place
        return 0, 0


def load_yaml(path: Path, shown: str) -> YamlSource:
    """Content of a YAML file.

    Raises:
        ConfigError: the file cannot be read, or see `parse_yaml`.
    """
    return parse_yaml(read_text(path, shown, MAX_BYTES), shown)


def parse_yaml(text: str, shown: str, first_line: int = 1) -> YamlSource:
    """Content of one YAML document; all mistakes are collected up to the first that stops reading.

    Raises:
        ConfigError: it is no YAML, or uses what is not allowed here: anchors, aliases, tags, keys
            twice, more than 50 levels or 10,000 values.
    """
    source = YamlSource(shown, text, first_line=first_line)
    found = read_events(text)
    if found.mistakes:
        raise ConfigError(
            source.problem_at(each.place, each.message, each.hint).of_rule("yaml")
            for each in found.mistakes
        )
    return replace(source, value=found.value, values=found.values, keys=found.keys)
