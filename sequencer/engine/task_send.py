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


@dataclass(frozen=True, slots=True)
class Release:
    """What a rep lets go.

    Attributes:
        by: the rep.
        edited: what they made of it; None for what the template says.
        wording: the variant that they have read; empty where the step has only one wording.
    """

    by: str
    edited: Edited | None = None
    wording: str = ""


def send(connection: Connection, desk: Desk, task_id: int, release: Release, now: datetime) -> None:
    """Queue the mail of a task; the step ends when it is sent, and the next delay counts from then.

    Raises:
        TaskError: the task is no mail, has ended, the text cannot be sent, or another wording was
            read than the person gets now.
    """
    edited, by = release.edited, release.by
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
    variant = _read(case, step_id, task.id, release.wording)
    draft = None if edited is None else {"subject": edited.subject, "text": edited.text}
    words = "as it stands" if edited is None else "edited"
    detail = f"{task.title}: released by {by}, {words}"
    ledger.write(connection, entry_of(case, Kind.DONE, detail, now, step_id))
    due = due_after_wait(case, step_id, NO_DELAY, now)
    released = Released(draft, variant)
    if not queue_send(connection, case, step_id, due, now, released):
        raise TaskError(f"The mail {step_id} has left already.")


def _read(case: Case, step_id: str, task_id: int, read: str) -> str | None:
    """The wording that the rep has read, if it is the one that the person gets now.

    Raises:
        TaskError: it is another one, as it was stopped or begun since, or nobody gets any.
    """
    step = case.version.cadence.step(step_id)
    try:
        now = wording_of(step, case.stored.enrollment.key, case.stopped).variant
    except NoWordingError as error:
        raise TaskError(str(error)) from error
    if read == (now or ""):
        return now
    if not read:
        what = f"The mail of task {task_id} has several wordings: say which one you have read."
    else:
        what = f"The mail of task {task_id} is not in the wording {read} any more: it changed."
    raise TaskError(f"{what}\nhint: `sequencer task show {task_id}` shows it as it is now")
