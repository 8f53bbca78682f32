"""A mail that a rep releases: as the template says, or as they edited it, through the same gate."""

from dataclasses import dataclass
from datetime import datetime

from sequencer.domain.delay import NO_DELAY
from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.ledger import Kind
from sequencer.domain.task import TaskEvent, TaskKind
from sequencer.engine.carry_out import Released, queue_send
from sequencer.engine.desk import Case, Desk
from sequencer.engine.entry import entry_of
from sequencer.engine.plan import due_after_wait
from sequencer.engine.tasks import TaskError, find_locked
from sequencer.engine.wording import NoWordingError, wording_of
from sequencer.store import enrollments, ledger, tasks
from sequencer.store.columns import is_storable
from sequencer.store.database import Connection

MAX_SUBJECT = 250
MAX_TEXT = 50_000


@dataclass(frozen=True, slots=True)
class Edited:
    """Subject and text as a rep wants them."""

    subject: str
    text: str

    def problem(self) -> str:
        """Why it cannot be sent; the empty string where it can."""
        if not self.text.strip():
            return "The mail has no text."
        if len(self.subject) > MAX_SUBJECT or not self.subject.isprintable():
            return f"The subject is one line of at most {MAX_SUBJECT} characters."
        if len(self.text) > MAX_TEXT or not is_storable(self.text):
            return f"The text has at most {MAX_TEXT} characters, without control characters."
        return ""


def send(
    connection: Connection,
    desk: Desk,
    task_id: int,
    edited: Edited | None,
    by: str,
    now: datetime,
) -> None:
    """Queue the mail of a task; the step ends when it is sent, and the next delay counts from then.

    Args:
        connection: the database.
        desk: the settings.
        task_id: number of the task.
        edited: what the rep made of it; None for what the template says.
        by: the rep.
        now: this instant.

    Raises:
        TaskError: the task is no mail, has ended, or the text cannot be sent.
    """
    task = find_locked(connection, task_id)
    if task.kind is not TaskKind.MANUAL_EMAIL or task.enrollment_id is None:
        raise TaskError(f"Task {task.id} is no mail.")
    if edited is not None and (problem := edited.problem()):
        raise TaskError(problem)
    case = desk.case(connection, enrollments.get(connection, task.enrollment_id, lock=True))
    if case.stored.enrollment.state is not EnrollmentState.ACTIVE:
        raise TaskError(f"The enrollment is {case.stored.enrollment.state}: nothing is sent.")
    if not tasks.move(connection, task.id, TaskEvent.DO, ended_at=now, ended_by=by):
        raise TaskError(f"Task {task.id} is {task.state} already.")
    step_id = task.step_id or ""
    variant = _shown(case, step_id)
    draft = None if edited is None else {"subject": edited.subject, "text": edited.text}
    words = "as it stands" if edited is None else "edited"
    detail = f"{task.title}: released by {by}, {words}"
    ledger.write(connection, entry_of(case, Kind.DONE, detail, now, step_id))
    due = due_after_wait(case, step_id, NO_DELAY, now)
    released = Released(draft, variant)
    if not queue_send(connection, case, step_id, due, now, released):
        raise TaskError(f"The mail {step_id} has left already.")


def _shown(case: Case, step_id: str) -> str | None:
    """The wording that the rep sees just now."""
    step = case.version.cadence.step(step_id)
    try:
        return wording_of(step, case.stored.enrollment.key, case.stopped).variant
    except NoWordingError:
        return None
