"""Why is nothing sent to this person: every gate, with the instant at which it would open."""

from dataclasses import dataclass, replace
from datetime import datetime

from sequencer.domain.address import address_key
from sequencer.domain.enrollment import Enrollment, EnrollmentState
from sequencer.domain.gate import Answer, Occasion, ask_gate, refusals_of
from sequencer.domain.overrides import overrides_from_json
from sequencer.domain.reason import Refusal
from sequencer.domain.send import OPEN_STATES
from sequencer.domain.standing import Standing
from sequencer.domain.suppression import Suppression
from sequencer.domain.task import TaskState
from sequencer.engine.activate import current_version
from sequencer.engine.calendar_words import calendar_words
from sequencer.engine.desk import Case, Desk
from sequencer.engine.enroll import UnknownCadenceError
from sequencer.engine.follow_up_list import FollowUpView, to_come
from sequencer.engine.mail_gate import answers_for, moment_of
from sequencer.engine.mailbox_choice import pool
from sequencer.engine.stop import UnknownProspectError
from sequencer.engine.survey import Asked, room_in, survey
from sequencer.store import (
    enrollments,
    epoch,
    meetings,
    prospects,
    sends,
    suppressions,
    tasks,
)
from sequencer.store.database import Connection
from sequencer.store.meetings import Meeting
from sequencer.store.prospects import StoredProspect
from sequencer.store.sends import StoredSend
from sequencer.store.tasks import StoredTask

MOST_MEETINGS = 5


@dataclass(frozen=True, slots=True)
class EnrollmentReport:
    """One enrollment: where it stands, what comes next, and everything in its way right now.

    Attributes:
        next_task: what a person has to do before anything more is sent.
        occasion: which rules count for it now, None where none does any more.
        refusals: what these say.
        answers: what every rule would say, whether it counts now or not.
        calendar: whose clock and whose holidays count.
    """

    slug: str
    version_hash: str
    enrollment: Enrollment
    enrolled_at: datetime
    tz: str
    next_send: StoredSend | None
    refusals: tuple[Refusal, ...]
    occasion: Occasion | None = None
    answers: tuple[Answer, ...] = ()
    next_task: StoredTask | None = None
    calendar: str = ""


@dataclass(frozen=True, slots=True)
class PersonReport:
    """One person: suppressions, every enrollment, newest first, and why nothing leaves at all.

    Attributes:
        follow_ups: what is to follow from their meetings.
        meetings: the newest, newest first.
    """

    person: StoredProspect
    suppressions: tuple[Suppression, ...]
    enrollments: tuple[EnrollmentReport, ...]
    held: str = ""
    follow_ups: tuple[FollowUpView, ...] = ()
    meetings: tuple[Meeting, ...] = ()


def why(connection: Connection, desk: Desk, address: str, now: datetime) -> PersonReport:
    """The whole truth about a person at this moment.

    Raises:
        UnknownProspectError: nobody has that address.
    """
    person = known(connection, address)
    key = address_key(person.prospect.email)
    hits = suppressions.hitting(connection, [key], now).get(key, ())
    reports = [
        _report(connection, desk, stored, now)
        for stored in enrollments.of_prospect(connection, person.id)
    ]
    waiting, held = tuple(to_come(connection, person.id)), epoch.why_held(connection)
    found = tuple(meetings.of_person(connection, person.id, MOST_MEETINGS))
    return PersonReport(person, hits, tuple(reports), held, waiting, found)


def known(connection: Connection, address: str) -> StoredProspect:
    """The person with that address; UnknownProspectError where there is none."""
    person = prospects.find(connection, address)
    if person is None:
        raise UnknownProspectError(address)
    return person


def may_enter(
    connection: Connection, desk: Desk, slug: str, address: str, rep: str, now: datetime
) -> list[Answer]:
    """What every rule says to somebody who is to enter a cadence now.

    Raises:
        UnknownProspectError: nobody has that address.
        UnknownCadenceError: the cadence has not been applied.
    """
    person, version = known(connection, address), current_version(connection, desk, slug)
    if version is None:
        raise UnknownCadenceError(slug)
    found = survey(connection, desk, Asked(version, [person], now, rep=rep))[person.id]
    standing = replace(
        found,
        mailboxes=tuple(pool(connection, desk, version.cadence)),
        room=room_in(connection, version.cadence, now),
    )
    entry = {Occasion.ENROLMENT, Occasion.ACTIVATION}
    return [answer for answer in ask_gate(standing) if answer.rule.asked & entry]


def _report(
    connection: Connection, desk: Desk, stored: enrollments.StoredEnrollment, now: datetime
) -> EnrollmentReport:
    case = desk.case(connection, stored)
    every = sends.of_enrollment(connection, stored.id)
    waiting = [send for send in every if send.state in OPEN_STATES]
    send = waiting[0] if waiting else None
    to_do = [
        task for task in tasks.of_enrollment(connection, stored.id) if task.state is TaskState.OPEN
    ]
    report = EnrollmentReport(
        slug=stored.slug,
        version_hash=stored.version_hash,
        enrollment=stored.enrollment,
        enrolled_at=stored.enrolled_at,
        tz=case.timing.tz.key,
        next_send=send,
        next_task=to_do[0] if to_do else None,
        refusals=(),
        calendar=calendar_words(case),
    )
    if stored.enrollment.state is EnrollmentState.FINISHED:
        return report
    standing = _standing(connection, desk, case, now)
    mailbox = stored.enrollment.mailbox
    # Before it is bound to a mailbox, no rule about a mail has anything to say.
    moment = moment_of(connection, desk, case, mailbox, now) if mailbox else None
    answers = tuple(ask_gate(standing, moment))
    if stored.enrollment.state is EnrollmentState.PENDING:
        occasion, asked = Occasion.ACTIVATION, ask_gate(standing, None, Occasion.ACTIVATION)
    elif send is None:
        occasion = Occasion.MAIL
        asked = [answer for answer in answers if answer.rule.is_asked(occasion)]
    else:
        occasion = Occasion.MAIL if send.follow_up else Occasion.FIRST_MAIL
        asked = answers_for(connection, desk, case, send, now)
    return replace(report, occasion=occasion, refusals=tuple(refusals_of(asked)), answers=answers)


def _standing(connection: Connection, desk: Desk, case: Case, now: datetime) -> Standing:
    """Everything about the person, the enrollment in question left out of the account."""
    overrides = overrides_from_json(case.stored.overrides)
    own = [case.stored.id]
    asked = Asked(case.version, [case.person], now, own=own, overrides=overrides)
    found = survey(connection, desk, asked)[case.person.id]
    version = current_version(connection, desk, case.stored.slug) or case.version
    return replace(
        found,
        mailboxes=tuple(pool(connection, desk, case.version.cadence)),
        starts_at=case.stored.starts_at,
        throttle=version.cadence.throttle,
        room=room_in(connection, version.cadence, now),
    )
