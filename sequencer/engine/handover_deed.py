"""What a rep says by the link that they have: taken, given back, held, nobody came, cancelled."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sequencer.domain.booking import By
from sequencer.domain.handover import HandoverState
from sequencer.engine import meeting_by_hand as by_hand
from sequencer.engine.desk import Desk
from sequencer.engine.handover_answer import HandoverError, accept, refuse, view
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
    """What is said; why, and who cancelled, where that matters."""

    deed: Deed
    because: str = ""
    cancelled_by: str = By.HOST


def say(connection: Connection, desk: Desk, token: str, said: Said, now: datetime) -> None:
    """Do what the rep of a link says.

    Raises:
        HandoverError: the link holds no more, or the meeting is not theirs.
        MeetingError: that cannot be, as the meeting stands.
    """
    seen = view(connection, desk, token, now)
    number, by = seen.meeting, f"{seen.person} (link)"
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
