"""A task that was ended by mistake: open again, if nothing that followed has happened yet.

The note of a call that no task had asked for goes away, and with it what the call ended.
"""

from dataclasses import replace
from datetime import datetime

from sequencer.domain.enrollment import REOPENABLE, EnrollmentState, FinishReason
from sequencer.domain.event import Reopened, TakenBack
from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.send import OPEN_STATES, SendState
from sequencer.domain.task import TaskEvent, TaskKind, TaskState
from sequencer.engine.carry_out import close_all, reopen_task, skip_at
from sequencer.engine.desk import Case, Desk
from sequencer.engine.doubts import may_have_left
from sequencer.engine.entry import entry_of
from sequencer.engine.react import react
from sequencer.engine.reopen_enrollment import (
    NotReopenedError,
    Request,
    go_on,
    refusals_against,
)
from sequencer.engine.survey import lock_gate
from sequencer.engine.tasks import TaskError, find, find_locked, touch_of
from sequencer.store import enrollments, ledger, prospects, sends, tasks, touches, triage
from sequencer.store.database import Connection
from sequencer.store.enrollments import StoredEnrollment
from sequencer.store.tasks import StoredTask

NEVER_WAS = "the call was noted by mistake"
_WAITS = OPEN_STATES | {SendState.CANCELLED}


def undo(connection: Connection, desk: Desk, task_id: int, by: str, now: datetime) -> None:
    """Take the end of a task back.

    Raises:
        TaskError: it has not ended, what followed has happened, or its enrollment ended otherwise.
    """
    # Before the enrollment, as everybody does who lets somebody in: none then waits for the other.
    lock_gate(connection, [prospects.get(connection, find(connection, task_id).prospect_id)])
    task = find_locked(connection, task_id)
    if task.state is TaskState.OPEN:
        raise TaskError(f"Task {task.id} is open.")
    if triage.deed_of(connection, task.id) is not None:
        raise TaskError(f"Task {task.id} was decided: `sequencer triage undo {task.id}`.")
    if task.why == NEVER_WAS:
        raise TaskError(f"Task {task.id} is taken back already.")
    if _is_note_of_call(task):
        _take_call_back(connection, desk, task, by, now)
        return
    if task.enrollment_id is None:
        _open_again(connection, task)
        detail = f"{task.title.lower()} taken back by {by}"
        ledger.write(connection, Entry(now, Kind.TAKEN_BACK, detail, task.prospect_id))
        return
    case = desk.case(connection, enrollments.get(connection, task.enrollment_id, lock=True))
    _refuse_what_happened(connection, case, task)
    cause = f"{task.title.lower()} taken back by {by}"
    if not _go_back(connection, desk, case, task, cause, now):
        raise TaskError(f"The cadence does not stand behind task {task.id}.")
    step = case.version.cadence.step(task.step_id or "")
    limit = skip_at(case, step, max(now, task.due_at))
    _open_again(connection, replace(task, skip_at=limit))
    ledger.write(connection, entry_of(case, Kind.TAKEN_BACK, cause, now, task.step_id))


def _is_note_of_call(task: StoredTask) -> bool:
    """Whether it is a call that no task had asked for: it was over when it was noted."""
    told = task.enrollment_id is None and task.kind is TaskKind.CALL
    return told and task.state is TaskState.DONE and task.ended_at == task.created_at


def _take_call_back(
    connection: Connection, desk: Desk, note: StoredTask, by: str, now: datetime
) -> None:
    """Take back what a call ended, each in its own way; one refusal is one for all of it."""
    person = prospects.get(connection, note.prospect_id)
    every = enrollments.of_prospect(connection, person.id)
    with_it = [
        task.id
        for each in every
        for task in tasks.of_enrollment(connection, each.id)
        if task.kind is TaskKind.CALL
        and task.state is TaskState.DONE
        and (task.ended_at, task.ended_by) == (note.ended_at, note.ended_by)
    ]
    _open_again(connection, note)  # first, for guards ask for it where the cadences go on
    tasks.move(connection, note.id, TaskEvent.SKIP, why=NEVER_WAS, ended_at=now, ended_by=by)
    for number in with_it:
        undo(connection, desk, number, by, now)
    cause = f"{note.title.lower()} taken back"
    for each in every:
        ended = enrollments.get(connection, each.id, lock=True)
        if ended.finished_at is not None and ended.finished_at == note.ended_at:
            _let_go_on(connection, desk, ended, Request(person.prospect.email, by, cause), now)
    entry = Entry(now, Kind.TAKEN_BACK, f"{cause} by {by}", note.prospect_id)
    ledger.write(connection, entry)


