"""The look before a mail: one transaction that claims the send only if everything allows it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sequencer.domain.enrollment import PauseReason
from sequencer.domain.event import Held
from sequencer.domain.gate import refusals_of
from sequencer.domain.reason import Refusal
from sequencer.domain.send import OPEN_STATES, SendEvent
from sequencer.engine.compose_mail import Composed, compose_step
from sequencer.engine.desk import Case, Desk
from sequencer.engine.guard_look import skip_if_not_for
from sequencer.engine.leases import Lease, is_held
from sequencer.engine.mail_gate import answers_for
from sequencer.engine.react import react
from sequencer.engine.refused import follow
from sequencer.files.template import MissingVariableError, TemplateError
from sequencer.mail.compose_error import ComposeError
from sequencer.store import enrollments, sends
from sequencer.store.database import Connection
from sequencer.store.sends import StoredSend


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
    if send.state not in OPEN_STATES or send.mailbox != lease.mailbox:
        return Look(Next.NEXT)
    if send.handed_at is None and send.mailbox != (bound := case.stored.enrollment.mailbox):
        # It was on its way when the enrollment moved, and came back.
        sends.rebind(connection, send.enrollment_id, bound or "")
        return Look(Next.NEXT)
    answers = answers_for(connection, desk, case, send, now)
    refusals = tuple(refusals_of(answers))
    if refusals:
        stops = follow(connection, desk, case, send, answers, now)
        return Look(Next.STOP if stops else Next.NEXT, refusals=refusals)
    if send.handed_at is None and skip_if_not_for(connection, desk, case, send, now):
        return Look(Next.NEXT)
    return _claim(connection, desk, case, send, lease, now)


def read_locked(connection: Connection, desk: Desk, send_id: int) -> tuple[StoredSend, Case]:
    """A send and its enrollment as they are once the enrollment is kept from everybody else."""
    number = sends.get(connection, send_id).enrollment_id
    stored = enrollments.get(connection, number, lock=True)
    return sends.get(connection, send_id), desk.case(connection, stored)


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
