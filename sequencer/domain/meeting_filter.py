"""Which meetings of a booking tool count? One tool may serve interviews and support as well."""

from dataclasses import dataclass
from datetime import timedelta

from sequencer.domain.booking import BookingKind
from sequencer.domain.meeting import MeetingNow

_SETS_A_TIME = frozenset({BookingKind.REQUESTED, BookingKind.BOOKED, BookingKind.RESCHEDULED})


@dataclass(frozen=True, slots=True)
class MeetingFilter:
    """What the settings of a source say.

    Attributes:
        event_types: by the names that the source has for them; none for all.
        most_days_ahead: how long before it a meeting may be booked; None for any time.
    """

    event_types: frozenset[str] = frozenset()
    most_days_ahead: int | None = None

    def left_out(self, meeting: MeetingNow) -> str:
        """Why the meeting is none of ours, empty where it is."""
        kind = meeting.text("event_type")
        if self.event_types and not kind:
            return "its event type is not known"
        if self.event_types and kind.casefold() not in {
            each.casefold() for each in self.event_types
        }:
            return f"the event type {kind} does not count"
        if self.most_days_ahead is not None and _is_beyond(meeting, self.most_days_ahead):
            return f"it is more than {self.most_days_ahead} days away"
        return ""


EVERY_MEETING = MeetingFilter()


def _is_beyond(meeting: MeetingNow, days: int) -> bool:
    """Whether it was that long before its time when it was set; where unknown, it was not."""
    set_at = [each.occurred_at for each in meeting.told if each.kind in _SETS_A_TIME]
    starts_at = meeting.starts_at
    booked_at = set_at[-1] if set_at else None
    if starts_at is None or booked_at is None:
        return False
    return starts_at - booked_at > timedelta(days=days)
