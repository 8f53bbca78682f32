"""What the gate is asked about: where a person stands with a cadence, and the moment of a mail."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sequencer.domain.audience import Audience, ColleagueRule, Exclusive, Throttle
from sequencer.domain.enrollment import Enrollment, EnrollmentState, FinishReason
from sequencer.domain.mailbox import MailboxHealth
from sequencer.domain.openings import Openings
from sequencer.domain.pacing import Limits, Traffic, pacing_refusals
from sequencer.domain.prospect import Prospect
from sequencer.domain.reason import Refusal
from sequencer.domain.suppression import Suppression
from sequencer.domain.timing import Timing
from sequencer.domain.workdays import Workdays


@dataclass(frozen=True, slots=True)
class Run:
    """How far somebody got in a cadence: where they are, or what ended it."""

    state: EnrollmentState
    finish_reason: FinishReason | None = None


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A cadence that the person is in at the same time, and whether it bears others."""

    slug: str
    exclusive: Exclusive


@dataclass(frozen=True, slots=True)
class ColleagueReply:
    """The last answer of somebody else of the same account."""

    at: datetime
    sender: str


@dataclass(frozen=True, slots=True)
class Room:
    """How many people run through the cadence, and when the last ones began, in order.

    Attributes:
        waiting: whether somebody who came earlier waits for room as well.
        most_at_first, begun_at_first: how many people may begin in a first live run and how many
            have; None for no limit.
        draining_since: since when it takes nobody in at all, None where it does.
    """

    active: int = 0
    activated: Sequence[datetime] = ()
    waiting: bool = False
    most_at_first: int | None = None
    begun_at_first: int = 0
    draining_since: datetime | None = None


NO_AUDIENCE, NO_COLLEAGUES, NO_THROTTLE, NO_ROOM = Audience(), ColleagueRule(), Throttle(), Room()
OF_UTC = Workdays(ZoneInfo("UTC"))


@dataclass(slots=True)  # made for every mail: to freeze it costs each of its fields a call
class Standing:
    """What is known of a person and of the cadence they are to be in, or are in.

    Attributes:
        workdays: the person's calendar, in which days are counted.
        here: the newest other enrollment of the person in this cadence.
        touched_at: the last contact by anybody, this enrollment's own left out.
        meeting_at: the next meeting of the person that is yet to come.
        account_active: other people of the account who are in a cadence, whichever it is.
        rep: who enrols; None where nobody does any more.
        mailboxes: those of the cadence that are able to send.
        missing: values that a template needs and the person does not have.
        wordless: mails of the cadence of which every variant is stopped.
        consent_countries: where a consent has to be recorded.
        starts_at: when the enrollment may begin, None for at once.
    """

    now: datetime
    prospect: Prospect
    workdays: Workdays = OF_UTC
    audience: Audience = NO_AUDIENCE
    colleagues: ColleagueRule = NO_COLLEAGUES
    throttle: Throttle = NO_THROTTLE
    suppressions: tuple[Suppression, ...] = ()
    here: Run | None = None
    elsewhere: tuple[Elsewhere, ...] = ()
    meeting_at: datetime | None = None
    touched_at: datetime | None = None
    account_active: int = 0
    account_reply: ColleagueReply | None = None
    rep: str | None = None
    mailboxes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    wordless: tuple[str, ...] = ()
    consent_countries: frozenset[str] = frozenset()
    starts_at: datetime | None = None
    room: Room = NO_ROOM


@dataclass(slots=True)  # as above
class Moment:
    """What is known of the instant of a mail: its mailbox, what left before, its calendar.

    Attributes:
        mailbox: where the mail comes from; one that the settings do not know has no limits.
        known: whether the settings know the mailbox.
        openings: what has been found out about calendars that many moments share.
        paced: what pacing has against the mail; several rules read it, each for its own code.
        closed: what the calendar has against it.
    """

    now: datetime
    enrollment: Enrollment
    timing: Timing
    mailbox: str
    health: MailboxHealth
    limits: Limits
    traffic: Traffic
    freshness: timedelta
    known: bool = True
    openings: Openings = field(default_factory=Openings)
    paced: tuple[Refusal, ...] = field(init=False)
    closed: Refusal | None = field(init=False)

    def __post_init__(self) -> None:
        """Ask once what every mail is asked: to remember it at its first use takes longer."""
        self.paced = tuple(pacing_refusals(self.limits, self.traffic, self.now))
        self.closed = self.openings.closed(self.timing, self.now)
