"""What something that was told has made of a meeting."""

from dataclasses import dataclass

from sequencer.domain.booking import BookingEvent
from sequencer.domain.meeting import MeetingState
from sequencer.store.meetings import Meeting


@dataclass(frozen=True, slots=True)
class MeetingChange:
    """A meeting as it is now, and as it was.

    Attributes:
        before: where it stood; None where it was not known, or not as one.
        people: numbers of those of whom it was told.
        was: the meeting as it was stored before; None where it was not known.
    """

    meeting: Meeting
    before: MeetingState | None
    event: BookingEvent
    people: tuple[int, ...]
    was: Meeting | None = None