def _let_go_on(
    connection: Connection, desk: Desk, ended: StoredEnrollment, wanted: Request, now: datetime
) -> None:
    if ended.enrollment.finish_reason not in REOPENABLE:
        raise TaskError(f"The enrollment has ended: {ended.enrollment.finish_reason}.")
    _refuse_another_run(connection, ended)
    try:
        go_on(connection, desk, ended, wanted, now)
    except NotReopenedError as error:
        raise TaskError(str(error)) from error


def _go_back(
    connection: Connection, desk: Desk, case: Case, task: StoredTask, cause: str, now: datetime
) -> bool:
    """Whether the enrollment stands at the step of the task again."""
    enrollment = case.stored.enrollment
    if enrollment.state is EnrollmentState.FINISHED:
        _refuse_other_ends(connection, case, task)
        _ask_the_gate(connection, desk, case, now)
        event = _end_taken_back(case, task)
        return react(connection, desk, case.stored, event, cause, now)
    if enrollment.step == task.step_id:
        close_all(connection, case, cause, now)  # the mail that the rep had released
        return True
    return react(connection, desk, case.stored, TakenBack(task.step_id or ""), cause, now)


def _end_taken_back(case: Case, task: StoredTask) -> Reopened | TakenBack:
    """A stop leaves the step where it was; behind the last one there is none."""
    if case.stored.enrollment.finish_reason is FinishReason.COMPLETED:
        return TakenBack(task.step_id or "")
    return Reopened(under_way=True)


def _open_again(connection: Connection, task: StoredTask) -> None:
    reopen_task(connection, replace(task, why="taken back"))
    touches.take_back(connection, touch_of(task))


def _refuse_what_happened(connection: Connection, case: Case, task: StoredTask) -> None:
    """What a person has had or done since cannot be taken back with it."""
    cadence, step_id = case.version.cadence, task.step_id or ""
    if all(step.id != step_id for step in cadence.steps):
        raise TaskError(f"The step {step_id} is gone from the version that the prospect is in.")
    later = {step_id, *cadence.ids_after(step_id)}
    for send in sends.of_enrollment(connection, case.stored.id):
        if send.step_id in later and (send.state not in _WAITS or may_have_left(send)):
            raise TaskError(f"The mail {send.step_id} has left, or is about to.")
    for other in tasks.of_enrollment(connection, case.stored.id):
        happened = other.state is TaskState.DONE and other.id != task.id
        if happened and other.step_id in later:
            raise TaskError(f"The task {other.step_id} has been done since.")


def _refuse_other_ends(connection: Connection, case: Case, task: StoredTask) -> None:
    """Only an end that this task brought about ends with it, and only if nothing took its place."""
    enrollment, at = case.stored.enrollment, case.stored.finished_at
    mine = task.state is TaskState.DONE and at == task.ended_at
    stopped = enrollment.step == task.step_id and enrollment.finish_reason in REOPENABLE
    if not mine or not (stopped or enrollment.finish_reason is FinishReason.COMPLETED):
        raise TaskError(f"The enrollment has ended: {enrollment.finish_reason}.")
    _refuse_another_run(connection, case.stored)


def _refuse_another_run(connection: Connection, stored: StoredEnrollment) -> None:
    every = enrollments.of_prospect(connection, stored.prospect_id)
    if any(each.slug == stored.slug and each.id > stored.id for each in every):
        raise TaskError(f"The prospect has been enrolled in {stored.slug} again since.")


def _ask_the_gate(connection: Connection, desk: Desk, case: Case, now: datetime) -> None:
    """Who has been suppressed since, or is in a cadence that bears no other, does not go on."""
    if refusals := refusals_against(connection, desk, case, now):
        raise TaskError("; ".join(f"{each.code}: {each.sentence}" for each in refusals))
