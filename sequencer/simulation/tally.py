"""Which rare things have happened? A run that never saw one of them has not tested it."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Tally:
    """Counts by name. What is expected and never counted is what the world is blind to."""

    counts: Counter[str] = field(default_factory=Counter)

    def sometimes(self, name: str, times: int = 1) -> None:
        """Count something that has to happen in some world, though not in each."""
        self.counts[name] += times

    def blind(self, expected: tuple[str, ...]) -> list[str]:
        """Names of what should have happened somewhere and did not."""
        return [name for name in expected if not self.counts[name]]
