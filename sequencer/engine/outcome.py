"""Store what an SMTP transaction came to and what follows from it, in one database transaction."""

from datetime import datetime, timedelta

from sequencer.domain.address import address_key
from sequencer.domain.due import due_from
from sequencer.domain.enrollment import EnrollmentState, FinishReason
from sequencer.domain.event import StepEnded, Stopped
from sequencer.domain.ledger import Kind
from sequencer.domain.mailbox import MailboxState
from sequencer.domain.send import SendEvent
from sequencer.domain.suppression import Suppression, SuppressionKind, SuppressionReason
from sequencer.engine.desk import Case, Desk
from sequencer.engine.leases import doubt
from sequencer.engine.react import entry_of, react, stop_person
from sequencer.mail.status_code import BounceClass, classify_status
from sequencer.mail.transaction import Blame, Outcome, OutcomeKind
from sequencer.store import attempts, enrollments, ledger, mailboxes, sends, suppressions
from sequencer.store.database import Connection
from sequencer.store.sends import StoredSend

# Waits before the tries that follow a temporary refusal; after the last one the send has failed.
BACK_OFF = (
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(hours=24),
)
MAILBOX_REST = timedelta(minutes=2)  # after a server that did not answer or lost the line
SIGN_IN_REST = timedelta(minutes=15)  # so that a wrong password does not lock an account
# Gmail asks for ten minutes of silence after 4.7.28; a daily quota frees slowly, a block seldom.
_CLASS_REST = {
    BounceClass.THROTTLE: timedelta(minutes=10),
    BounceClass.QUOTA_SENDER: timedelta(hours=1),
    BounceClass.BLOCK: timedelta(hours=1),
    BounceClass.AUTH_CONFIG: SIGN_IN_REST,
}
_DEAD = frozenset({BounceClass.HARD, BounceClass.HARD_DOMAIN})
SMTP = "smtp: "  # marks trouble that only a mail that gets through can clear


def record(
    connection: Connection, desk: Desk, send_id: int, outcome: Outcome, now: datetime
) -> None:
    """Store the outcome of a claimed or handed send."""
    send = sends.get(connection, send_id)
    stored = enrollments.get(connection, send.enrollment_id, lock=True)
    case = desk.case(connection, stored)
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
    match outcome.kind:
        case OutcomeKind.ACCEPTED:
            accept(connection, desk, send, outcome.text or "accepted", now)
            _clear_smtp_trouble(connection, send.mailbox)
        case OutcomeKind.UNKNOWN:
            doubt(connection, desk, [send], f"no answer after the final dot: {outcome.text}", now)
            _rest(connection, send.mailbox, outcome, MAILBOX_REST, now)
        case OutcomeKind.WITHHELD:
            _withdraw(connection, case, send)
        case OutcomeKind.DEFERRED | OutcomeKind.REJECTED:
            _refused(connection, desk, case, send, outcome, now)


def accept(
    connection: Connection, desk: Desk, send: StoredSend, answer: str, now: datetime
) -> None:
    """A server has the mail: end the send and let the enrollment go on."""
    if not sends.move(connection, [send.id], SendEvent.ACCEPT, ended_at=now, why=answer[:500]):
        return
    stored = enrollments.get(connection, send.enrollment_id, lock=True)
    case = desk.case(connection, stored)
    ledger.write(connection, entry_of(case, Kind.SENT, answer, now, send.step_id))
    react(connection, desk, stored, StepEnded(send.step_id), "the last step was sent", now)


def _withdraw(connection: Connection, case: Case, send: StoredSend) -> None:
    """Nothing left: cancelled where the enrollment has ended meanwhile, else queued as before."""
    ended = case.stored.enrollment.state is EnrollmentState.FINISHED
    event = SendEvent.CANCEL if ended else SendEvent.RELEASE
    sends.move(connection, [send.id], event, data=None, why="withheld at the last moment")


