"""A mail to a rep that did not arrive, or of which nobody knows: a person has to tell the rep."""

from datetime import datetime
from typing import Final

from sequencer.domain.task import TaskKind
from sequencer.engine.matter import bring_up
from sequencer.engine.tasks import Matter
from sequencer.store import handovers, meetings
from sequencer.store.database import Connection
from sequencer.store.notices import Waiting

TITLE: Final = "Tell the rep about the meeting"


def tell_of_trouble(connection: Connection, notice: Waiting, why: str, now: datetime) -> None:
    """Open a task where the notice is about a handover; nobody is asked about any other."""
    handover = handovers.by_key(connection, key_in(notice.once_key))
    meeting = meetings.get(connection, handover.meeting_id) if handover is not None else None
    if handover is None or meeting is None or meeting.prospect_id is None:
        return
    about = (
        f"The mail to {handover.rep} ({notice.recipient}) about this meeting: {why}. It is not "
        f"sent again. `sequencer handover show {handover.id}` shows what it says."
    )
    bring_up(connection, meeting.prospect_id, Matter(TaskKind.REVIEW, TITLE, about), now)


def once_key(key: str, news: str) -> str:
    """What a mail about a handover is known by."""
    return f"handover {key} {news}"


def key_in(known_by: str) -> str:
    """The key of the handover that a mail is about; empty where it is about none."""
    word, _, rest = known_by.partition(" ")
    return rest.partition(" ")[0] if word == "handover" else ""
