"""Store what an SMTP transaction came to and what follows from it, in one database transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sequencer.domain.event import StepEnded
from sequencer.domain.ledger import Kind
from sequencer.domain.mailbox import MailboxState
from sequencer.domain.send import SendEvent, SendState
from sequencer.engine.cases import read_again_locked
from sequencer.engine.desk import Case, Desk
from sequencer.engine.leases import Lease, doubt
from sequencer.engine.react import Change, entry_of, react, react_each
from sequencer.engine.recording import MAILBOX_REST, SMTP, Recording
from sequencer.engine.setback import take_back
from sequencer.mail.transaction import Outcome, OutcomeKind
from sequencer.store import attempts, enrollments, ledger, mailboxes, sends
from sequencer.store.attempts import Attempt
from sequencer.store.columns import cut
from sequencer.store.database import Connection
from sequencer.store.sends import StoredSend

# A person's decision about a mail in doubt: no server has to bear it out.
BY_WORD = "counted as sent by "
LAST_STEP = "the last step was sent"


@dataclass(frozen=True, slots=True)
class Result:
    """What the transaction of a send came to that was claimed under that lease.

    Attributes:
        case: as the look has found it.
        again: storing it has failed before, and a commit may have gone through without our knowing.
    """

    send_id: int
    lease: Lease
    case: Case
    outcome: Outcome
    at: datetime
    again: bool = False


def record(
    connection: Connection, desk: Desk, results: Sequence[Result], _now: datetime
) -> list[None]:
    """Store outcomes of sends, each as of its own instant.

    Where one was claimed again since, under a later lease, only the attempt is noted: the send is
    in other hands.

    Raises:
        LostRaceError: one was changed in this moment; each has to be stored by itself.
    """
    pairs = read_again_locked(connection, {each.send_id: each.case for each in results})
    # Asked under the lock: what a lost line left behind may be committed only now.
    new = [each for each in results if not each.again or not _is_stored(connection, each)]
    attempts.add(connection, *(_attempt(each) for each in new))
    plain, others = list[Recording](), list[Recording]()
    for each in new:
        send, case = pairs[each.send_id]
        if send.fence == each.lease.fence:
            recording = Recording(connection, desk, send, case, each.outcome, each.at)
            (plain if _is_plain(recording) else others).append(recording)
    _accept_each(connection, plain)
    for recording in others:
        _follow(recording)
    return [None] * len(results)


def _is_stored(connection: Connection, result: Result) -> bool:
    return attempts.is_stored(connection, result.send_id, result.at, result.outcome.kind)


def _attempt(result: Result) -> Attempt:
    outcome = result.outcome
    return Attempt(
        send_id=result.send_id,
        at=result.at,
        outcome=outcome.kind,
        phase=outcome.phase,
        code=outcome.code,
        enhanced=outcome.enhanced,
        answer=outcome.text,
    )


def _is_plain(recording: Recording) -> bool:
    """Whether the mail was handed over and accepted, as nearly all are."""
    accepted = recording.outcome.kind is OutcomeKind.ACCEPTED
    return accepted and recording.send.state is SendState.HANDED


def _accept_each(connection: Connection, plain: Sequence[Recording]) -> None:
    if not plain:
        return
    rows, changes = [], []
    for each in plain:
        send, answer = each.send, cut(each.outcome.text or "accepted")
        rows.append(
            {"number": send.id, "if_fence": send.fence, "ended_at": each.now, "why": answer}
        )
        entry = entry_of(each.case, Kind.SENT, answer, each.now, send.step_id)
        changes.append(Change(each.case, StepEnded(send.step_id), LAST_STEP, each.now, entry))
    sends.move_each(connection, SendState.HANDED, SendEvent.ACCEPT, rows)
    react_each(connection, changes)
    _be_well(connection, {each.send.mailbox for each in plain}, max(each.now for each in plain))


def _be_well(connection: Connection, names: Collection[str], now: datetime) -> None:
    """End the trouble that a mail which gets through shows to be over.

    A rest that a server has asked for is kept: the mail may have been under way by then.
    """
    for name, health in mailboxes.unwell(connection, names).items():
        rested = health.until is None or health.until <= now
        if rested and health.reason.startswith(SMTP):
            mailboxes.set_health(connection, name, MailboxState.OK)


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


def accept(
    connection: Connection, desk: Desk, send: StoredSend, answer: str, now: datetime
) -> bool:
    """Whether the send could end as sent, because a server has the mail; the enrollment goes on."""
    if not sends.move(connection, [send.id], SendEvent.ACCEPT, ended_at=now, why=answer):
        return False
    stored = enrollments.get(connection, send.enrollment_id, lock=True)
    case = desk.case(connection, stored)
    ledger.write(connection, entry_of(case, Kind.SENT, answer, now, send.step_id))
    react(connection, desk, stored, StepEnded(send.step_id), LAST_STEP, now)
    return True


def _accepted(recording: Recording) -> None:
    answer = recording.outcome.text or "accepted"
    accept(recording.connection, recording.desk, recording.send, answer, recording.now)
    _be_well(recording.connection, [recording.send.mailbox], recording.now)


def _withheld(recording: Recording) -> None:
    """No dot was written, so even a send that was handed over is certainly not with the server."""
    handed = recording.send.state is SendState.HANDED
    event = SendEvent.DEFER if handed else SendEvent.RELEASE
    tries = recording.send.tries - 1
    recording.reopen(event, why="withheld at the last moment", tries=tries)
