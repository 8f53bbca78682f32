"""A meeting is given to a rep: offered, taken or refused, moved, called off."""

from datetime import datetime

from sequencer.engine.desk import Desk
from sequencer.engine.meeting_change import MeetingChange
from sequencer.store.database import Connection


def follow_meeting(
    connection: Connection, desk: Desk, change: MeetingChange, now: datetime
) -> None:
    """Offer a meeting that stands to a rep; tell whoever has it what has become of it."""


def rep_answered(connection: Connection, desk: Desk, uid: str, answer: str, now: datetime) -> bool:
    """Whether a rep's answer to an invitation of ours was taken; `answer` is a PARTSTAT."""
    return False
