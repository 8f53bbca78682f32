"""By what was it decided: which header or part, which words of it, and at which offset?"""

from dataclasses import dataclass
from enum import StrEnum

from sequencer.mail.phrase import Hit
from sequencer.mail.words import Words

MAX_SHOWN = 200  # characters of a foreign header or sentence


class Confidence(StrEnum):
    """How much stands behind a decision."""

    CERTAIN = "certain"  # a mark that nothing else has: a part, a header of its own
    LIKELY = "likely"  # words that mean it, in a place that fits
    GUESS = "guess"  # nothing spoke against it


@dataclass(frozen=True, slots=True)
class Evidence:
    """One mark.

    Attributes:
        where: `text`, `subject`, `header NAME` or `part TYPE`.
        words: as they stand there.
        at: offset of the words in the new text or the subject; None elsewhere.
        rule: the rule that knows them, as `en/opt_out: remove me`; empty for marks of machines.
    """

    where: str
    words: str
    at: int | None = None
    rule: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.words[:MAX_SHOWN]}"


def header_evidence(name: str, value: str) -> Evidence:
    """What a header says."""
    return Evidence(f"header {name}", value[:MAX_SHOWN])


def hit_evidence(where: str, group: str, words: Words, hit: Hit) -> Evidence:
    """A phrase that was found in a text or a subject."""
    return Evidence(
        where,
        words.written(hit.first, hit.last)[:MAX_SHOWN],
        words.starts[hit.first],
        f"{hit.phrase.language}/{group}: {hit.phrase.text}",
    )
