"""Whoever says that they may come is asked by a person, until the meeting is certain or off."""

from datetime import datetime
from typing import Final

from sequencer.domain.meeting import MeetingState
from sequencer.domain.task import TaskKind
from sequencer.engine.matter import bring_up
from sequencer.engine.meeting_change import MeetingChange
from sequencer.engine.tasks import Matter, close_matters
from sequencer.store.database import Connection
from sequencer.store.meetings import Meeting
from sequencer.store.prospects import StoredProspect

NOT_CERTAIN: Final = "The meeting is not certain yet"


def ask_for_certainty(
    connection: Connection,
    meeting: Meeting,
    who: StoredProspect,
    inbound_id: int | None,
    now: datetime,
) -> None:
    """Have a person ask, if the meeting is as open as the answer was.

    Args:
        connection: the database.
        meeting: as it is now.
        who: whoever may come.
        inbound_id: number of the mail that says so.
        now: this instant.
    """
    if meeting.state is MeetingState.REQUESTED:
        about = f"{who.prospect.email} may come: {meeting.title}".rstrip(": ")
        matter = Matter(TaskKind.REVIEW, NOT_CERTAIN, about, inbound_id=inbound_id)
        bring_up(connection, who.id, matter, now)


def settle_certainty(
    connection: Connection, change: MeetingChange, detail: str, now: datetime
) -> None:
    """Close what asks for certainty once there is some."""
    if change.meeting.state is MeetingState.REQUESTED:
        return
    for person in {*change.people, change.meeting.prospect_id or 0} - {0}:
        close_matters(connection, person, TaskKind.REVIEW, (NOT_CERTAIN,), detail, now)
