"""One rule of `sequencer check`: what it says, why, and what to do."""

from dataclasses import dataclass

from sequencer.files.problem import Severity

PAGE = "docs/reference/check-rules.md"
ERROR, WARNING = Severity.ERROR, Severity.WARNING


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule; its code is printed and written into waivers, so it never changes.

    Attributes:
        sentence: what is wrong.
        why: what would come of it.
        fix: what to do.
        bad: lines that break it.
        good: lines that do not.
    """

    code: str
    level: Severity
    sentence: str
    why: str
    fix: str
    bad: str = ""
    good: str = ""

    @property
    def waivable(self) -> bool:
        """Whether a comment with a reason may silence it; what breaks a run cannot be waved on."""
        return self.level is WARNING

    @property
    def address(self) -> str:
        """Page and place where it is explained."""
        return f"{PAGE}#{self.code}"
