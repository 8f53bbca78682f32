"""What something that was told has made of a meeting."""

from dataclasses import dataclass

from sequencer.domain.booking import BookingEvent
from sequencer.domain.meeting import MeetingState
from sequencer.store.meetings import Meeting


@dataclass(frozen=True, slots=True)
class MeetingChange:
    """A meeting as it is now, and as it was.

    Whoever cancels and books again within `meeting_grace.GRACE` has moved the meeting: the one that
    was cancelled has `moved_to` then, and nothing follows from its end. What belonged to it goes on
    with the one that was booked, which is told by `instead_of`, once, in whichever order the two
    were told: with the booking where the cancel is known; else in a second change right after the
    one of the cancel, with `before` as the state of the meeting, in which nothing else changes.

    Attributes:
        before: where it stood; None where it was not known, or not as one.
        people: numbers of those of whom it was told.
        was: the meeting as it was stored before; None where it was not known.
        instead_of: the meeting that was cancelled and goes on as this one, as just found out.
    """

    meeting: Meeting
    before: MeetingState | None
    event: BookingEvent
    people: tuple[int, ...]
    was: Meeting | None = None
    instead_of: Meeting | None = None
