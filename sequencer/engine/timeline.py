"""What happened to a person, in order, and on whose clock it is told."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sequencer.domain.ledger import Entry
from sequencer.engine.desk import Desk
from sequencer.engine.why import known
from sequencer.store import enrollments, ledger
from sequencer.store.database import Connection
from sequencer.store.prospects import StoredProspect


@dataclass(frozen=True, slots=True)
class Timeline:
    """A person, everything that happened, and the zone that the person's newest cadence uses."""

    person: StoredProspect
    entries: tuple[Entry, ...]
    tz: ZoneInfo


def timeline(connection: Connection, desk: Desk, address: str) -> Timeline:
    """Everything that happened to a person, oldest first.

    Raises:
        UnknownProspectError: nobody has that address.
    """
    person = known(connection, address)
    enrolled = enrollments.of_prospect(connection, person.id)
    tz = desk.case(connection, enrolled[0]).timing.tz if enrolled else desk.policy.tz
    return Timeline(person, tuple(ledger.of_prospect(connection, person.id)), tz)
