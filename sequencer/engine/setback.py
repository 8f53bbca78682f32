"""What follows from a refusal: another try, the end of the send, or rest for its mailbox."""

from datetime import timedelta

from sequencer.domain.enrollment import FinishReason, PauseReason
from sequencer.domain.event import Held, Stopped
from sequencer.domain.ledger import Kind
from sequencer.domain.mailbox import MailboxState
from sequencer.domain.rolling import DAY
from sequencer.domain.send import SendEvent
from sequencer.domain.suppression import SuppressionReason
from sequencer.engine.plan import due_as_before
from sequencer.engine.react import react, stop_person
from sequencer.engine.recording import MAILBOX_REST, Recording, words
from sequencer.engine.soft_refusal import Refused, flag_domain, leave_alone, note_refusal
from sequencer.engine.suppress import suppress_address
from sequencer.mail.bounce_class import BounceClass
from sequencer.mail.status_code import wants_less
from sequencer.mail.transaction import Blame, OutcomeKind, Phase
from sequencer.store import attempts, enrollments, sends
from sequencer.store.rolling_day import oldest_since

# Waits before the tries that follow a temporary refusal; after the last one the send has failed.
BACK_OFF = (
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(hours=24),
)
MOST_BROKEN = 10  # lines lost in the middle of one mail; then the mail may be what breaks them
SIGN_IN_REST = timedelta(minutes=15)  # so that a wrong password does not lock an account
# Gmail asks for ten minutes of silence after 4.7.28; a block seldom ends soon.
CLASS_REST = {
    BounceClass.THROTTLE: timedelta(minutes=10),
    BounceClass.BLOCK: timedelta(hours=1),
    BounceClass.AUTH_CONFIG: SIGN_IN_REST,
}
_OURS = {*CLASS_REST, BounceClass.QUOTA_SENDER}
CONNECTIONS_REST = timedelta(minutes=3)  # Microsoft: others of the mailbox are connected
_CONNECTIONS = 432
_TOO_LARGE = 552
# A quota that we did not use up ourselves frees at an instant that nobody tells us.
QUOTA_REST = timedelta(hours=1)
LEAST_QUOTA_REST = timedelta(minutes=15)


def take_back(recording: Recording) -> None:
    """Store what follows from a transaction that the server, or the line, ended before its end."""
    send, outcome = recording.send, recording.outcome
    if outcome.blame is not Blame.RECIPIENT:
        _blame_mailbox(recording)
        return
    if outcome.phase is Phase.MAIL or _is_about_message(recording):
        _reject(recording)
        return
    # Our reputation, our rate, our quota: never the fault of the address.
    found = recording.bounce_class
    ours = outcome.code is not None and found in _OURS
    if outcome.code is not None and found is BounceClass.SOFT and _is_left_alone(recording):
        return
    if ours and (rest := _rest(recording)) is not None:
        recording.rest(MailboxState.THROTTLED, rest)
    if (ours or outcome.kind is OutcomeKind.DEFERRED) and send.tries <= len(BACK_OFF):
        _defer(recording)
    else:
        _reject(recording)


def _is_left_alone(recording: Recording) -> bool:
    """Whether the address has refused so often for now that the send was the last one."""
    connection, case, now = recording.connection, recording.case, recording.now
    said = words(recording.outcome)
    why = note_refusal(connection, Refused(case, recording.send.step_id, said, now))
    if not why:
        return False
    if _end(recording, said):
        leave_alone(connection, recording.desk, case, why, now)
    return True


def _is_about_message(recording: Recording) -> bool:
    """Whether a server will not have this very message, whoever it is for: its size, its form."""
    outcome = recording.outcome
    if recording.bounce_class is not BounceClass.BLOCK or outcome.kind is OutcomeKind.DEFERRED:
        return False
    form = outcome.enhanced.startswith("5.6.") or outcome.enhanced in {"5.3.4", "5.2.3"}
    return form or (outcome.code == _TOO_LARGE and not outcome.enhanced)


