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
_OPEN = (
    sa.select(TaskRow.due_at)
    .join(EnrollmentRow, EnrollmentRow.id == TaskRow.enrollment_id)
    .where(TaskRow.state == TaskState.OPEN, EnrollmentRow.state == EnrollmentState.ACTIVE)
    .order_by(TaskRow.due_at)
    .limit(sa.literal_column("1", sa.Integer))
)
_UNSEEN, _LATER, _NEW = (
    TaskRow.looked_at.is_(None),
    TaskRow.due_at > _SINCE,
    TaskRow.created_at >= _SINCE,
)
# Nearly all that are open are not due yet. An index has those in order, and the first is enough;
# of one condition for all it would be no help.
_FIRST = Prepared.of_firsts(
    Prepared(_OPEN.where(*conditions))
    for conditions in (
        (_UNSEEN, _LATER),
        (_UNSEEN, TaskRow.due_at <= _SINCE, _NEW),
        (TaskRow.looked_at.is_not(None), sa.or_(_LATER, _NEW)),
    )
)


def first_due(connection: Connection, since: datetime) -> datetime | None:
    """When the first step task is due of those that are due, or were opened, since that instant."""
    [found] = _FIRST.all(connection, {"since": since})
    return min((at for at in found if at is not None), default=None)
