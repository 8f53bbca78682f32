"""Which rep gets a meeting, and why that one?"""

from dataclasses import dataclass

from sequencer.domain.rep import Rep


@dataclass(frozen=True, slots=True)
class Choice:
    """A rep, and the sentence that says why."""

    rep: Rep
    because: str