def _refused(
    connection: Connection,
    desk: Desk,
    case: Case,
    send: StoredSend,
    outcome: Outcome,
    now: datetime,
) -> None:
    verdict = classify_status(outcome.code, outcome.enhanced, outcome.text)
    if outcome.blame is not Blame.RECIPIENT:
        sends.move(connection, [send.id], SendEvent.DEFER, data=None, tries=send.tries - 1)
        _blame_mailbox(connection, send.mailbox, outcome, verdict, now)
        return
    if verdict in _CLASS_REST and outcome.code is not None:
        # Our reputation, our rate, our quota: never the fault of the address.
        _defer(connection, desk, case, send, outcome, now)
        _rest(connection, send.mailbox, outcome, _CLASS_REST[verdict], now)
        return
    if outcome.kind is OutcomeKind.DEFERRED and send.tries <= len(BACK_OFF):
        _defer(connection, desk, case, send, outcome, now)
        return
    _reject(connection, desk, case, send, outcome, now)


def _defer(
    connection: Connection,
    desk: Desk,
    case: Case,
    send: StoredSend,
    outcome: Outcome,
    now: datetime,
) -> None:
    del desk
    wait = BACK_OFF[min(send.tries, len(BACK_OFF)) - 1]
    due = due_from(now + wait, case.timing, f"{case.stored.enrollment.key}:{send.step_id}")
    why = words(outcome)
    sends.move(connection, [send.id], SendEvent.DEFER, data=None, due_at=due.at, why=why)
    ledger.write(connection, entry_of(case, Kind.DEFERRED, why, now, send.step_id))


def _reject(
    connection: Connection,
    desk: Desk,
    case: Case,
    send: StoredSend,
    outcome: Outcome,
    now: datetime,
) -> None:
    why = words(outcome)
    sends.move(connection, [send.id], SendEvent.REJECT, ended_at=now, why=why)
    ledger.write(connection, entry_of(case, Kind.REJECTED, why, now, send.step_id))
    verdict = classify_status(outcome.code, outcome.enhanced, outcome.text)
    if outcome.kind is OutcomeKind.REJECTED and verdict in _DEAD:
        key = address_key(case.person.prospect.email)
        entry = Suppression(SuppressionKind.ADDRESS, key, SuppressionReason.BOUNCED)
        if suppressions.add(connection, entry, why, now):
            ledger.write(connection, entry_of(case, Kind.SUPPRESSED, f"{key}: {why}", now))
        event = Stopped(FinishReason.BOUNCED)
        stop_person(connection, desk, case.person.id, event, why, now)
    else:
        react(connection, desk, case.stored, Stopped(FinishReason.FAILED), why, now)


def _blame_mailbox(
    connection: Connection, mailbox: str, outcome: Outcome, verdict: BounceClass, now: datetime
) -> None:
    if outcome.blame is Blame.SIGN_IN:
        reason = SMTP + words(outcome)
        until = now + SIGN_IN_REST
        mailboxes.set_health(connection, mailbox, MailboxState.NEEDS_SIGN_IN, reason, until)
    else:
        _rest(connection, mailbox, outcome, _CLASS_REST.get(verdict, MAILBOX_REST), now)


def _rest(
    connection: Connection, mailbox: str, outcome: Outcome, rest: timedelta, now: datetime
) -> None:
    state = MailboxState.FAILING if outcome.code is None else MailboxState.THROTTLED
    mailboxes.set_health(connection, mailbox, state, SMTP + words(outcome), now + rest)


def _clear_smtp_trouble(connection: Connection, mailbox: str) -> None:
    health = mailboxes.get(connection, mailbox).health
    if health.state is not MailboxState.OK and health.reason.startswith(SMTP):
        mailboxes.set_health(connection, mailbox, MailboxState.OK)


def words(outcome: Outcome) -> str:
    """The server's answer in one line, with the phase it came in."""
    code = f"{outcome.code} " if outcome.code else ""
    enhanced = f"{outcome.enhanced} " if outcome.enhanced else ""
    return f"at {outcome.phase}: {code}{enhanced}{outcome.text}"
