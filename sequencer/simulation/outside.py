"""What lies outside of the database and is not put back with it: markers of hosts, and opt-outs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sequencer.domain.history import Seen
from sequencer.domain.opt_out import OptOut


@dataclass
class HostMarker:
    """What one host has seen committed; the port `Marker`, without a disk that may fail."""

    seen: Seen | None = None

    def load(self) -> Seen | None:
        """What was seen last."""
        return self.seen

    def save(self, seen: Seen) -> None:
        """Keep it."""
        self.seen = seen


@dataclass
class OptOutPages:
    """Everybody who wants nothing any more, in the order of the commits; the port `OptOuts`."""

    noted: list[OptOut] = field(default_factory=list)

    def note(self, opt_outs: Sequence[OptOut]) -> None:
        """Append these."""
        self.noted += opt_outs

    def read(self) -> Iterator[OptOut | str]:
        """All that were there at first: what is put back on the list is appended again."""
        yield from tuple(self.noted)
