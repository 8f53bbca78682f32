"""What every use case has at hand inside a transaction: the settings and the applied cadences."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from types import MappingProxyType

from sequencer.domain.account import account_keys
from sequencer.domain.cadence import Version
from sequencer.domain.guard import Facts
from sequencer.domain.timing import Timing
from sequencer.engine.policy import Policy
from sequencer.engine.versions import Versions
from sequencer.engine.wording import NOTHING, Stopped
from sequencer.store import accounts, prospects, variant_stops
from sequencer.store.database import Connection
from sequencer.store.enrollments import StoredEnrollment
from sequencer.store.prospects import StoredProspect

NO_VALUES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Case:
    """One enrollment with everything that belongs to it.

    Attributes:
        stopped: wordings that nobody gets any more, by the step.
        account: what is known of the company, where a template asks for it.
        facts: what guards of files that go with a mail may ask for, where they do.
    """

    stored: StoredEnrollment
    person: StoredProspect
    version: Version
    policy: Policy
    stopped: Stopped = field(default_factory=dict)
    account: Mapping[str, str] = field(default_factory=dict)
    facts: Facts | None = None

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
        stopped = self.stopped(connection, version)
        account = self.accounts(connection, [(version, person)]).get(person.id, NO_VALUES)
        return Case(stored, person, version, self.policy, stopped, account)

    def cases(self, connection: Connection, stored: Iterable[StoredEnrollment]) -> dict[int, Case]:
        """The same for many enrollments, by their numbers."""
        every = list(stored)
        people = prospects.get_many(connection, {each.prospect_id for each in every})
        versions = [self.versions.get(connection, each.version_hash) for each in every]
        stopped = self._stopped(connection, versions)
        asking = [
            (version, people[each.prospect_id])
            for each, version in zip(every, versions, strict=True)
        ]
        accounts = self.accounts(connection, asking)
        return {
            each.id: Case(
                each,
                people[each.prospect_id],
                version,
                self.policy,
                stopped.get(each.slug, NOTHING) if stopped else NOTHING,
                accounts.get(each.prospect_id, NO_VALUES) if accounts else NO_VALUES,
            )
            for each, version in zip(every, versions, strict=True)
        }

    def accounts(
        self, connection: Connection, people: Iterable[tuple[Version, StoredProspect]]
    ) -> Mapping[int, Mapping[str, str]]:
        """What is known of people's companies, where their cadence has a template that asks."""
        keys = {
            person.id: account_keys(person.prospect)
            for version, person in people
            if self.versions.names_accounts(version)
        }
        if not keys:
            return {}
        known = accounts.of(connection, set(chain.from_iterable(keys.values())))
        return {
            number: dict(chain.from_iterable(known.get(key, {}).items() for key in reversed(own)))
            for number, own in keys.items()
        }

    def stopped(self, connection: Connection, version: Version) -> Stopped:
        """Wordings of a cadence that nobody gets any more, by the step."""
        return self._stopped(connection, [version]).get(version.cadence.slug, NOTHING)

    def _stopped(
        self, connection: Connection, versions: Iterable[Version]
    ) -> Mapping[str, Stopped]:
        """Wordings that nobody gets any more, by cadence; asked only where there are several."""
        slugs = {each.cadence.slug for each in versions if self.versions.has_variants(each)}
        return variant_stops.of(connection, slugs) if slugs else {}
