"""What really happened, written down outside the engine: the judge believes nothing else.

Everything is numbered in the order of its commit. Times are true seconds since the world began;
`wall` is what the clock of the machine showed that did it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from sequencer.mail.transaction import Envelope


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop that was committed.

    Attributes:
        upto: number of the newest enrollment at that moment; a later one is another story.
        for_ever: no enrollment of that person may write again, whenever it was made.
        only: it is about that one enrollment alone.
    """

    number: int
    how: str
    upto: int
    for_ever: bool
    only: bool = False

    def concerns(self, enrollment_id: int) -> bool:
        """Whether that enrollment had to end."""
        if self.only:
            return enrollment_id == self.upto
        return self.for_ever or enrollment_id <= self.upto


@dataclass(frozen=True, slots=True)
class Reopening:
    """A stop that somebody took back.

    Attributes:
        known: the mails that were read by then: the person who re-opens has seen them.
    """

    number: int
    known: frozenset[bytes]


@dataclass(frozen=True, slots=True)
class Reached:
    """A call in which a person was reached, for that enrollment or for all up to that one."""

    at: float
    upto: int
    only: bool

    def concerns(self, enrollment_id: int) -> bool:
        """Whether a guard of that enrollment has to know of it."""
        return enrollment_id == self.upto if self.only else enrollment_id <= self.upto


@dataclass(frozen=True, slots=True)
class Home:
    """The mailbox that an enrollment was given with a new owner."""

    number: int
    at: float
    mailbox: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A mail that lies in a folder which is read: whoever has read it later must have stopped.

    Attributes:
        only: the enrollments that it ends, where it was somebody else's; None for all.
    """

    at: float
    how: str
    upto: int
    raw: bytes
    mailbox: str
    only: frozenset[int] | None = None

    def concerns(self, enrollment_id: int) -> bool:
        """Whether that enrollment had to end."""
        return enrollment_id <= self.upto if self.only is None else enrollment_id in self.only


@dataclass(frozen=True, slots=True)
class ByHand:
    """A mail that a rep has written without us."""

    at: float
    wall: datetime
    address: str


@dataclass(frozen=True, slots=True)
class Absence:
    """A notice that lies in a folder which is read: until its date nothing may leave.

    Attributes:
        only: the enrollments that it holds up, where it was somebody else's; None for all.
    """

    at: float
    until: float
    upto: int
    mailbox: str
    raw: bytes
    only: frozenset[int] | None = None

    def concerns(self, enrollment_id: int) -> bool:
        """Whether that enrollment had to wait."""
        return enrollment_id <= self.upto if self.only is None else enrollment_id in self.only


@dataclass(frozen=True, slots=True)
class Hand:
    """A commit that allowed a final dot.

    Attributes:
        owner: who held the lease of the mailbox in the database at that moment.
        open_steps: steps of the enrollment whose task was still to be done.
        held: nothing was to leave from the database at that moment.
    """

    number: int
    at: float
    wall: datetime
    by: str
    owner: str | None
    enrollment_id: int
    synced_at: datetime | None
    open_steps: tuple[str, ...] = ()
    held: bool = False


@dataclass(slots=True)
class Dot:
    """A final dot that was written; `hand` is None where no commit allowed it."""

    number: int
    mailbox: str
    envelope: Envelope
    mark: str
    at: float
    wall: datetime
    hand: Hand | None
    accepted: bool = False


@dataclass(slots=True)
class Record:
    """The record of one world.

    Attributes:
        reads: true seconds at which each mailbox was read completely.
        holders: who took or renewed the lease of each mailbox last, and when.
        handed_on: dates (UTC) on which mails of each mailbox were handed over, by the clock of its
            daemon.
        first_handed: number of the first hand-over, by enrollment, step and mailbox.
        locked_at: true seconds at which a mailbox last refused to let us sign in.
        restores: how often a backup was put back.
        holds: a backup was put back, and has not been compared yet.
        lost: numbers of dots of which nothing tells any more: history was lost, and no copy filed.
        untold: of these and of those whose enrollment was forgotten: the ledger cannot have them.
        broken: one sentence for each promise that was not kept.
        story: what happened, line by line, where somebody wants to read it.
    """

    number: int = 0
    dots: list[Dot] = field(default_factory=list)
    reads: dict[str, list[float]] = field(default_factory=dict)
    holders: dict[str, tuple[str, float]] = field(default_factory=dict)
    handed_on: dict[str, set[date]] = field(default_factory=dict)
    first_handed: dict[tuple[int, str, str], int] = field(default_factory=dict)
    locked_at: dict[str, float] = field(default_factory=dict)
    restores: int = 0
    holds: bool = False
    lost: set[int] = field(default_factory=set)
    untold: set[int] = field(default_factory=set)
    broken: list[str] = field(default_factory=list)
    tell: Callable[[str], None] = lambda _line: None

    def next(self) -> int:
        """Number of what happens now."""
        self.number += 1
        return self.number

    def violated(self, sentence: str) -> None:
        """Note a promise that was not kept, each once."""
        if sentence not in self.broken:
            self.broken.append(sentence)
            self.tell(f"VIOLATION: {sentence}")
