"""A meeting that will not be, or was missed: a person decides, and nothing is sent by itself."""

from datetime import datetime, timedelta

from sequencer.domain.enrollment import FinishReason
from sequencer.domain.meeting import BookingKind, MeetingState
from sequencer.domain.task import TaskKind
from sequencer.engine.matter import bring_up
from sequencer.engine.tasks import Matter, close_matters
from sequencer.store import enrollments
from sequencer.store.database import Connection
from sequencer.store.prospects import StoredProspect

GRACE = timedelta(days=1)  # in which whoever cancels often books again by themselves

_TITLES = {
    BookingKind.CANCELLED: "The meeting was cancelled",
    BookingKind.NO_SHOW: "Nobody came to the meeting",
}
_SETTLED = frozenset({BookingKind.BOOKED, BookingKind.NO_SHOW_UNDONE})


def follow_up(
    connection: Connection,
    person: StoredProspect,
    kind: BookingKind,
    state: MeetingState,
    detail: str,
    now: datetime,
) -> None:
    """Open a task where a meeting fell through; close it where one is on, this or another.

    Args:
        connection: the database.
        person: whose meeting it is.
        kind: what has just been told.
        state: where the meeting stands now: what was told may be old news.
        detail: the sentence in the ledger.
        now: this instant.
    """
    if kind in _SETTLED and state is MeetingState.BOOKED:
        titles = tuple(_TITLES.values())
        close_matters(connection, person.id, TaskKind.REVIEW, titles, detail, now)
    elif kind in _TITLES:
        due_at = now + GRACE if kind is BookingKind.CANCELLED else now
        about = f"{detail}.{_way_back(connection, person)}"
        matter = Matter(TaskKind.REVIEW, _TITLES[kind], about, due_at)
        bring_up(connection, person.id, matter, now)


def _way_back(connection: Connection, person: StoredProspect) -> str:
    """How the cadence goes on that the booking had ended."""
    ended = [
        stored.slug
        for stored in enrollments.of_prospect(connection, person.id)
        if stored.enrollment.finish_reason is FinishReason.MEETING_BOOKED
    ]
    if not ended:
        return ""
    command = f"sequencer reopen {person.prospect.email} --because ..."
    return f" `{command}` lets {ended[0]} go on."
