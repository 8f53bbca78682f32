"""What the daemon does with handovers by itself: ask the next rep in time, remind whoever comes."""

from datetime import UTC, datetime, timedelta
from typing import Final

from sequencer.domain.handover import WITH_SOMEBODY, HandoverEvent, HandoverState
from sequencer.domain.meeting import MeetingState
from sequencer.engine.desk import Desk
from sequencer.engine.handover_mail import Telling, tell
from sequencer.engine.handover_offer import is_wanted, next_reminder, note, offer_next
from sequencer.engine.handover_trouble import key_in, once_key
from sequencer.mail.handover_letter import News
from sequencer.store import bookings, handovers, meetings
from sequencer.store.database import Connection
from sequencer.store.handovers import Handover

NO_ANSWER: Final = "nobody answered in time"
REMINDER: Final = "reminder"
_STAMP: Final = "%Y%m%dT%H%M%S"


def attend(connection: Connection, desk: Desk, number: int, now: datetime) -> None:
    """Do what is due about a handover."""
    lapse(connection, desk, number, now)
    remind(connection, desk, number, now)


def lapse(connection: Connection, desk: Desk, number: int, now: datetime) -> bool:
    """Whether a handover that nobody has answered in time was passed on.

    Where nobody else is found, the meeting stays in the rep's calendar: somebody may come yet.
    """
    if (found := handovers.find(connection, number)) is None or not _is_late(found, now):
        return False
    bookings.lock(connection)  # nobody else gives, moves or calls off a meeting meanwhile
    handover = handovers.find(connection, number)
    if handover is None or not _is_late(handover, now):
        return False
    meeting = meetings.get(connection, handover.meeting_id)
    if meeting is None or not is_wanted(desk, meeting, now):
        handovers.keep(connection, number, answer_by_at=None)
        return False
    if not handovers.move(connection, number, HandoverEvent.LAPSE, note=NO_ANSWER):
        return False
    note(connection, meeting, f"{handover.rep} has not answered in time", now)
    offer_next(connection, desk, meeting, now)
    return True


def _is_late(handover: Handover, now: datetime) -> bool:
    by = handover.answer_by_at
    return handover.state is HandoverState.OFFERED and by is not None and by <= now


def remind(connection: Connection, desk: Desk, number: int, now: datetime) -> bool:
    """Whether a reminder of a meeting that is coming waits to be sent to its rep."""
    handover = handovers.find(connection, number)
    if handover is None or handover.state not in WITH_SOMEBODY:
        return False
    due_at = handover.remind_at
    if due_at is None or due_at > now:
        return False
    meeting = meetings.get(connection, handover.meeting_id)
    at = meeting.starts_at if meeting else None
    handovers.keep(connection, number, remind_at=next_reminder(desk.policy.handover, at, now))
    rep = desk.policy.reps.get(handover.rep)
    if meeting is None or rep is None or at is None or at <= now:
        return False
    if meeting.state is not MeetingState.BOOKED:
        return False
    known_by = once_key(handover.key, f"{REMINDER} {due_at:{_STAMP}}")
    return tell(connection, desk, Telling(handover, rep, News.REMINDER, known_by), now)


def is_pointless(connection: Connection, known_by: str, now: datetime) -> bool:
    """Whether a reminder that has waited is of what was moved, is over, or is not theirs now."""
    handover = handovers.by_key(connection, key_in(known_by))
    meeting = meetings.get(connection, handover.meeting_id) if handover is not None else None
    if handover is None or meeting is None or handover.state not in WITH_SOMEBODY:
        return True
    is_ahead = meeting.starts_at is not None and meeting.starts_at > now
    due_at = datetime.strptime(known_by.rpartition(" ")[2], _STAMP).replace(tzinfo=UTC)
    is_new = handover.offered_at < due_at + timedelta(seconds=1)
    return not (is_ahead and is_new and meeting.state is MeetingState.BOOKED)
