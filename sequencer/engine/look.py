"""The look before a mail: one transaction that claims the send only if everything allows it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sequencer.domain.address import address_key
from sequencer.domain.due import due_from
from sequencer.domain.enrollment import EnrollmentState, FinishReason, PauseReason
from sequencer.domain.event import Held, Stopped
from sequencer.domain.gate import (
    Moment,
    Standing,
    passes_at,
    send_refusals,
)
from sequencer.domain.ledger import Kind
from sequencer.domain.pacing import DAY
from sequencer.domain.reason import Reason, Refusal
from sequencer.domain.send import OPEN_STATES, SendEvent
from sequencer.domain.suppression import SUPPRESSION_REASONS
from sequencer.engine.compose_mail import Composed, compose_step
from sequencer.engine.desk import Case, Desk
from sequencer.engine.leases import Lease, is_held
from sequencer.engine.react import entry_of, react
from sequencer.files.template import MissingVariableError, TemplateError
from sequencer.mail.compose_error import ComposeError
from sequencer.store import enrollments, ledger, mailboxes, sends, suppressions
from sequencer.store.database import Connection
from sequencer.store.sends import StoredSend

# Refusals that concern the mailbox as a whole: no other mail of it would pass either.
_MAILBOX_WIDE = frozenset(
    {Reason.CAP_MAILBOX, Reason.GAP, Reason.MAILBOX_UNHEALTHY, Reason.SYNC_STALE}
)


class Next(StrEnum):
    """What the dispatcher does after a look."""

    SEND = "send"
    NEXT = "next"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Look:
    """Outcome of a look: a claimed mail to send, or what to do instead."""

    next: Next
    mail: Composed | None = None
    refusals: tuple[Refusal, ...] = ()


def look(connection: Connection, desk: Desk, send_id: int, lease: Lease, now: datetime) -> Look:
    """Claim a due send, or say why not; whatever stands in its way is stored with its reason."""
    send, case = read_locked(connection, desk, send_id)
    if not is_held(connection, lease):
        return Look(Next.STOP)
    if send.state not in OPEN_STATES:
        return Look(Next.NEXT)
    refusals = refusals_for(connection, desk, case, send.mailbox, now)
    if refusals:
        return _refused(connection, desk, case, send, refusals, now)
    return _claim(connection, desk, case, send, lease, now)


def read_locked(connection: Connection, desk: Desk, send_id: int) -> tuple[StoredSend, Case]:
    """A send and its enrollment as they are once the enrollment is kept from everybody else."""
    number = sends.get(connection, send_id).enrollment_id
    stored = enrollments.get(connection, number, lock=True)
    return sends.get(connection, send_id), desk.case(connection, stored)


def refusals_for(
    connection: Connection, desk: Desk, case: Case, mailbox: str, now: datetime
) -> list[Refusal]:
    """Everything the gate has against a mail of this enrollment at this moment."""
    policy = desk.policy.mailboxes.get(mailbox)
    if policy is None:
        return [Refusal(Reason.NO_ACTIVE_MAILBOX, f"{mailbox} is not in the settings")]
    key = address_key(case.person.prospect.email)
    hits = suppressions.hitting(connection, [key]).get(key, ())
    moment = Moment(
        now=now,
        enrollment=case.stored.enrollment,
        timing=case.timing,
        health=mailboxes.get(connection, mailbox).health,
        pace=policy.pace,
        sent_at=sends.handed_since(connection, mailbox, now - DAY),
        freshness=desk.policy.freshness,
    )
    return send_refusals(Standing(hits), moment)


def _refused(
    connection: Connection,
    desk: Desk,
    case: Case,
    send: StoredSend,
    refusals: list[Refusal],
    now: datetime,
) -> Look:
    found = tuple(refusals)
    if refusals[0].reason in SUPPRESSION_REASONS:
        event = Stopped(FinishReason.SUPPRESSED)
        react(connection, desk, case.stored, event, refusals[0].sentence, now)
        return Look(Next.NEXT, refusals=found)
    if case.stored.enrollment.state is not EnrollmentState.ACTIVE:
        return Look(Next.NEXT, refusals=found)
    if any(refusal.reason in _MAILBOX_WIDE for refusal in refusals):
        return Look(Next.STOP, refusals=found)
    passes = passes_at(refusals)
    if passes is None:
        event_held = Held(PauseReason.REVIEW, due_at=send.due_at)
        react(connection, desk, case.stored, event_held, refusals[0].sentence, now)
        return Look(Next.NEXT, refusals=found)
    due = due_from(passes, case.timing, f"{case.stored.enrollment.key}:{send.step_id}")
    _postpone(connection, case, send, due.at, refusals[0].sentence, now)
    return Look(Next.NEXT, refusals=found)


def _postpone(
    connection: Connection, case: Case, send: StoredSend, due_at: datetime, why: str, now: datetime
) -> None:
    sends.postpone(connection, send.id, due_at, why)
    local = due_at.astimezone(case.timing.tz)
    detail = f"to {local:%a %d %b %H:%M} {case.timing.tz.key} time: {why}"
    ledger.write(connection, entry_of(case, Kind.POSTPONED, detail, now, send.step_id))


def _claim(
    connection: Connection, desk: Desk, case: Case, send: StoredSend, lease: Lease, now: datetime
) -> Look:
    try:
        mail = _mail(connection, desk, case, send, now)
    except (MissingVariableError, TemplateError, ComposeError) as error:
        event = Held(PauseReason.REVIEW, due_at=send.due_at)
        react(connection, desk, case.stored, event, f"step {send.step_id}: {error}", now)
        return Look(Next.NEXT)
    claimed = sends.move(
        connection,
        [send.id],
        SendEvent.CLAIM,
        fence=lease.fence,
        tries=send.tries + 1,
        message_id=mail.message_id,
        subject=mail.subject,
        recipient=mail.recipient,
        data=mail.data,
        looked_at=now,
        tz=case.timing.tz.key,
    )
    return Look(Next.SEND, mail) if claimed else Look(Next.NEXT)


def _mail(
    connection: Connection, desk: Desk, case: Case, send: StoredSend, now: datetime
) -> Composed:
    """A fresh mail; one that may have left already keeps its bytes, so that it can be known."""
    if send.handed_at is None or send.data is None:
        earlier = sends.of_enrollment(connection, send.enrollment_id)
        return compose_step(desk, case, send.step_id, earlier, now)
    sender = desk.policy.mailboxes[send.mailbox].address
    return Composed(
        send.message_id or "", send.subject or "", sender, send.recipient or "", send.data
    )
