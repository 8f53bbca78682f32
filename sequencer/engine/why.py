"""Why is nothing sent to this person: every gate, with the instant at which it would open."""

from dataclasses import dataclass
from datetime import datetime

from sequencer.domain.address import address_key
from sequencer.domain.enrollment import Enrollment
from sequencer.domain.ledger import Entry
from sequencer.domain.reason import Refusal
from sequencer.domain.send import OPEN_STATES
from sequencer.domain.suppression import Suppression
from sequencer.engine.desk import Desk
from sequencer.engine.look import refusals_for
from sequencer.engine.stop import UnknownProspectError
from sequencer.store import enrollments, ledger, prospects, sends, suppressions
from sequencer.store.database import Connection
from sequencer.store.prospects import StoredProspect
from sequencer.store.sends import StoredSend


@dataclass(frozen=True, slots=True)
class EnrollmentReport:
    """One enrollment: where it stands, what comes next, and everything in its way right now."""

    slug: str
    version_hash: str
    enrollment: Enrollment
    enrolled_at: datetime
    tz: str
    next_send: StoredSend | None
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class PersonReport:
    """One person: suppressions, and every enrollment, newest first."""

    person: StoredProspect
    suppressions: tuple[Suppression, ...]
    enrollments: tuple[EnrollmentReport, ...]


def why(connection: Connection, desk: Desk, address: str, now: datetime) -> PersonReport:
    """The whole truth about a person at this moment.

    Raises:
        UnknownProspectError: nobody has that address.
    """
    person = known(connection, address)
    key = address_key(person.prospect.email)
    hits = suppressions.hitting(connection, [key]).get(key, ())
    reports = [
        _report(connection, desk, stored, now)
        for stored in enrollments.of_prospect(connection, person.id)
    ]
    return PersonReport(person, hits, tuple(reports))


def timeline(connection: Connection, address: str) -> tuple[StoredProspect, list[Entry]]:
    """Everything that happened to a person, oldest first.

    Raises:
        UnknownProspectError: nobody has that address.
    """
    person = known(connection, address)
    return person, ledger.of_prospect(connection, person.id)


def known(connection: Connection, address: str) -> StoredProspect:
    """The person with that address; UnknownProspectError where there is none."""
    person = prospects.find(connection, address)
    if person is None:
        raise UnknownProspectError(address)
    return person


def _report(
    connection: Connection, desk: Desk, stored: enrollments.StoredEnrollment, now: datetime
) -> EnrollmentReport:
    case = desk.case(connection, stored)
    waiting = [
        send for send in sends.of_enrollment(connection, stored.id) if send.state in OPEN_STATES
    ]
    refusals: tuple[Refusal, ...] = ()
    if stored.enrollment.finish_reason is None:
        mailbox = stored.enrollment.mailbox or ""
        refusals = tuple(refusals_for(connection, desk, case, mailbox, now))
    return EnrollmentReport(
        slug=stored.slug,
        version_hash=stored.version_hash,
        enrollment=stored.enrollment,
        enrolled_at=stored.enrolled_at,
        tz=case.timing.tz.key,
        next_send=waiting[0] if waiting else None,
        refusals=refusals,
    )
