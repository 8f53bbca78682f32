"""Store what an SMTP transaction came to and what follows from it, in one database transaction."""

from datetime import datetime

from sequencer.domain.event import StepEnded
from sequencer.domain.ledger import Kind
from sequencer.domain.mailbox import MailboxState
from sequencer.domain.send import SendEvent, SendState
from sequencer.engine.desk import Desk
from sequencer.engine.leases import Lease, doubt
from sequencer.engine.look import read_locked
from sequencer.engine.react import entry_of, react
from sequencer.engine.recording import MAILBOX_REST, SMTP, Recording
from sequencer.engine.setback import take_back
from sequencer.mail.transaction import Outcome, OutcomeKind
from sequencer.store import attempts, enrollments, ledger, mailboxes, sends
from sequencer.store.database import Connection
from sequencer.store.sends import StoredSend

# A person's decision about a mail in doubt: no server has to bear it out.
BY_WORD = "counted as sent by "


def record(
    connection: Connection,
    desk: Desk,
    send_id: int,
    lease: Lease,
    outcome: Outcome,
    now: datetime,
) -> None:
    """Store the outcome of a send that was claimed under that lease.

    Where it was claimed again since, under a later lease, only the attempt is noted: the send is in
    other hands.
    """
    send, case = read_locked(connection, desk, send_id)
    attempts.add(
        connection,
        attempts.Attempt(
            send_id=send_id,
            at=now,
            outcome=outcome.kind,
            phase=outcome.phase,
            code=outcome.code,
            enhanced=outcome.enhanced,
            answer=outcome.text,
        ),
    )
    if send.fence == lease.fence:
        _follow(Recording(connection, desk, send, case, outcome, now))


def _follow(recording: Recording) -> None:
    match recording.outcome.kind:
        case OutcomeKind.ACCEPTED:
            _accepted(recording)
        case OutcomeKind.UNKNOWN:
            why = f"no answer after the final dot: {recording.outcome.text}"
            doubt(recording.connection, recording.desk, [recording.send], why, recording.now)
            recording.rest(MailboxState.FAILING, MAILBOX_REST)
        case OutcomeKind.WITHHELD:
            _withheld(recording)
        case OutcomeKind.DEFERRED | OutcomeKind.REJECTED:
            take_back(recording)


def record_again(
    connection: Connection,
    desk: Desk,
    send_id: int,
    lease: Lease,
    outcome: Outcome,
    now: datetime,
) -> None:
    """The same once more after an error; a commit may have gone through without our knowing."""
    if not attempts.is_stored(connection, send_id, now, outcome.kind):
        record(connection, desk, send_id, lease, outcome, now)


def accept(
    connection: Connection, desk: Desk, send: StoredSend, answer: str, now: datetime
) -> bool:
    """Whether the send could end as sent, because a server has the mail; the enrollment goes on."""
    if not sends.move(connection, [send.id], SendEvent.ACCEPT, ended_at=now, why=answer):
        return False
    stored = enrollments.get(connection, send.enrollment_id, lock=True)
    case = desk.case(connection, stored)
    ledger.write(connection, entry_of(case, Kind.SENT, answer, now, send.step_id))
    react(connection, desk, stored, StepEnded(send.step_id), "the last step was sent", now)
    return True


def _accepted(recording: Recording) -> None:
    connection, send = recording.connection, recording.send
    answer = recording.outcome.text or "accepted"
    accept(connection, recording.desk, send, answer, recording.now)
    health = mailboxes.get(connection, send.mailbox).health
    if health.state is not MailboxState.OK and health.reason.startswith(SMTP):
        mailboxes.set_health(connection, send.mailbox, MailboxState.OK)


def _withheld(recording: Recording) -> None:
    """No dot was written, so even a send that was handed over is certainly not with the server."""
    handed = recording.send.state is SendState.HANDED
    event = SendEvent.DEFER if handed else SendEvent.RELEASE
    tries = recording.send.tries - 1
    recording.reopen(event, why="withheld at the last moment", tries=tries)
