"""A meeting that will not be, or was missed: a person decides, and nothing is sent by itself."""

from datetime import datetime, timedelta

from sequencer.domain.booking import BookingKind
from sequencer.domain.enrollment import FinishReason
from sequencer.domain.meeting import MeetingState
from sequencer.domain.task import TaskKind
from sequencer.engine.desk import Desk
from sequencer.engine.matter import bring_up
from sequencer.engine.meeting_change import MeetingChange
from sequencer.engine.tasks import Matter, close_matters
from sequencer.store import enrollments, meetings, prospects
from sequencer.store.database import Connection
from sequencer.store.meetings import Meeting

GRACE = timedelta(days=1)  # in which whoever cancels often books again by themselves

_TITLES = {
    MeetingState.CANCELLED: "The meeting was cancelled",
    MeetingState.ASKED_AGAIN: "The meeting needs another time",
    MeetingState.REJECTED: "The meeting was refused",
    MeetingState.NO_SHOW: "Nobody came to the meeting",
}
_MAY_SETTLE = frozenset({MeetingState.CANCELLED, MeetingState.ASKED_AGAIN})


def follow_up(
    connection: Connection, desk: Desk, change: MeetingChange, detail: str, now: datetime
) -> None:
    """Open a task where a meeting fell through; close those about what holds no more.

    Args:
        connection: the database.
        desk: policy and cadences.
        change: what has become of the meeting: what was told may be old news.
        detail: the sentence in the ledger.
        now: this instant.
    """
    state, whose = change.meeting.state, change.meeting.prospect_id
    is_new = state is not change.before
    people = {*change.people, *([whose] if whose else [])}
    settled = tuple(title for fallen, title in _TITLES.items() if fallen is not state)
    for person in people if is_new else ():
        close_matters(connection, person, TaskKind.REVIEW, settled, detail, now)
    if state not in _TITLES:
        return
    if state is MeetingState.NO_SHOW and change.event.kind is BookingKind.NO_SHOW:
        for person in change.people:
            _ask(connection, change.meeting, person, detail, now)
    elif is_new and whose:
        _ask(connection, change.meeting, whose, detail, now)


def _ask(connection: Connection, meeting: Meeting, person: int, detail: str, now: datetime) -> None:
    if meetings.is_coming(connection, person, meeting.id, now):
        return  # they have booked another time already
    due_at = now + GRACE if meeting.state in _MAY_SETTLE else now
    why = f": {meeting.cancel_reason}" if meeting.cancel_reason else ""
    about = f"{detail}{why}.{_way_back(connection, person)}"
    matter = Matter(TaskKind.REVIEW, _TITLES[meeting.state], about, due_at)
    bring_up(connection, person, matter, now)


def _way_back(connection: Connection, person: int) -> str:
    """How the cadence goes on that the booking had ended or paused."""
    email = prospects.get(connection, person).prospect.email
    of_person = enrollments.of_prospect(connection, person)
    ended = [
        stored.slug
        for stored in of_person
        if stored.enrollment.finish_reason is FinishReason.MEETING_BOOKED
    ]
    if ended:
        return f" `sequencer reopen {email} --because ...` lets {ended[0]} go on."
    held = [stored.slug for stored in of_person if stored.enrollment.pause_reason]
    return f" `sequencer resume {email}` lets {held[0]} go on." if held else ""
