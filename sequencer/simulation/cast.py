"""Who takes part in a world: people, their addresses, their zones, and what they have done."""

from dataclasses import dataclass, field
from datetime import date
from random import Random

from sequencer.domain.prospect import Prospect
from sequencer.simulation.record import Absence, Answer, Stop

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

    @property
    def domain(self) -> str:
        """Domain of the company."""
        return self.address.rpartition("@")[2]

    @property
    def colleague(self) -> str:
        """Address of somebody else at the company, who is in no list."""
        return f"colleague.of.{self.address}"

    def prospect(self, spelling: str = "") -> Prospect:
        """The person as a list has them."""
        return Prospect(
            email=spelling or self.address,
            first_name=self.first_name,
            last_name="Example",
            company=self.domain,
            timezone=self.tz,
            country=self.country,
        )


def cast(chance: Random, size: int) -> list[Person]:
    """People of companies that are small, so that some have a colleague in the cadence too."""
    companies = max(1, round(size * 0.8))
    people = []
    for number in range(size):
        tz, country = chance.choice(PLACES)
        domain = f"bank{number % companies}.example"
        people.append(Person(f"p{number}@{domain}", tz, country, f"Person{number}"))
    return people