def _rest(recording: Recording) -> timedelta | None:
    """For how long the mailbox has to be silent after that answer; None if it may go on."""
    outcome, found = recording.outcome, recording.bounce_class
    if found is BounceClass.QUOTA_SENDER:
        return _until_room(recording)
    if found is not BounceClass.THROTTLE:
        return CLASS_REST.get(found)
    if not wants_less(outcome.code, outcome.enhanced, outcome.text):
        return None
    return CONNECTIONS_REST if outcome.code == _CONNECTIONS else CLASS_REST[found]


def _until_room(recording: Recording) -> timedelta:
    """How long until the oldest mail of the last 24 hours is not counted any more."""
    now, send = recording.now, recording.send
    oldest_at = oldest_since(recording.connection, send.mailbox, now - DAY, but=send.id)
    rest = oldest_at + DAY - now if oldest_at else QUOTA_REST
    return max(rest, LEAST_QUOTA_REST)


def _defer(recording: Recording) -> None:
    send, case = recording.send, recording.case
    wait = BACK_OFF[max(send.tries, 1) - 1]
    due = due_as_before(case, send.step_id, recording.now + wait)
    why = words(recording.outcome)
    if recording.reopen(SendEvent.DEFER, due_at=due.at, why=why):
        recording.tell(Kind.DEFERRED, why)


def _reject(recording: Recording) -> None:
    """End the send for good, and the enrollment with it."""
    connection, desk, now = recording.connection, recording.desk, recording.now
    case, why = recording.case, words(recording.outcome)
    if not _end(recording, why):
        return
    found = recording.bounce_class
    # A server that has not heard the address yet says nothing about it.
    if recording.outcome.phase is Phase.MAIL:
        react(connection, desk, case.stored, Stopped(FinishReason.FAILED), why, now)
    elif recording.outcome.kind is OutcomeKind.REJECTED and found.is_permanent:
        email = case.person.prospect.email
        suppress_address(connection, desk, email, SuppressionReason.BOUNCED, why, now)
        if found is BounceClass.HARD_DOMAIN:
            flag_domain(connection, case, why, now)
    elif recording.outcome.kind is OutcomeKind.REJECTED and found is BounceClass.POLICY_RECIPIENT:
        stop_person(connection, desk, case.person.id, Stopped(FinishReason.BOUNCED), why, now)
    else:
        react(connection, desk, case.stored, Stopped(FinishReason.FAILED), why, now)


def _end(recording: Recording, why: str) -> bool:
    """Whether the send could end as rejected."""
    done = sends.move(
        recording.connection,
        [recording.send.id],
        SendEvent.REJECT,
        if_fence=recording.send.fence,
        handed_at=None,
        ended_at=recording.now,
        why=why,
    )
    if done:
        recording.tell(Kind.REJECTED, why)
    return bool(done)


def _blame_mailbox(recording: Recording) -> None:
    """Let the mailbox rest; the send costs no try, but where it is the cause others go first."""
    send, outcome = recording.send, recording.outcome
    state, rest = MailboxState.NEEDS_SIGN_IN, SIGN_IN_REST
    if outcome.blame is not Blame.SIGN_IN:
        state, rest = _trouble(recording)
    recording.rest(state, rest)
    if outcome.phase is Phase.CONNECT:
        recording.reopen(SendEvent.DEFER, why=words(outcome), tries=send.tries - 1)
    else:
        _step_back(recording, rest)


def _trouble(recording: Recording) -> tuple[MailboxState, timedelta]:
    """What a mailbox suffers from whose server will not have it, and for how long it rests."""
    code, found = recording.outcome.code, recording.bounce_class
    if code is None:
        return MailboxState.FAILING, MAILBOX_REST
    lasting = code >= 500 and found is not BounceClass.QUOTA_SENDER
    state = MailboxState.FAILING if lasting else MailboxState.THROTTLED
    return state, _rest(recording) or MAILBOX_REST


def _step_back(recording: Recording, rest: timedelta) -> None:
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
