"""A cadence test as marketing writes it: what is given, and what is expected of the engine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from sequencer.domain.delay import Delay

PROSPECT, COLLEAGUE = "prospect", "colleague"


class Given(StrEnum):
    """What may happen to a cadence in a test."""

    REPLIES = "replies"
    AWAY = "away"
    BOUNCES = "bounces"
    OPTS_OUT = "opts_out"
    OPTS_OUT_BY_LINK = "opts_out_by_link"
    COMPLAINS = "complains"
    BOOKS = "books"
    MOVES = "moves"
    CANCELS = "cancels"
    WE_CANCEL = "we_cancel"
    STAYS_AWAY = "stays_away"
    COMES_AFTER_ALL = "comes_after_all"
    ATTENDS = "attends"
    TASK_ENDS = "task_ends"
    CALLS_US = "calls_us"
    REP_PAUSES = "rep_pauses"
    REP_RESUMES = "rep_resumes"
    REP_STOPS = "rep_stops"
    REP_AWAY = "rep_away"
    IN_VARIANT = "in_variant"
    NOTHING = "nothing"


class Expected(StrEnum):
    """What a test may ask afterwards."""

    HAPPENS = "happens"
    NEVER = "never"
    SKIPPED = "skipped"
    COUNT = "count"
    AT_MOST = "at_most"
    SILENCE = "silence"
    ONLY = "only"
    ORDER = "order"
    ENDS = "ends"
    GOES_ON = "goes_on"
    WAITS = "waits"
    TASK = "task"
    NO_TASK = "no_task"
    ENROLLED = "enrolled"
    NOT_ENROLLED = "not_enrolled"
    REFUSED = "refused"
    SUPPRESSED = "suppressed"
    NOT_SUPPRESSED = "not_suppressed"
    SUBJECT = "subject"
    SUBJECT_CONTAINS = "subject_contains"
    SAYS = "says"
    DOES_NOT_SAY = "does_not_say"
    VARIANT = "variant"
    FROM_MAILBOX = "from_mailbox"
    ANSWERS = "answers"
    NEW_THREAD = "new_thread"


@dataclass(frozen=True, slots=True)
class Day:
    """A date, or the N-th day counted from that of the enrolment, which is the first.

    Attributes:
        is_business: whether only the working days of the prospect are counted.
    """

    on: date | None = None
    number: int = 0
    is_business: bool = False


@dataclass(frozen=True, slots=True)
class Hours:
    """Minutes of a day, the end not included; `tz` is empty for the clock of the prospect."""

    start: int
    end: int
    tz: str = ""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A line of a test, read. What its form has no place for is empty.

    Attributes:
        form: a `Given` or an `Expected`.
        words: as they were written.
        who: the prospect, or the colleague.
        text: what somebody writes, or what a mail is to say.
        day: when it is, with `minute` where a time was said.
        delay: how long after `anchor` it is, which is a step or, with `the`, something given.
        until: another day that it names, with `clock`.
        name: of a disposition, a reason, a mailbox, a cadence, a kind of task, a language.
        owner: whose task it is.
    """

    form: str
    words: str
    line: int
    column: int
    who: str = PROSPECT
    text: str = ""
    day: Day | None = None
    minute: int | None = None
    delay: Delay | None = None
    anchor: str = ""
    until: Day | None = None
    clock: int | None = None
    hours: Hours | None = None
    step: str = ""
    steps: tuple[str, ...] = ()
    name: str = ""
    owner: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class CadenceTest:
    """One test.

    Attributes:
        file: how messages call the file that it stands in, at `line`.
        slug: of the cadence.
        begin: when the prospect is enrolled (UTC).
        people: the fields of the prospect, and of a colleague where there is one.
        account: what is known of their company.
    """

    name: str
    file: str
    line: int
    slug: str
    begin: datetime
    people: Mapping[str, Mapping[str, str]]
    given: tuple[Phrase, ...] = field(default=())
    expected: tuple[Phrase, ...] = field(default=())
    account: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """How the test is called where there are others of other cadences."""
        return f"{self.slug}: {self.name}"
