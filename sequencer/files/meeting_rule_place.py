"""Where does a rule of `on:` stand that was written by itself instead of in a list?"""

from collections.abc import Sequence
from dataclasses import dataclass

from sequencer.files.problem import Problem
from sequencer.files.yaml_source import YamlSource

_DEPTH = 2  # `on`, the case; then the number of the rule


@dataclass(frozen=True, slots=True)
class RulePlaces:
    """A cadence file in which one rule is as good as a list of one."""

    source: YamlSource

    def problem(
        self, path: Sequence[str | int], message: str, hint: str = "", *, at_key: bool = False
    ) -> Problem:
        """A problem at that path, as it was written."""
        place = tuple(path)
        is_rule = place[:1] == ("on",) and place[_DEPTH : _DEPTH + 1] == (0,)
        if is_rule and place[: _DEPTH + 1] not in self.source.values:
            place = (*place[:_DEPTH], *place[_DEPTH + 1 :])
            message = message.replace(f"{place[1]}[1]", str(place[1]), 1)
        return self.source.problem(place, message, hint, at_key=at_key)
