"""Bring a demonstration's people in: apply, import and enrol, by the same use cases as always."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sequencer.domain.prospect import Prospect
from sequencer.engine.apply import apply_cadences
from sequencer.engine.desk import Desk
from sequencer.engine.enroll import Enrolment, enroll
from sequencer.engine.import_prospects import import_prospects
from sequencer.files.cadence import LoadedCadence
from sequencer.files.prospects import Accepted, Row
from sequencer.store.database import Database


@dataclass(frozen=True, slots=True)
class Guests:
    """Who takes part in what: the rows of a file, and the cadence they are enrolled in."""

    cadences: Sequence[LoadedCadence]
    slug: str
    rows: Sequence[Row]


def bring_in(
    database: Database, desk: Desk, guests: Guests, seed: int, now: datetime
) -> list[Prospect]:
    """Everybody who was enrolled."""
    apply_cadences(database, guests.cadences, now)
    imported = import_prospects(database, desk, guests.rows, "the examples", now)
    wanted = Enrolment(guests.slug, imported.addresses, "the demonstration")
    answers = enroll(database, desk, wanted, seeded_keys(seed), now)
    enrolled = {each.address for each in answers if each.enrolled}
    people = [row.prospect for row in guests.rows if isinstance(row, Accepted)]
    return [person for person in people if person.email in enrolled]


def seeded_keys(seed: int) -> Callable[[], str]:
    """Keys that are the same for the same seed, so that a run can be repeated.

    Everybody who knows the seed knows them: nothing outside a sandbox may use this.
    """
    made = 0

    def new_key() -> str:
        nonlocal made
        made += 1
        return hashlib.sha256(f"{seed} {made}".encode()).hexdigest()[:32]

    return new_key
