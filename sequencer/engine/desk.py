"""What every use case has at hand inside a transaction: the settings and the applied cadences."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from sequencer.domain.cadence import Version
from sequencer.domain.timing import Timing
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
    policy: Policy

    @cached_property
    def timing(self) -> Timing:
        """The calendar of the step that the enrollment is at."""
        return self.timing_of(self.stored.enrollment.step)

    def timing_of(self, step_id: str | None) -> Timing:
        """The calendar of a step."""
        mailbox = self.stored.enrollment.mailbox or ""
        return self.policy.timing_in(self.version, self.person.prospect, mailbox, step_id)


@dataclass(frozen=True)
class Desk:
    """Settings and cadences; holds no connection, and remembers only what never changes."""

    policy: Policy
    versions: Versions = field(default_factory=Versions)

    def case(self, connection: Connection, stored: StoredEnrollment) -> Case:
        """The enrollment with its prospect and its pinned version."""
        person = prospects.get(connection, stored.prospect_id)
        version = self.versions.get(connection, stored.version_hash)
        return Case(stored, person, version, self.policy)

    def cases(self, connection: Connection, stored: Iterable[StoredEnrollment]) -> dict[int, Case]:
        """The same for many enrollments, by their numbers."""
        every = list(stored)
        people = prospects.get_many(connection, {each.prospect_id for each in every})
        return {
            each.id: Case(
                each,
                people[each.prospect_id],
                self.versions.get(connection, each.version_hash),
                self.policy,
            )
            for each in every
        }
