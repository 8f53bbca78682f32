"""What waits for a person, told as they need it: who, what, when, and the guide for it."""

from dataclasses import dataclass
from datetime import datetime

from sequencer.domain.ledger import Entry
from sequencer.domain.task import TaskKind
from sequencer.engine.compose_mail import rendered_for
from sequencer.engine.desk import Case, Desk
from sequencer.engine.tasks import find
from sequencer.engine.wording import wording_of
from sequencer.files.template import TemplateError
from sequencer.store import enrollments, ledger, prospects, tasks
from sequencer.store.database import Connection
from sequencer.store.tasks import StoredTask

LAST_EVENTS = 8


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task with the person it is about.

    Attributes:
        tz: the zone of the person's calendar, in which its due time is told.
        held: why it is not due although its time has come; empty where nothing holds it.
    """

    task: StoredTask
    name: str
    address: str
    company: str
    phone: str
    tz: str
    slug: str
    held: str


@dataclass(frozen=True, slots=True)
class TaskPage:
    """A task with everything that helps to do it.

    Attributes:
        subject: of a mail that a rep releases; empty where it answers in a thread.
        wording: which of several that mail is in; empty where there is only one.
        text: the guide, or the mail, filled in for this person.
        problem: why that cannot be filled in; empty where it can.
    """

    row: TaskRow
    subject: str
    text: str
    problem: str
    events: tuple[Entry, ...]
    wording: str = ""


def task_rows(
    connection: Connection,
    desk: Desk,
    *,
    assignee: str | None = None,
    due_by: datetime | None = None,
    include_held: bool = False,
) -> list[TaskRow]:
    """Open tasks, the one due first at the top; those of paused people only where asked for."""
    found = tasks.listed(connection, assignee=assignee, due_by=due_by, include_held=include_held)
    return [_row(connection, desk, task) for task in found]


def task_page(connection: Connection, desk: Desk, task_id: int) -> TaskPage:
    """One task, whatever its state.

    Raises:
        UnknownTaskError: there is no task of that number.
    """
    task = find(connection, task_id)
    subject, text, problem, wording = "", task.about, "", ""
    if task.enrollment_id is not None:
        case = desk.case(connection, enrollments.get(connection, task.enrollment_id))
        try:
            wording = _wording(case, task)
            rendered = rendered_for(desk, case, task.step_id or "")
            subject, text = rendered.subject, rendered.text
        except TemplateError as error:
            problem = str(error)
    events = ledger.of_prospect(connection, task.prospect_id)[-LAST_EVENTS:]
    row = _row(connection, desk, task)
    shown = subject if task.kind is TaskKind.MANUAL_EMAIL else ""
    return TaskPage(row, shown, text, problem, tuple(events), wording)


def _wording(case: Case, task: StoredTask) -> str:
    step = case.version.cadence.step(task.step_id or "")
    return wording_of(step, case.stored.enrollment.key, case.stopped).variant or ""


def _row(connection: Connection, desk: Desk, task: StoredTask) -> TaskRow:
    person = prospects.get(connection, task.prospect_id).prospect
    tz, slug, held = person.timezone or desk.policy.tz.key, "", ""
    if task.enrollment_id is not None:
        stored = enrollments.get(connection, task.enrollment_id)
        tz = desk.case(connection, stored).timing_of(task.step_id).tz.key
        slug, held = stored.slug, str(stored.enrollment.pause_reason or "")
    return TaskRow(
        task=task,
        name=f"{person.first_name} {person.last_name}".strip(),
        address=person.email,
        company=person.company,
        phone=person.phone,
        tz=tz,
        slug=slug,
        held=held,
    )
