"""What the pages call the states of meetings and handovers."""

from typing import Final

from markupsafe import Markup

from sequencer.domain.handover import HandoverState
from sequencer.domain.meeting import MeetingState
from sequencer.web.frame import NOTHING

# The words, and how they are coloured.
STATES: Final = {
    MeetingState.REQUESTED: ("Asked for, not confirmed", ""),
    MeetingState.BOOKED: ("Booked", "good"),
    MeetingState.HELD: ("Took place", "good"),
    MeetingState.CANCELLED: ("Cancelled", "bad"),
    MeetingState.NO_SHOW: ("Nobody came", "bad"),
    MeetingState.REJECTED: ("Not confirmed", "bad"),
    MeetingState.ASKED_AGAIN: ("Another time is asked for", ""),
}

HANDOVERS: Final = {
    HandoverState.OFFERED: "offered to",
    HandoverState.ACCEPTED: "with",
    HandoverState.REFUSED: "given back by",
    HandoverState.LAPSED: "not answered by",
    HandoverState.WITHDRAWN: "no longer with",
}


WHO: Final = Markup(
    '<label>Who cancels?<select name="by"><option value="host">One of us</option>'
    '<option value="invitee">The prospect</option></select></label>'
)


def said_with(sentence: str, kind: str) -> Markup:
    """A sentence about what was just done, or could not be."""
    if not sentence:
        return NOTHING
    return Markup('<section class="note"><p class="{}" role="status">{}</p></section>').format(
        kind, sentence
    )
