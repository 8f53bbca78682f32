"""How a doubt about a mail ends: by a copy that is found, or by the word of a person.

A doubt that evidence does not settle is parked: the enrollment waits, and its rep gets a task. With
the end of the doubt the task is closed, and the enrollment goes on if nothing else had stopped it.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sequencer.domain.enrollment import EnrollmentState, PauseReason
from sequencer.domain.event import StepSkipped
from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.send import SendEvent, SendState
from sequencer.domain.task import TaskKind
from sequencer.engine.cases import read_locked
from sequencer.engine.colleagues import hold_for_answers
from sequencer.engine.desk import Case, Desk
from sequencer.engine.matter import bring_up
from sequencer.engine.outcome import BY_WORD, accept
from sequencer.engine.react import entry_of, react
from sequencer.engine.reopen import reopen
from sequencer.engine.spread import go_on, plan_resume
from sequencer.engine.tasks import Matter, close_matters
from sequencer.store import doubts, enrollments, ledger, sends
from sequencer.store.database import Connection
from sequencer.store.doubts import DOUBTFUL
from sequencer.store.enrollments import StoredEnrollment
from sequencer.store.sends import StoredSend

_TURNS = frozenset({Kind.PAUSED, Kind.RESUMED, Kind.REOPENED, Kind.ACTIVATED, Kind.ENROLLED})
_TITLE = re.compile(r"Did mail (\d+) leave\?")
_WHY = 200  # characters by which two reasons are compared: the ledger keeps no more than some


class Word(StrEnum):
    """What a person says about a mail in doubt."""

    SENT = "sent"
    AGAIN = "again"
    DROP = "drop"


class DoubtError(Exception):
    """Why a doubt cannot be ended like that; the sentence is for whoever asked."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """How a send stands after a person's word, and whether its enrollment runs."""

    number: int
    state: SendState
    enrollment: EnrollmentState
    pause_reason: PauseReason | None


def park(connection: Connection, send_id: int, why: str, now: datetime) -> bool:
    """Whether a send in doubt was left to a person.

    The prospect or the cadence may be what is wrong with it, so neither is read.
    """
    if not sends.move(connection, [send_id], SendEvent.PARK, why=why):
        return False
    send = sends.get(connection, send_id)
    stored = enrollments.get(connection, send.enrollment_id)
    entry = Entry(
        at=now,
        kind=Kind.PARKED,
        detail=why,
        prospect_id=stored.prospect_id,
        enrollment_id=stored.id,
        mailbox=send.mailbox,
        step_id=send.step_id,
    )
    ledger.write(connection, entry)
    return True


def ask_person(connection: Connection, case: Case, send: StoredSend, now: datetime) -> None:
    """Open a task for the rep; none where the enrollment has ended, so that nothing hangs on it."""
    if case.stored.enrollment.state is EnrollmentState.FINISHED:
        return
    person, mailbox = case.person.prospect, case.policy.mailboxes.get(send.mailbox)
    handed = f" at {send.handed_at:%Y-%m-%d %H:%M} UTC" if send.handed_at else ""
    about = (
        f"The line broke when `{send.subject}` was handed over to {send.recipient}{handed}, "
        f"from {send.mailbox}. Look into Sent, then: `sequencer sends resolve {send.id} --sent`, "
        "`--again` or `--drop`."
    )
    assignee = person.owner or (mailbox.belongs_to if mailbox else "")
    matter = Matter(TaskKind.REVIEW, title_of(send.id), about, assignee=assignee)
    bring_up(connection, case.person.id, matter, now)


def title_of(number: int) -> str:
    """What the task about a mail in doubt is called."""
    return f"Did mail {number} leave?"


def number_in(title: str) -> int | None:
    """Number of the mail that a task is about, None for a task about something else."""
    found = _TITLE.fullmatch(title)
    return int(found[1]) if found else None


def may_have_left(send: StoredSend) -> bool:
    """Whether a send has ended as sent, or was dropped while nobody knew: it is never sent anew."""
    dropped = send.state is SendState.CANCELLED and send.handed_at is not None
    return send.state is SendState.SENT or dropped


def settle_as_sent(
    connection: Connection, desk: Desk, send: StoredSend, why: str, now: datetime
) -> bool:
    """Whether evidence ended the doubt about a send: it left."""
    if send.state not in DOUBTFUL:
        return False
    send, case = read_locked(connection, desk, send.id)
    if send.state not in DOUBTFUL:
        return False  # somebody else had evidence at the same moment
    ledger.write(connection, entry_of(case, Kind.SETTLED, why, now, send.step_id))
    if not accept(connection, desk, send, why, now):
        return False
    _over(connection, desk, send, why, now)
    return True


