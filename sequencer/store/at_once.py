"""What every tick asks of several nouns, in one statement: most of each is the way there."""

from datetime import datetime

from sequencer.store import enrollments, follow_ups, handovers, hooks, meetings, tasks
from sequencer.store.database import Connection
from sequencer.store.prepared import Prepared

_NEXT = Prepared.of_firsts(
    (
        meetings.NEXT_OVER_AT,
        enrollments.NEXT_RESUME_AT,
        *tasks.NEXT,
        follow_ups.NEXT,
        *handovers.NEXT,
    )
)
_ANY = Prepared.of_any(
    (
        enrollments.TO_RESUME,
        hooks.WAITING,
        tasks.TO_LOOK_AT,
        tasks.TO_SKIP,
        follow_ups.DUE,
        handovers.LATE,
        handovers.TO_REMIND,
        meetings.TO_ASK_ABOUT,
    )
)


def next_times(
    connection: Connection, since: datetime
) -> tuple[datetime | None, list[datetime | None]]:
    """When a meeting is over that began since then, and when all the others have something next.

    These are a pause with a date, a task to look at or to skip, what follows from a meeting, and a
    handover to ask about again or to remind of.
    """
    [(over_at, *others)] = _NEXT.all(connection, {"since": since})
    return over_at, others


def is_anything_due(
    connection: Connection, now: datetime, over_by: datetime, since: datetime
) -> bool:
    """Whether there is a pause to end, a webhook, a task, what follows from a meeting, or the like.

    A meeting counts that has begun since that instant, and was over by the other.
    """
    values = {"now": now, "over_by": over_by, "since": since, "most": 1}
    return bool(_ANY.scalar(connection, values))
