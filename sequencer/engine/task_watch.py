"""What the daemon does with tasks by itself: look at what is due, skip what nobody did."""

from datetime import datetime

from sequencer.domain.enrollment import EnrollmentState, PauseReason
from sequencer.domain.event import Held, StepSkipped
from sequencer.domain.task import TaskState
from sequencer.engine.compose_mail import rendered_for
from sequencer.engine.course import guard_of, is_for
from sequencer.engine.desk import Desk
from sequencer.engine.react import react
from sequencer.engine.tasks import find_locked, pass_over
from sequencer.files.template import TemplateError
from sequencer.store import enrollments, tasks
from sequencer.store.database import Connection

OVERDUE = "nobody did it in time"


def look_at(connection: Connection, desk: Desk, task_id: int, now: datetime) -> None:
    """Look at a task that has become due, before a person does.

    The guard of its step is asked once more. A guide that cannot be filled in holds the enrollment,
    as a mail would.
    """
    task = find_locked(connection, task_id)
    if task.state is not TaskState.OPEN or task.due_at > now or task.enrollment_id is None:
        return
    case = desk.case(connection, enrollments.get(connection, task.enrollment_id))
    if case.stored.enrollment.state is not EnrollmentState.ACTIVE:
        return
    step_id = task.step_id or ""
    step = case.version.cadence.step(step_id)
    if not is_for(connection, case, step):
        why = f"not for this prospect: {guard_of(case, step)}"
        pass_over(connection, desk, task, StepSkipped(step_id, by_guard=True), why, now)
        return
    tasks.mark_looked_at(connection, task.id, now)
    try:
        rendered_for(desk, case, step_id)
    except TemplateError as error:
        held = Held(PauseReason.REVIEW, due_at=task.due_at)
        react(connection, desk, case.stored, held, f"step {step_id}: {error}", now)


def skip_overdue(connection: Connection, desk: Desk, task_id: int, now: datetime) -> bool:
    """Whether a task was skipped, because it had been overdue for as long as its step allows."""
    task = find_locked(connection, task_id)
    if task.state is not TaskState.OPEN or task.skip_at is None or task.skip_at > now:
        return False
    stored = enrollments.get(connection, task.enrollment_id or 0)
    if stored.enrollment.state is not EnrollmentState.ACTIVE:
        return False
    return pass_over(connection, desk, task, StepSkipped(task.step_id or ""), OVERDUE, now)


def push_forward(connection: Connection, task_id: int, at: datetime) -> None:
    """Let a task that something unforeseen is wrong with wait, so that others get their turn."""
    task = find_locked(connection, task_id)
    limit = None if task.skip_at is None else max(at, task.skip_at)
    tasks.put_off(connection, task.id, at, limit, "internal error: see the log of the daemon")
