"""What follows, or followed, from a meeting, for whoever looks at it."""

from dataclasses import dataclass
from datetime import datetime

from sequencer.domain.follow_up import FollowUpState
from sequencer.domain.meeting_rule import MeetingCase
from sequencer.store import enrollments, follow_ups, prospects
from sequencer.store.database import Connection
from sequencer.store.follow_ups import StoredFollowUp


@dataclass(frozen=True, slots=True)
class FollowUpView:
    """Something that follows from a meeting.

    Attributes:
        what: what is done, in a few words.
        prospect: for whom.
        cadence: whose rule it is; empty for what follows by default.
        due_at: when it follows; when it did, once it has.
        why: why it did not, or was undone.
    """

    case: MeetingCase
    what: str
    prospect: str
    cadence: str
    state: FollowUpState
    due_at: datetime
    why: str

    @property
    def sentence(self) -> str:
        """All of it but the time, for people."""
        by = f"by the rule of {self.cadence}" if self.cadence else "by default"
        why = f": {self.why}" if self.why else ""
        return f"{self.what}, {by}, for {self.prospect}: {self.state}{why}"


def of_meeting(connection: Connection, meeting_id: int) -> list[FollowUpView]:
    """Everything, in the order it was planned."""
    return [_view(connection, row) for row in follow_ups.of_meeting(connection, meeting_id)]


def to_come(connection: Connection, prospect_id: int) -> list[FollowUpView]:
    """What waits about a person, from all of their meetings."""
    rows = follow_ups.in_force(connection, prospect_id)
    return [_view(connection, row) for row in rows if row.state is FollowUpState.WAITING]


def _view(connection: Connection, row: StoredFollowUp) -> FollowUpView:
    number = row.enrollment_id
    return FollowUpView(
        case=row.rule.case,
        what=str(row.rule),
        prospect=prospects.get(connection, row.prospect_id).prospect.email,
        cadence=enrollments.get(connection, number).slug if number is not None else "",
        state=row.state,
        due_at=row.ended_at or row.due_at,
        why=row.why,
    )
