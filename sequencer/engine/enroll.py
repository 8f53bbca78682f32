"""Enrol prospects in a cadence: each row passes the gate on its own and gets its own answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sequencer.domain.address import address_key
from sequencer.domain.enrollment import Enrollment, EnrollmentState
from sequencer.domain.event import Enrolled
from sequencer.domain.gate import Standing, enrolment_refusals
from sequencer.domain.ledger import Kind
from sequencer.domain.mailbox import MailboxState
from sequencer.domain.reason import Reason, Refusal
from sequencer.domain.suppression import Suppression
from sequencer.engine.compose_mail import missing_variables
from sequencer.engine.desk import Desk
from sequencer.engine.react import entry_of, react
from sequencer.store import cadences, enrollments, ledger, mailboxes, prospects, suppressions
from sequencer.store.columns import is_storable
from sequencer.store.database import Connection, Database
from sequencer.store.enrollments import StoredEnrollment
from sequencer.store.prospects import StoredProspect

BATCH = 200  # people per transaction


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one address: enrolled, or refused with every reason the gate has."""

    address: str
    refusals: tuple[Refusal, ...] = ()

    @property
    def enrolled(self) -> bool:
        """Whether the prospect is in."""
        return not self.refusals


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Who is to be enrolled in what, by whom."""

    slug: str
    addresses: Sequence[str]
    by: str


class UnknownCadenceError(Exception):
    """No applied cadence has that name."""


def enroll(
    database: Database,
    desk: Desk,
    wanted: Enrolment,
    new_key: Callable[[], str],
    now: datetime,
    progress: Callable[[int], None] = lambda _people: None,
) -> list[Answer]:
    """One answer per address, in their order.

    Raises:
        UnknownCadenceError: the cadence has not been applied.
    """
    answers: list[Answer] = []
    for start in range(0, len(wanted.addresses), BATCH):
        batch = wanted.addresses[start : start + BATCH]
        with database.write() as connection:
            desk_here = _Enrolling(connection, desk, wanted, new_key, now)
            answers.extend(desk_here.answers(batch))
        progress(len(batch))
    return answers


class _Enrolling:
    """One batch in one transaction: what concerns all of its people is read once."""

    def __init__(
        self,
        connection: Connection,
        desk: Desk,
        wanted: Enrolment,
        new_key: Callable[[], str],
        now: datetime,
    ) -> None:
        # The lock lets one batch at a time enrol in this cadence, so that none meets another's.
        version_hash = cadences.current_hash(connection, wanted.slug, lock=True)
        if version_hash is None:
            raise UnknownCadenceError(wanted.slug)
        self.connection, self.desk, self.now = connection, desk, now
        self.by, self.new_key = wanted.by, new_key
        self.version = desk.versions.get(connection, version_hash)
        self.load = self._load_of_mailboxes()

    def _load_of_mailboxes(self) -> dict[str, int]:
        """Live enrollments of each mailbox of the cadence that is able to send at all."""
        carried = enrollments.live_by_mailbox(self.connection)
        broken = {
            each.name
            for each in mailboxes.listed(self.connection)
            if each.health.state is MailboxState.NEEDS_SIGN_IN
        }
        names = [
            name
            for name in self.version.cadence.mailboxes
            if name in self.desk.policy.mailboxes and name not in broken
        ]
        return {name: carried.get(name, 0) for name in names}

    def answers(self, batch: Sequence[str]) -> list[Answer]:
        keys = [_key(address) for address in batch]
        known = prospects.find_many(self.connection, [key for key in keys if key])
        hits = suppressions.hitting(self.connection, list(known))
        states = enrollments.latest_states(
            self.connection, self.version.cadence.slug, [each.id for each in known.values()]
        )
        answers = []
        for address, key in zip(batch, keys, strict=True):
            person = known.get(key)
            if person is None:
                unknown = Refusal(Reason.UNKNOWN_PROSPECT if key else Reason.EMAIL_INVALID)
                answers.append(Answer(address, (unknown,)))
                continue
            refusals = self._refusals(person, hits.get(key, ()), states.get(person.id))
            if not refusals:
                self._add(person)
                states[person.id] = EnrollmentState.ACTIVE
            answers.append(Answer(address, tuple(refusals)))
        return answers

    def _refusals(
        self,
        person: StoredProspect,
        hits: tuple[Suppression, ...],
        enrolled_here: EnrollmentState | None,
    ) -> list[Refusal]:
        missing = missing_variables(self.desk, self.version, person.prospect)
        refusals = enrolment_refusals(Standing(hits, enrolled_here, missing))
        if not self.load:
            refusals.append(Refusal(Reason.NO_ACTIVE_MAILBOX))
        return refusals

    def _add(self, person: StoredProspect) -> None:
        mailbox = min(self.load, key=lambda name: (self.load[name], name))
        self.load[mailbox] += 1
        new = StoredEnrollment(
            id=0,
            prospect_id=person.id,
            slug=self.version.cadence.slug,
            version_hash=self.version.hash,
            enrolled_at=self.now,
            enrollment=Enrollment(key=self.new_key(), mailbox=mailbox),
        )
        stored = enrollments.add(self.connection, new)
        case = self.desk.case(self.connection, stored)
        detail = f"in {new.slug} from {mailbox}, by {self.by}"
        ledger.write(self.connection, entry_of(case, Kind.ENROLLED, detail, self.now))
        react(self.connection, self.desk, stored, Enrolled(), detail, self.now)


def _key(address: str) -> str:
    """Key of an address; the empty string for what is none, or could not even be asked for."""
    try:
        key = address_key(address)
    except ValueError:
        return ""
    return key if is_storable(key) else ""


def everybody(connection: Connection) -> list[str]:
    """Addresses of all people ever imported."""
    return prospects.all_addresses(connection)
