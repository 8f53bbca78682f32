"""What a forecast says: every touch, what was put off and why, who was refused, how it ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

MAIL = "mail"
WINDOW, HOLIDAY, PAUSE, TURN = "window", "holiday", "pause", "turn"  # causes beside the gate's


@dataclass(frozen=True, slots=True)
class Touch:
    """One contact attempt of the coming days.

    Attributes:
        at: when a mail leaves, or a task is due.
        on: the date of that, on the clock of whoever does it.
        by: the mailbox, or the rep.
        kind: `mail`, or what kind of task it is.
        is_new: whether it belongs to somebody whom this forecast enrols.
        outcome: `sent`, or what became of the task.
    """

    at: datetime
    on: date
    by: str
    kind: str
    prospect: str
    cadence: str
    step: str
    is_new: bool
    outcome: str


@dataclass(frozen=True, slots=True)
class Wait:
    """What put touches off, and by how much altogether for each of them."""

    cause: str
    touches: int
    median_s: float
    longest_s: float


@dataclass(frozen=True, slots=True)
class HolidayMoved:
    """A day off that moved touches: its name, and how many people it concerns."""

    name: str
    country: str
    people: int
    touches: int


@dataclass(frozen=True, slots=True)
class AtCap:
    """Days on which mails of a mailbox waited for the limit of its 24 hours."""

    mailbox: str
    from_on: date
    until_on: date
    days: int


@dataclass(frozen=True, slots=True)
class RefusedFor:
    """People whom the gate, or the import, refused for the same reason."""

    code: str
    sentence: str
    people: Sequence[str]


@dataclass(frozen=True)
class Forecast:
    """What would happen.

    Attributes:
        begin: when the people are enrolled.
        end: where the forecast ends.
        enrolled: how many were let in, of whom `waiting` had not begun at the end.
        refused: the others.
        caps: mails in 24 hours, by mailbox.
        still_to_come: mails of those people that wait at the end.
        ends: how many of those people ended how, or stand how.
        happened: what people did, by its rates.
        is_live: whether what runs already was counted.
    """

    cadence: str
    title: str
    begin: datetime
    end: datetime
    tz: ZoneInfo
    seed: int
    is_live: bool
    enrolled: int = 0
    waiting: int = 0
    refused: Sequence[RefusedFor] = ()
    caps: Mapping[str, int] = field(default_factory=dict)
    touches: Sequence[Touch] = ()
    waits: Sequence[Wait] = ()
    holidays: Sequence[HolidayMoved] = ()
    at_cap: Sequence[AtCap] = ()
    still_to_come: int = 0
    ends: Mapping[str, int] = field(default_factory=dict)
    happened: Mapping[str, int] = field(default_factory=dict)
    has_mail: bool = True
    held: str = ""

    @property
    def days(self) -> int:
        """How many days it looks ahead."""
        return round((self.end - self.begin).total_seconds() / 86_400)

    @property
    def beside(self) -> str:
        """What counts beside the new people, in words."""
        if self.is_live:
            return "with what the database has running"
        return "with nothing else running"

    @property
    def own(self) -> list[Touch]:
        """Touches of those whom it enrols."""
        return [each for each in self.touches if each.is_new]

    @property
    def mails(self) -> list[Touch]:
        """Mails, of everybody."""
        return [each for each in self.touches if each.kind == MAIL]

    @property
    def last_at(self) -> datetime | None:
        """When the last touch of those people happens, None where there is none."""
        return max((each.at for each in self.own), default=None)

    @property
    def is_done(self) -> bool:
        """Whether nobody of them has anything to come."""
        return not self.still_to_come and not self.waiting


@dataclass(frozen=True)
class Compared:
    """A forecast, and what it would be with more mailboxes."""

    forecast: Forecast
    added: Sequence[str] = ()
    with_added: Forecast | None = None
