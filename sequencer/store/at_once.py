"""What every tick asks of several nouns, in one statement: most of each is the way there."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sequencer.store import (
    doubts,
    draining,
    enrollments,
    follow_ups,
    handovers,
    hooks,
    mailboxes,
    meetings,
    notices,
    pending,
    tasks,
)
from sequencer.store.database import Connection
from sequencer.store.prepared import Prepared

_NEXT = Prepared.of_firsts(
    (
        meetings.NEXT_OVER_AT,
        doubts.SINCE,
        pending.SOMEBODY,
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
        pending.MAY_BEGIN,
        mailboxes.GONE,
        notices.STRAY,
        draining.NOT_ARCHIVED,
    )
)


@dataclass(frozen=True, slots=True)
class Ahead:
    """What lies ahead of the daemon.

    Attributes:
        over_at: when a meeting is over of which nobody has told how it went.
        doubted_at: since when the send is in doubt that is so for longest.
        somebody_waits: whether somebody waits to begin.
        known: when a pause ends, a task is to be looked at or to be skipped, something follows from
            a meeting, or a handover is asked about again or reminded of.
    """

    over_at: datetime | None
    doubted_at: datetime | None
    somebody_waits: bool
    known: list[datetime]


def ahead(connection: Connection, since: datetime) -> Ahead:
    """What comes next of each kind; of meetings only those count that began since then."""
    [(over_at, doubted_at, waits, *others)] = _NEXT.all(connection, {"since": since})
    known = [at for at in others if at is not None]
    return Ahead(over_at, doubted_at, waits is not None, known)


def is_anything_due(
    connection: Connection,
    known: Collection[str],
    now: datetime,
    over_by: datetime,
    since: datetime,
) -> bool:
    """Whether there is anything to be done that belongs to no mailbox.

    Args:
        connection: the database.
        known: mailboxes of the settings; what is in another one has to be looked after.
        now: the instant.
        over_by: of meetings, those count that were over by then,
        since: and began since then.
    """
    values = {"now": now, "over_by": over_by, "since": since, "most": 1, "known": list(known)}
    return bool(_ANY.scalar(connection, values))
