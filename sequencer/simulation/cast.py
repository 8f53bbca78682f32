"""Who takes part in a world: people, their addresses, their zones, and what they have done."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random

from sequencer.domain.prospect import Prospect
from sequencer.simulation.record import Absence, Answer, Home, Reached, Reopening, Stop

PLACES = (
    ("Europe/Berlin", "DE"),
    ("Europe/Madrid", "ES"),
    ("America/New_York", "US"),
    ("Asia/Kolkata", "IN"),
    ("Australia/Lord_Howe", "AU"),
    ("", ""),
)

# Public holidays of whole countries in the weeks of the simulation, out of a calendar on paper.
HOLIDAYS = {
    "DE": {
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 5, 1),
        date(2026, 5, 14),
        date(2026, 5, 25),
    },
    "ES": {date(2026, 4, 3), date(2026, 5, 1)},
    "US": {date(2026, 5, 25)},
}


@dataclass
class Person:
    """Somebody who may get mail.

    Attributes:
        spellings: ways in which lists write the address; it is the same person each time.
        gone: the address does not exist any more, and every server says so.
        vouched: a rep has let it go on: a mail in doubt counts as sent then.
        pauses: by cadence, from when to when an absence held up a mail that had a due time.
        held: since when a rep wants silence, None while nobody does.
        owner: the rep whose prospect it is; empty for nobody's.
        homes: by enrollment, the mailbox that it moved to with an owner.
        reopened: by enrollment, whenever its end was taken back.
        starts_at: by cadence, before when it must not begin.
        reached: by number of the task, the calls in which somebody was reached.
    """

    address: str
    tz: str
    country: str
    first_name: str
    gone: bool = False
    stops: list[Stop] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    enrolled: dict[str, int] = field(default_factory=dict)
    vouched: bool = False
    pauses: dict[str, tuple[float, float]] = field(default_factory=dict)
    held: Stop | None = None
    absences: list[Absence] = field(default_factory=list)
    owner: str = ""
    homes: dict[int, Home] = field(default_factory=dict)
    reopened: dict[int, list[Reopening]] = field(default_factory=dict)
    starts_at: dict[str, datetime] = field(default_factory=dict)
    reached: dict[int, Reached] = field(default_factory=dict)

    @property
    def domain(self) -> str:
        """Domain of the company."""
        return self.address.rpartition("@")[2]

    @property
    def colleague(self) -> str:
        """Address of somebody else at the company, who is in no list."""
        return f"colleague.of.{self.address}"

    def stops_before(self, number: int, enrollment_id: int) -> Iterator[Stop]:
        """Stops of an enrollment that stand when something of that number is committed."""
        taken_back = max(
            (each.number for each in self.reopened.get(enrollment_id, ()) if each.number < number),
            default=0,
        )
        for stop in (*self.stops, *([self.held] if self.held else [])):
            if taken_back < stop.number < number and stop.concerns(enrollment_id):
                yield stop

    def answers_to(self, enrollment_id: int) -> Iterator[Answer]:
        """Answers that concern an enrollment, but for those that somebody has overruled."""
        for answer in self.answers:
            if answer.concerns(enrollment_id) and not self._overruled(answer.raw, enrollment_id):
                yield answer

    def absences_of(self, enrollment_id: int) -> Iterator[Absence]:
        """Absences that hold an enrollment up, but for those that somebody has overruled."""
        for absence in self.absences:
            if absence.concerns(enrollment_id) and not self._overruled(absence.raw, enrollment_id):
                yield absence

    def _overruled(self, raw: bytes, enrollment_id: int) -> bool:
        return any(raw in each.known for each in self.reopened.get(enrollment_id, ()))

    def prospect(self, spelling: str = "") -> Prospect:
        """The person as a list has them."""
        return Prospect(
            email=spelling or self.address,
            first_name=self.first_name,
            last_name="Example",
            company=self.domain,
            timezone=self.tz,
            country=self.country,
            owner=self.owner,
        )


def cast(chance: Random, size: int, companies: int | None = None) -> list[Person]:
    """People of companies that are small, so that some have a colleague in the cadence too."""
    companies = companies or max(1, round(size * 0.8))
    people = []
    for number in range(size):
        tz, country = chance.choice(PLACES)
        domain = f"bank{number % companies}.example"
        people.append(Person(f"p{number}@{domain}", tz, country, f"Person{number}"))
    return people
