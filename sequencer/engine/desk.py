"""What every use case has at hand inside a transaction: the settings and the applied cadences."""

from dataclasses import dataclass, field

from sequencer.domain.cadence import Version
from sequencer.domain.due import Timing
from sequencer.engine.policy import Policy
from sequencer.engine.versions import Versions
from sequencer.store import prospects
from sequencer.store.database import Connection
from sequencer.store.enrollments import StoredEnrollment
from sequencer.store.prospects import StoredProspect


@dataclass(frozen=True)
class Case:
    """One enrollment with everything that belongs to it."""

    stored: StoredEnrollment
    person: StoredProspect
    version: Version
    timing: Timing


@dataclass(frozen=True)
class Desk:
    """Settings and cadences; holds no connection and no state of its own."""

    policy: Policy
    versions: Versions = field(default_factory=Versions)

    def case(self, connection: Connection, stored: StoredEnrollment) -> Case:
        """The enrollment with its prospect, its pinned version and its calendar."""
        person = prospects.get(connection, stored.prospect_id)
        version = self.versions.get(connection, stored.version_hash)
        mailbox = stored.enrollment.mailbox or ""
        timing = self.policy.timing(version.cadence, person.prospect, mailbox)
        return Case(stored, person, version, timing)
