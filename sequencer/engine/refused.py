"""What follows from a no of the gate before a mail: an end, a pause, another mailbox, or a wait."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sequencer.domain.due import Due
from sequencer.domain.enrollment import FinishReason, PauseReason
from sequencer.domain.event import Held, Stopped
from sequencer.domain.gate import Answer, Effect, decisive, passes_at, refusals_of
from sequencer.domain.ledger import Kind
from sequencer.domain.reason import Reason
from sequencer.domain.task import TaskKind
from sequencer.engine.away import follow_absence
from sequencer.engine.desk import Case, Desk
from sequencer.engine.matter import bring_up
from sequencer.engine.plan import due_at_or_after, told, why_later
from sequencer.engine.react import entry_of, react
from sequencer.engine.rehome import rehome
from sequencer.engine.tasks import Matter
from sequencer.store import ledger, sends
from sequencer.store.database import Connection
from sequencer.store.sends import StoredSend

_TASKS = {
    PauseReason.REVIEW: (TaskKind.REVIEW, "Look at this before the next mail"),
    PauseReason.MAILBOX: (TaskKind.MAILBOX, "The mailbox is gone"),
}


@dataclass(frozen=True, slots=True)
class _Refused:
    """A mail that was refused, and the answer that decides."""

    connection: Connection
    desk: Desk
    case: Case
    send: StoredSend
    answer: Answer
    answers: Sequence[Answer]
    now: datetime

    @property
    def sentence(self) -> str:
        return self.answer.refusals[0].sentence


def follow(
    connection: Connection,
    desk: Desk,
    case: Case,
    send: StoredSend,
    answers: Sequence[Answer],
    now: datetime,
) -> Effect | None:
    """What a no of the gate leads to, None where there is none; it is stored."""
    found = decisive(answers)
    if found is None:
        return None
    answer, effect = found
    _EFFECTS[effect](_Refused(connection, desk, case, send, answer, answers, now))
    return effect


def _finish(refused: _Refused) -> None:
    event = Stopped(refused.answer.rule.finish_reason or FinishReason.FAILED)
    react(
        refused.connection,
        refused.desk,
        refused.case.stored,
        event,
        refused.sentence,
        refused.now,
    )


def _leave(_refused: _Refused) -> None:
    """What holds it brings it back: a resume, the end of a rest, a fresh scan."""


def _ask(refused: _Refused) -> None:
    connection, desk, case, now = refused.connection, refused.desk, refused.case, refused.now
    reason = refused.answer.rule.pause_reason
    if reason is PauseReason.MAILBOX and rehome(connection, desk, case, refused.send, now):
        return
    event = Held(reason, due_at=refused.send.due_at)
    if react(connection, desk, case.stored, event, refused.sentence, now):
        kind, title = _TASKS[reason]
        matter = Matter(kind, title, f"{case.stored.slug}: {refused.sentence}")
        bring_up(connection, case.person.id, matter, now)


def _wait(refused: _Refused) -> None:
    case, send, now = refused.case, refused.send, refused.now
    refusals = refusals_of(refused.answers)
    if any(refusal.reason is Reason.REP_AWAY for refusal in refusals):
        # Put off it would be paused later with the whole absence as the rest of its wait.
        follow_absence(refused.connection, refused.desk, case.stored.id, now)
        return
    due = due_at_or_after(case, send.step_id, passes_at(refusals) or now)
    why = why_later(case, send.step_id, refusals, due, now)
    sends.postpone(refused.connection, send.id, due.at, why)
    detail = f"to {told(case, Due(due.at), now)}: {why}"
    entry = entry_of(case, Kind.POSTPONED, detail, now, send.step_id)
    ledger.write(refused.connection, entry)


_EFFECTS: dict[Effect, Callable[[_Refused], None]] = {
    Effect.FINISH: _finish,
    Effect.SKIP: _leave,
    Effect.REST: _leave,
    Effect.ASK: _ask,
    Effect.WAIT: _wait,
}