def count_as_sent(
    connection: Connection, desk: Desk, send: StoredSend, by: str, now: datetime
) -> bool:
    """Whether a person's word ended the doubt about a send; no server has to bear it out."""
    why = f"{BY_WORD}{by}"
    if not accept(connection, desk, send, why, now):
        return False
    stored = enrollments.get(connection, send.enrollment_id)
    _close(connection, stored.prospect_id, send.id, why, now)
    return True


def resolve(
    connection: Connection, desk: Desk, number: int, word: Word, by: str, now: datetime
) -> Resolved:
    """End the doubt about a send by a person's word.

    Counted as sent, or dropped, its enrollment goes on with the next step; to be sent again, it
    leaves with the same Message-ID and the same bytes, through the gate as every mail.

    Raises:
        DoubtError: nothing is in doubt about it, or that would not end it.
    """
    if not doubts.is_known(connection, number):
        raise DoubtError(f"There is no mail {number}. See `sequencer sends unknown`.")
    send, case = read_locked(connection, desk, number)
    _check(desk, send, case, word, now)
    if word is Word.SENT:
        count_as_sent(connection, desk, send, by, now)
    elif word is Word.AGAIN:
        _again(connection, desk, send, case, by, now)
    else:
        _drop(connection, desk, send, case, by, now)
    _over(connection, desk, send, f"resolved by {by}", now)
    enrollment = enrollments.get(connection, send.enrollment_id).enrollment
    state = sends.get(connection, number).state
    return Resolved(number, state, enrollment.state, enrollment.pause_reason)


def _check(desk: Desk, send: StoredSend, case: Case, word: Word, now: datetime) -> None:
    if send.state not in DOUBTFUL:
        raise DoubtError(f"Mail {send.id} is {send.state}: nothing is in doubt about it.")
    if word is Word.SENT:
        return
    settled_at = (send.handed_at or now) + desk.policy.settle
    if send.state is SendState.UNKNOWN and now < settled_at:
        at = f"{settled_at:%H:%M} UTC"
        raise DoubtError(f"Mail {send.id} may still arrive: it is looked for in Sent from {at} on.")
    if word is not Word.AGAIN:
        return
    if case.stored.enrollment.state is EnrollmentState.FINISHED:
        reason = case.stored.enrollment.finish_reason
        raise DoubtError(f"The cadence has ended ({reason}): nothing is sent any more.")
    if send.mailbox not in desk.policy.mailboxes:
        raise DoubtError(f"The mailbox {send.mailbox} is not in the settings any more.")


def _again(
    connection: Connection, desk: Desk, send: StoredSend, case: Case, by: str, now: datetime
) -> None:
    why = f"sent again by word of {by}"
    reopen(connection, desk, send, SendEvent.RESEND, now, due_at=now, why=why)
    ledger.write(connection, entry_of(case, Kind.RESENT, why, now, send.step_id))


def _drop(
    connection: Connection, desk: Desk, send: StoredSend, case: Case, by: str, now: datetime
) -> None:
    """Pass the step over; it still counts as a mail of the day on which it may have left."""
    why = f"dropped by {by}, and nobody knows whether it left"
    if send.state is SendState.UNKNOWN:
        park(connection, send.id, why, now)
    sends.move(connection, [send.id], SendEvent.CANCEL, ended_at=now, why=why)
    ledger.write(connection, entry_of(case, Kind.SKIPPED, why, now, send.step_id))
    react(connection, desk, case.stored, StepSkipped(send.step_id), why, now)


def _over(connection: Connection, desk: Desk, send: StoredSend, why: str, now: datetime) -> None:
    """Close the task about it, and let the enrollment go on if only this had paused it."""
    stored = enrollments.get(connection, send.enrollment_id, lock=True)
    _close(connection, stored.prospect_id, send.id, why, now)
    if _waits_for(connection, stored, send):
        for going in plan_resume(connection, desk, [stored.id], now):
            go_on(connection, desk, going, why, now)
        hold_for_answers(connection, desk, stored.id, send.handed_at or now, now)


def _close(connection: Connection, prospect_id: int, number: int, why: str, now: datetime) -> None:
    close_matters(connection, prospect_id, TaskKind.REVIEW, [title_of(number)], why, now)


def _waits_for(connection: Connection, stored: StoredEnrollment, send: StoredSend) -> bool:
    """Whether the enrollment is paused because this mail was parked, and for nothing else.

    A pause before that, or a mail that came in since, is not the doubt's to end.
    """
    if stored.enrollment.pause_reason is not PauseReason.REVIEW or stored.enrollment.resume_at:
        return False
    told = ledger.of_prospect(connection, stored.prospect_id)
    own = [each for each in told if each.enrollment_id == stored.id]
    turns = [each for each in own if each.kind in _TURNS]
    if not turns or turns[-1].detail.removeprefix("review: ")[:_WHY] != send.why[:_WHY]:
        return False
    was_paused = len(turns) > 1 and turns[-2].kind is Kind.PAUSED
    later = own[own.index(turns[-1]) :]
    return not was_paused and all(each.kind is not Kind.RECEIVED for each in later)
