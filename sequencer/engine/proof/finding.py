"""What a proof came to: how much was looked at, what was violated, and the figures behind it."""

from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import datetime, timedelta

SHOWN = 20  # sentences that are kept per promise; the others are counted
# Upper bounds, in seconds, of the classes in which the age of a scan is counted; above, one more.
BOUNDS_S = (5, 15, 30, 60, 120)


@dataclass(frozen=True, slots=True)
class Proof:
    """One promise: what was looked at, and how often it was broken.

    Attributes:
        promise: the promise in one sentence.
        of: what was counted in `looked_at`.
        details: sentences about the first violations.
    """

    code: str
    promise: str
    looked_at: int
    of: str
    violations: int = 0
    details: tuple[str, ...] = ()


@dataclass
class Tally:
    """Counts the violations of a promise; only the first sentences are kept."""

    violations: int = 0
    details: list[str] = field(default_factory=list)

    def add(self, sentence: str) -> None:
        """Count a violation."""
        self.violations += 1
        if len(self.details) < SHOWN:
            self.details.append(sentence)


@dataclass
class Residual:
    """How old the scan was that each mail relied on: a reply after it could not be known.

    `mails` has a number for each class of `BOUNDS_S`, and one for all that is older.
    """

    mails: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS_S) + 1))
    longest: timedelta = timedelta(0)

    def add(self, age: timedelta) -> None:
        """Count a mail."""
        self.mails[bisect_left(BOUNDS_S, age.total_seconds())] += 1
        self.longest = max(self.longest, age)


@dataclass
class MailboxPace:
    """How fast a mailbox has been, at its fastest.

    Attributes:
        most: mails in the busiest 24 hours, which ended at `most_at`.
        gap: the shortest time between two mails, None where there were no two.
        per_day, least_gap: the settings of today; None for a mailbox that is not in them.
    """

    mailbox: str
    mails: int = 0
    most: int = 0
    most_at: datetime | None = None
    gap: timedelta | None = None
    per_day: int | None = None
    least_gap: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """What was proved.

    Attributes:
        sends: mails that a server has, by the ledger.
    """

    sends: int = 0
    proofs: tuple[Proof, ...] = ()
    residual: Residual = field(default_factory=Residual)
    paces: tuple[MailboxPace, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether nothing was violated."""
        return not any(proof.violations for proof in self.proofs)

    @property
    def details(self) -> list[str]:
        """Sentences about the first violations of each promise."""
        return [detail for proof in self.proofs for detail in proof.details]

    def violations(self, *codes: str) -> int:
        """How often these promises were broken."""
        return sum(proof.violations for proof in self.proofs if proof.code in codes)

    def figures(self) -> dict[str, int]:
        """The violations in five numbers, beside the number of mails."""
        return {
            "sends": self.sends,
            "doubles": self.violations("I1"),
            "after_stop": self.violations("I2"),
            "to_suppressed": self.violations("I3"),
            "outside_window": self.violations("I4"),
            "unexplained": self.violations("I5", "I7"),
        }
