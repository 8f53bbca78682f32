"""The form of a proof: a promise, and the questions that find what breaks it.

No question ever holds all sends: it is a query that returns violations only, or it is shown the
mails in portions.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sequencer.domain.timing import Timing
from sequencer.engine.desk import Desk
from sequencer.engine.proof.finding import MailboxPace, Residual
from sequencer.store.database import Connection
from sequencer.store.send_proof import Handed


@dataclass(frozen=True)
class Books:
    """What is examined, at which moment; and the figures that are gathered on the way.

    Attributes:
        advance: called with the number of mails after each portion that was looked at.
        calendars: what has been worked out once, by what it depends on.
    """

    connection: Connection
    desk: Desk
    now: datetime
    advance: Callable[[int], None] = lambda _mails: None
    residual: Residual = field(default_factory=Residual)
    paces: list[MailboxPace] = field(default_factory=list)
    calendars: dict[tuple[str, ...], Timing] = field(default_factory=dict)


Ask = Callable[[Books], Iterable[str]]
Examine = Callable[[Books, Sequence[Handed]], Iterator[str]]


@dataclass(frozen=True)
class Promise:
    """One invariant.

    Attributes:
        of: what is looked at, one of it; `size` says how many there are.
        asks: each gives a sentence per violation, from a query of its own.
        examines: each gives a sentence per violation among some mails that left.
    """

    code: str
    sentence: str
    of: str
    size: Callable[[Connection], int]
    asks: tuple[Ask, ...] = ()
    examines: tuple[Examine, ...] = ()
