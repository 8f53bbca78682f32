"""What the gate says about a mail at this moment: the same for the look, the last dot and `why`."""

from datetime import datetime

from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.gate import Answer, Occasion, ask_gate, refusals_of
from sequencer.domain.mailbox import MailboxHealth
from sequencer.domain.pacing import Limits, Traffic
from sequencer.domain.reason import Refusal
from sequencer.domain.standing import Elsewhere, Moment, Standing
from sequencer.engine.desk import Case, Desk
from sequencer.engine.survey import key_of
from sequencer.engine.traffic import limits_for, traffic_for
from sequencer.store import mailboxes, standing, suppressions
from sequencer.store.database import Connection
from sequencer.store.sends import StoredSend


def refusals_for(
    connection: Connection, desk: Desk, case: Case, send: StoredSend, now: datetime
) -> list[Refusal]:
    """Everything the gate has against this mail at this moment."""
    return refusals_of(answers_for(connection, desk, case, send, now))


def answers_for(
    connection: Connection, desk: Desk, case: Case, send: StoredSend, now: datetime
) -> list[Answer]:
    """What each rule that is asked before this mail says."""
    first = not send.follow_up
    person = _standing(connection, desk, case, now, first=first)
    moment = moment_of(connection, desk, case, send.mailbox, now)
    return ask_gate(person, moment, Occasion.FIRST_MAIL if first else Occasion.MAIL)


def moment_of(
    connection: Connection, desk: Desk, case: Case, mailbox: str, now: datetime
) -> Moment:
    """What is known of the moment of a mail from that mailbox, which may be gone."""
    policy = desk.policy.mailboxes.get(mailbox)
    known = policy is not None
    limits = limits_for(connection, desk, case, policy.pace) if policy else Limits()
    return Moment(
        now=now,
        enrollment=case.stored.enrollment,
        timing=case.timing,
        mailbox=mailbox,
        health=mailboxes.get(connection, mailbox).health if known else MailboxHealth(),
        limits=limits,
        traffic=traffic_for(connection, case, mailbox, limits, now) if known else Traffic(),
        freshness=desk.policy.freshness,
        known=known,
    )


def _standing(
    connection: Connection, desk: Desk, case: Case, now: datetime, *, first: bool
) -> Standing:
    """What the rules before a mail want to know; values that are missing show in composing it."""
    prospect, cadence = case.person.prospect, case.version.cadence
    key = key_of(prospect.email)
    touched_at = None
    if first and cadence.audience.min_days_since_touch:
        own = [case.stored.id]
        touched_at = standing.last_touches(connection, [case.person.id], own).get(case.person.id)
    return Standing(
        now=now,
        prospect=prospect,
        workdays=case.timing.workdays,
        audience=cadence.audience,
        suppressions=suppressions.hitting(connection, [key]).get(key, ()) if key else (),
        elsewhere=_elsewhere(connection, desk, case) if first else (),
        touched_at=touched_at,
        consent_countries=desk.policy.consent_countries,
    )


def _elsewhere(connection: Connection, desk: Desk, case: Case) -> tuple[Elsewhere, ...]:
    """Other cadences that the person was in before this one: of two, the later one gives way."""
    return tuple(
        Elsewhere(
            run.slug,
            desk.versions.get(connection, run.version_hash).cadence.audience.exclusive,
        )
        for run in standing.runs_of(connection, [case.person.id])
        if run.enrollment_id < case.stored.id
        and run.slug != case.stored.slug
        and run.state is not EnrollmentState.FINISHED
    )
