"""What follows when a rep takes a meeting, or gives it back."""

from dataclasses import dataclass
from datetime import datetime

from sequencer.domain.handover import HandoverEvent
from sequencer.engine.desk import Desk
from sequencer.engine.handover_offer import is_wanted, note, offer_next, settle_asking, tell_end
from sequencer.mail.handover_letter import News
from sequencer.store import bookings, handovers, meetings
from sequencer.store.database import Connection
from sequencer.store.handovers import Handover


def take(connection: Connection, handover: Handover, by: str, now: datetime) -> bool:
    """Whether a rep has taken a meeting; from then on nobody else is asked."""
    values = {"answered_at": now, "note": f"taken by {by}"}
    if not handovers.move(connection, handover.id, HandoverEvent.ACCEPT, **values):
        return False
    meeting = meetings.get(connection, handover.meeting_id)
    if meeting is not None:
        note(connection, meeting, f"taken by {by}", now)
        settle_asking(connection, meeting, f"taken by {by}", now)
    return True


@dataclass(frozen=True, slots=True)
class Refusal:
    """A rep does not take a meeting.

    Attributes:
        knows: whether their calendar said so, which need not be told to forget the meeting.
    """

    by: str
    because: str = ""
    knows: bool = False


def give_back(
    connection: Connection, desk: Desk, handover: Handover, refusal: Refusal, now: datetime
) -> bool:
    """Whether a rep has given a meeting back; the next one is asked."""
    bookings.lock(connection)  # nobody else gives or calls off a meeting meanwhile
    because = f": {refusal.because}" if refusal.because else ""
    said = f"given back by {refusal.by}{because}"
    values = {"answered_at": now, "note": said}
    if not handovers.move(connection, handover.id, HandoverEvent.REFUSE, **values):
        return False
    if not refusal.knows:
        why = "You have given it back"
        tell_end(connection, desk, handover, News.PASSED_ON, why, now)
    meeting = meetings.get(connection, handover.meeting_id)
    if meeting is not None:
        note(connection, meeting, said, now)
        if is_wanted(desk, meeting, now):
            offer_next(connection, desk, meeting, now)
    return True
