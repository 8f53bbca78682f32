"""What waits or is under way, and who runs without waiting for anything: for the watchdog."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.send import IN_FLIGHT, OPEN_STATES, SendState
from sequencer.domain.task import TaskState
from sequencer.store.database import Connection
from sequencer.store.stream import streamed
from sequencer.store.tables import EnrollmentRow, SendRow, TaskRow


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A send that has not ended, and where its enrollment stands.

    Attributes:
        since: its last look, or the moment it was handed over.
    """

    id: int
    enrollment_id: int
    mailbox: str
    state: SendState
    due_at: datetime
    since: datetime | None
    enrollment: EnrollmentState


def open_sends(connection: Connection) -> Iterator[Unfinished]:
    """All sends that wait or are under way, the oldest first, as they are asked for."""
    query = (
        sa.select(
            SendRow.id,
            SendRow.enrollment_id,
            SendRow.mailbox,
            SendRow.state,
            SendRow.due_at,
            SendRow.looked_at,
            EnrollmentRow.state.label("enrollment"),
        )
        .join(EnrollmentRow, EnrollmentRow.id == SendRow.enrollment_id)
        .where(SendRow.state.in_(OPEN_STATES | IN_FLIGHT))
        .order_by(SendRow.id)
    )
    for row in streamed(connection, query):
        yield Unfinished(
            row.id,
            row.enrollment_id,
            row.mailbox,
            SendState(row.state),
            row.due_at,
            row.looked_at,
            EnrollmentState(row.enrollment),
        )


def without_next_step(connection: Connection) -> Iterator[int]:
    """Numbers of the enrollments that run and wait for no send or task: nothing would end them."""
    waiting = sa.select(SendRow.id).where(
        SendRow.enrollment_id == EnrollmentRow.id, SendRow.state.in_(OPEN_STATES | IN_FLIGHT)
    )
    asked = sa.select(TaskRow.id).where(
        TaskRow.enrollment_id == EnrollmentRow.id, TaskRow.state == TaskState.OPEN
    )
    query = sa.select(EnrollmentRow.id).where(
        EnrollmentRow.state == EnrollmentState.ACTIVE, ~waiting.exists(), ~asked.exists()
    )
    for row in streamed(connection, query):
        yield row.id
