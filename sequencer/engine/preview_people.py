"""Whom is a preview made for? People of the database, of a list, or invented ones."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sequencer.domain.address import key_of
from sequencer.domain.cadence import Version
from sequencer.domain.overrides import overrides_from_json
from sequencer.domain.prospect import Prospect
from sequencer.engine.desk import Desk
from sequencer.engine.preview import Place, Wish
from sequencer.files.prospects import Accepted, read_prospects
from sequencer.store import enrollments, prospects
from sequencer.store.database import Connection
from sequencer.store.prospects import StoredProspect

MOST = 100_000  # people of one list
PEOPLE = Path("config", "prospects.csv")


@dataclass(frozen=True, slots=True)
class Sample:
    """Somebody to preview for.

    Attributes:
        title: who that is, in a few words.
        line: where they stand in a list; None for others.
        account: what is known of the company.
        place: where they stand in the cadence already.
    """

    title: str
    prospect: Prospect
    line: int | None = None
    account: Mapping[str, str] = field(default_factory=dict)
    place: Place | None = None

    def wish(self, wish: Wish) -> Wish:
        """What is wished for, as it is for this person."""
        own = self.place.overrides if self.place else wish.overrides
        return replace(wish, account=self.account, place=self.place, overrides=own)


@dataclass(frozen=True, slots=True)
class People:
    """A list of people, and how many of its rows are none."""

    samples: tuple[Sample, ...]
    refused: int = 0


Complete = Callable[[Version, Sequence[Sample]], Sequence[Sample]]
"""What adds to people of a list what is known of their companies."""


def as_they_are(version: Version, some: Sequence[Sample]) -> Sequence[Sample]:
    """These people, where there is no database that knows more."""
    del version
    return some


def samples(fields: Sequence[str] = (), account_fields: Sequence[str] = ()) -> tuple[Sample, ...]:
    """Invented people: everything is known of the first, nothing of the second."""
    complete = Prospect(
        email="grace.miller@northbank.example",
        first_name="Grace",
        last_name="Miller",
        company="North Bank",
        account="north-bank",
        title="Head of Finance",
        phone="+44 20 7946 0000",
        timezone="Europe/London",
        country="GB",
        subdivision="ENG",
        language="en",
        stage="lead",
        consent="2026-01-15 asked for a call at a trade fair",
        extra={name: f"({name})" for name in fields},
    )
    spanish = Prospect(
        email="lucia.marin@banco-norte.example",
        first_name="Lucía",
        last_name="Marín",
        company="Banco Norte",
        title="Directora financiera",
        timezone="Europe/Madrid",
        country="ES",
        language="es",
        extra={name: f"({name})" for name in fields},
    )
    account = {name: f"({name})" for name in account_fields}
    return (
        Sample("Grace Miller: everything is known", complete, account=account),
        Sample("office@: only an address is known", Prospect("office@unknown.example")),
        Sample("Lucía Marín: reads Spanish", spanish, account=account),
    )


def people_of(path: Path) -> People:
    """The people of a list, at most `MOST`.

    Raises:
        ConfigError: the file cannot be read as a list of people.
    """
    found: list[Sample] = []
    refused = 0
    for row in read_prospects(path):
        if not isinstance(row, Accepted):
            refused += 1
        elif len(found) < MOST:
            found.append(Sample(title_of(row.prospect), row.prospect, row.line))
    return People(tuple(found), refused)


def find_in(people: Sequence[Sample], address: str) -> Sample | None:
    """Whoever has that address: as it is written there, else however it is spelt."""
    for each in people:
        if each.prospect.email == address:
            return each
    wanted = key_of(address)
    known = (each for each in people if wanted and key_of(each.prospect.email) == wanted)
    return next(known, None)


def find_stored(
    connection: Connection, desk: Desk, version: Version, address: str
) -> Sample | None:
    """Whoever has that address in the database, with what is known of them there."""
    person = prospects.find(connection, address)
    if person is None:
        return None
    place = _place(connection, desk, version, person.id)
    sample = Sample(title_of(person.prospect), person.prospect, place=place)
    return with_accounts(connection, desk, version, [sample])[0]


def _place(connection: Connection, desk: Desk, version: Version, person: int) -> Place | None:
    """Where somebody stands in the cadence; None for whoever never was in it."""
    slug = version.cadence.slug
    for each in enrollments.of_prospect(connection, person):
        if each.slug == slug:
            return Place(
                key=each.enrollment.key,
                mailbox=each.enrollment.mailbox or "",
                overrides=overrides_from_json(each.overrides),
                stopped=desk.stopped(connection, version),
            )
    return None


def with_accounts(
    connection: Connection, desk: Desk, version: Version, some: Sequence[Sample]
) -> tuple[Sample, ...]:
    """These people, with what the database knows of their companies."""
    numbered = [(version, StoredProspect(at, each.prospect)) for at, each in enumerate(some)]
    known = desk.accounts(connection, numbered)
    return tuple(replace(each, account=known.get(at, {})) for at, each in enumerate(some))


def title_of(prospect: Prospect) -> str:
    """Name and company, as far as they are known."""
    name = f"{prospect.first_name} {prospect.last_name}".strip()
    return ", ".join(filter(None, (name, prospect.company))) or prospect.email


def matching(people: Sequence[Sample], text: str) -> Iterator[Sample]:
    """Those whose name, company or address contains the text."""
    wanted = text.strip().casefold()
    for each in people:
        if wanted in f"{each.title} {each.prospect.email}".casefold():
            yield each
