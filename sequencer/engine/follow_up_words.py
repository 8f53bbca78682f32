"""How people are told what follows from a meeting."""

from datetime import datetime

from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.meeting_rule import MeetingCase, MeetingRule
from sequencer.domain.task import TaskKind
from sequencer.engine.carry_out import TITLES as OF_KINDS
from sequencer.store import enrollments, ledger
from sequencer.store.database import Connection
from sequencer.store.meetings import Meeting

TITLES = {
    MeetingCase.BOOKED: "A meeting is booked",
    MeetingCase.CANCELLED: "The meeting was cancelled",
    MeetingCase.CANCELLED_BY_HOST: "The meeting was cancelled",
    MeetingCase.ASKED_AGAIN: "The meeting needs another time",
    MeetingCase.REJECTED: "The meeting was refused",
    MeetingCase.NO_SHOW: "Nobody came to the meeting",
    MeetingCase.HELD: "The meeting has taken place",
}


def title_of(rule: MeetingRule) -> str:
    """The title of the task that a rule asks for."""
    title = TITLES[rule.case]
    if rule.task is None or rule.task is TaskKind.REVIEW:
        return title
    return f"{OF_KINDS[rule.task]}: {title[0].lower()}{title[1:]}"


def about(meeting: Meeting) -> str:
    """Which meeting it is, and what was said when it fell through."""
    starts = f" for {meeting.starts_at:%Y-%m-%d %H:%M} UTC" if meeting.starts_at else ""
    by = f" by the {meeting.cancelled_by}" if meeting.cancelled_by else ""
    why = f": {meeting.cancel_reason}" if meeting.cancel_reason else ""
    return f"{meeting.state.replace('_', ' ')}{by} through {meeting.source}{starts}{why}."


def whose(connection: Connection, enrollment_id: int | None) -> str:
    """By what it follows, to be read after `by`."""
    if enrollment_id is None:
        return "default"
    return f"the rule of {enrollments.get(connection, enrollment_id).slug}"


def tell(
    connection: Connection, prospect_id: int, enrollment_id: int | None, detail: str, now: datetime
) -> None:
    """Write into a person's timeline what has become of something that follows."""
    entry = Entry(now, Kind.FOLLOW_UP, detail, prospect_id, enrollment_id)
    ledger.write(connection, entry)
