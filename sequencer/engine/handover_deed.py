"""What a rep says by the link that they have: taken, given back, held, nobody came, cancelled."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sequencer.domain.booking import By
from sequencer.domain.handover import HandoverState
from sequencer.engine import meeting_by_hand as by_hand
from sequencer.engine.desk import Desk
from sequencer.engine.handover_answer import (
    HandoverError,
    HandoverView,
    accept,
    refuse,
    view,
)
from sequencer.engine.meeting_by_hand import CalledOff
from sequencer.store.database import Connection


class Deed(StrEnum):
    """What a rep may say of a meeting that was given to them."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    HELD = "held"
    NO_SHOW = "no-show"
    CAME = "came"
    CANCEL = "cancel"


_OUTCOMES = {
    Deed.HELD: by_hand.held,
    Deed.NO_SHOW: by_hand.no_show,
    Deed.CAME: by_hand.came,
}


@dataclass(frozen=True, slots=True)
class Said:
    """What is said; why, and who cancelled, where that matters.

    Attributes:
        of: what was seen of the meeting when it was said, as `seen_of` has it; empty for unknown.
    """

    deed: Deed
    because: str = ""
    cancelled_by: str = By.HOST
    of: str = ""


def seen_of(seen: HandoverView) -> str:
    """When the meeting is: what is said of it elsewhen is said of another meeting."""
    return seen.record.starts_at.isoformat() if seen.record.starts_at else ""


def say(connection: Connection, desk: Desk, token: str, said: Said, now: datetime) -> None:
    """Do what the rep of a link says.

    Raises:
        HandoverError: the link holds no more, or the meeting is not theirs.
        MeetingError: that cannot be, as the meeting stands.
    """
    seen = view(connection, desk, token, now)
    number, by = seen.meeting, f"{seen.person} (link)"
    if said.of and said.of != seen_of(seen) and seen.may_accept:
        raise HandoverError("The meeting was moved meanwhile. Does its new time suit you?")
    if said.deed is Deed.ACCEPT:
        accept(connection, desk, token, by, now)
    elif said.deed is Deed.REFUSE:
        refuse(connection, desk, token, by, now, said.because)
    elif seen.state is not HandoverState.ACCEPTED:
        raise HandoverError("This meeting is not yours, so you cannot say what became of it.")
    elif said.deed is Deed.CANCEL:
        called_off = CalledOff(said.cancelled_by, said.because)
        by_hand.cancel(connection, desk, number, called_off, by, now)
    else:
        _OUTCOMES[said.deed](connection, desk, number, by, now)
