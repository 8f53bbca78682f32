"""When does the next task fall due to a rep who has worked through what there was?"""

from datetime import datetime

import sqlalchemy as sa

from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.task import TaskState
from sequencer.store.database import Connection
from sequencer.store.prepared import Prepared
from sequencer.store.tables import EnrollmentRow, TaskRow

_AT = TaskRow.due_at.type
_SINCE = sa.bindparam("since", type_=_AT)
_FIRST = Prepared(
    sa.select(sa.func.min(TaskRow.due_at, type_=_AT))
    .join(EnrollmentRow, EnrollmentRow.id == TaskRow.enrollment_id)
    .where(
        TaskRow.state == TaskState.OPEN,
        EnrollmentRow.state == EnrollmentState.ACTIVE,
        sa.or_(TaskRow.due_at > _SINCE, TaskRow.created_at >= _SINCE),
    )
)


def first_due(connection: Connection, since: datetime) -> datetime | None:
    """When the first step task is due of those that are due, or were opened, since that instant."""
    due_at: datetime | None = _FIRST.scalar(connection, {"since": since})
    return due_at
