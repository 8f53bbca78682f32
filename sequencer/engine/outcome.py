"""Store what an SMTP transaction came to and what follows from it, in one database transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sequencer.domain.enrollment import FinishReason, PauseReason
from sequencer.domain.event import Held, StepEnded, Stopped
from sequencer.domain.ledger import Kind
from sequencer.domain.mailbox import MailboxState
from sequencer.domain.send import SendEvent, SendState
from sequencer.domain.suppression import SuppressionReason
from sequencer.engine.desk import Case, Desk
from sequencer.engine.leases import Lease, doubt
from sequencer.engine.look import read_locked
from sequencer.engine.plan import due_at_or_after
from sequencer.engine.react import entry_of, react, stop_person
from sequencer.engine.reopen import reopen
from sequencer.engine.suppress import suppress_address
from sequencer.mail.bounce_class import BounceClass
from sequencer.mail.status_code import classify_status
from sequencer.mail.transaction import Blame, Outcome, OutcomeKind, Phase
from sequencer.store import attempts, enrollments, ledger, mailboxes, sends
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
MOST_BROKEN = 10  # lines lost in the middle of one mail; then the mail may be what breaks them
SIGN_IN_REST = timedelta(minutes=15)  # so that a wrong password does not lock an account
# Gmail asks for ten minutes of silence after 4.7.28; a daily quota frees slowly, a block seldom.
_CLASS_REST = {
    BounceClass.THROTTLE: timedelta(minutes=10),
    BounceClass.QUOTA_SENDER: timedelta(hours=1),
    BounceClass.BLOCK: timedelta(hours=1),
    BounceClass.AUTH_CONFIG: SIGN_IN_REST,
}
# A person's decision about a mail in doubt: no server has to bear it out.
BY_WORD = "counted as sent by "
SMTP = "smtp: "  # marks trouble that only a mail that gets through can clear


@dataclass(frozen=True, slots=True)
class _Recording:
    """An outcome being stored, with the send and the enrollment it is about."""

    connection: Connection
    desk: Desk
    send: StoredSend
    case: Case
    outcome: Outcome
    now: datetime

    @property
    def bounce_class(self) -> BounceClass:
        return classify_status(self.outcome.code, self.outcome.enhanced, self.outcome.text)

    def reopen(self, event: SendEvent, **values: object) -> bool:
        # Nothing left, so the instant at which it might have is forgotten. Not if there was a doubt
        # before: a mail that was sent again keeps its bytes, however often it is tried.
        if not ledger.was_in_doubt(self.connection, self.send.enrollment_id, self.send.step_id):
            values = {"handed_at": None, **values}
        return reopen(self.connection, self.desk, self.send, event, self.now, **values)

    def tell(self, kind: Kind, detail: str) -> None:
        entry = entry_of(self.case, kind, detail, self.now, self.send.step_id)
        ledger.write(self.connection, entry)

    def rest(self, state: MailboxState, rest: timedelta) -> None:
        reason, until = SMTP + words(self.outcome), self.now + rest
        mailboxes.set_health(self.connection, self.send.mailbox, state, reason, until)


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
        _follow(_Recording(connection, desk, send, case, outcome, now))


def _follow(recording: _Recording) -> None:
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
            _refused(recording)


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


def _accepted(recording: _Recording) -> None:
    connection, send = recording.connection, recording.send
    answer = recording.outcome.text or "accepted"
    accept(connection, recording.desk, send, answer, recording.now)
    health = mailboxes.get(connection, send.mailbox).health
    if health.state is not MailboxState.OK and health.reason.startswith(SMTP):
        mailboxes.set_health(connection, send.mailbox, MailboxState.OK)


def _withheld(recording: _Recording) -> None:
    """No dot was written, so even a send that was handed over is certainly not with the server."""
    handed = recording.send.state is SendState.HANDED
    event = SendEvent.DEFER if handed else SendEvent.RELEASE
    tries = recording.send.tries - 1
    recording.reopen(event, why="withheld at the last moment", tries=tries)


def _refused(recording: _Recording) -> None:
    send, outcome = recording.send, recording.outcome
    if outcome.blame is not Blame.RECIPIENT:
        _blame_mailbox(recording)
        return
    if outcome.phase is Phase.MAIL:  # the message itself, whoever it is for
        _reject(recording)
        return
    # Our reputation, our rate, our quota: never the fault of the address.
    ours = outcome.code is not None and recording.bounce_class in _CLASS_REST
    if ours:
        recording.rest(MailboxState.THROTTLED, _CLASS_REST[recording.bounce_class])
    if (ours or outcome.kind is OutcomeKind.DEFERRED) and send.tries <= len(BACK_OFF):
        _defer(recording)
    else:
        _reject(recording)


def _defer(recording: _Recording) -> None:
    send, case = recording.send, recording.case
    wait = BACK_OFF[max(send.tries, 1) - 1]
    due = due_at_or_after(case, send.step_id, recording.now + wait)
    why = words(recording.outcome)
    if recording.reopen(SendEvent.DEFER, due_at=due.at, why=why):
        recording.tell(Kind.DEFERRED, why)


def _reject(recording: _Recording) -> None:
    """End the send for good, and the enrollment with it."""
    connection, desk, now = recording.connection, recording.desk, recording.now
    send, case, why = recording.send, recording.case, words(recording.outcome)
    if not sends.move(
        connection,
        [send.id],
        SendEvent.REJECT,
        if_fence=send.fence,
        handed_at=None,
        ended_at=now,
        why=why,
    ):
        return
    recording.tell(Kind.REJECTED, why)
    found = recording.bounce_class
    # A server that has not heard the address yet says nothing about it.
    if recording.outcome.phase is Phase.MAIL:
        react(connection, desk, case.stored, Stopped(FinishReason.FAILED), why, now)
    elif recording.outcome.kind is OutcomeKind.REJECTED and found.is_permanent:
        email = case.person.prospect.email
        suppress_address(connection, desk, email, SuppressionReason.BOUNCED, why, now)
    elif recording.outcome.kind is OutcomeKind.REJECTED and found is BounceClass.POLICY_RECIPIENT:
        stop_person(connection, desk, case.person.id, Stopped(FinishReason.BOUNCED), why, now)
    else:
        react(connection, desk, case.stored, Stopped(FinishReason.FAILED), why, now)


def _blame_mailbox(recording: _Recording) -> None:
    """Let the mailbox rest; the send costs no try, but where it is the cause others go first."""
    send, outcome, state = recording.send, recording.outcome, MailboxState.NEEDS_SIGN_IN
    rest = SIGN_IN_REST
    if outcome.blame is not Blame.SIGN_IN:
        state = MailboxState.FAILING if outcome.code is None else MailboxState.THROTTLED
        rest = _CLASS_REST.get(recording.bounce_class, MAILBOX_REST)
    recording.rest(state, rest)
    if outcome.phase is Phase.CONNECT:
        recording.reopen(SendEvent.DEFER, why=words(outcome), tries=send.tries - 1)
    else:
        _step_back(recording, rest)


def _step_back(recording: _Recording, rest: timedelta) -> None:
    """Let other mails of the mailbox go first; where the line breaks each time, a person looks."""
    send, why = recording.send, words(recording.outcome)
    broken = attempts.broken_off(recording.connection, send.id)
    wait = MAILBOX_REST * 2**broken if recording.outcome.code is None else rest + MAILBOX_REST
    due_at = recording.now + min(wait, BACK_OFF[-1])
    if not recording.reopen(SendEvent.DEFER, due_at=due_at, why=why, tries=send.tries - 1):
        return
    if recording.outcome.code is None and broken >= MOST_BROKEN:
        stored = enrollments.get(recording.connection, send.enrollment_id, lock=True)
        held = Held(PauseReason.REVIEW, due_at=recording.now)
        why = f"step {send.step_id}: the line broke {broken} times {why}"
        react(recording.connection, recording.desk, stored, held, why, recording.now)


def words(outcome: Outcome) -> str:
    """The server's answer in one line, with the phase it came in."""
    code = f"{outcome.code} " if outcome.code else ""
    enhanced = f"{outcome.enhanced} " if outcome.enhanced else ""
    return f"at {outcome.phase}: {code}{enhanced}{outcome.text}"
