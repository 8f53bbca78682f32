"""What a booking service can tell about a meeting, in one form for all of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import assert_never


class BookingKind(StrEnum):
    """What happened to the meeting."""

    BOOKED = "booked"
    CANCELLED = "cancelled"
    RESCHEDULED_AWAY = "rescheduled_away"  # the old half of a move: the meeting goes on elsewhere
    NO_SHOW = "no_show"
    NO_SHOW_UNDONE = "no_show_undone"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class BookingEvent:
    """One delivery of a booking service. What it does not say is empty.

    Attributes:
        delivery_key: the same for a delivery that is repeated, different for every other one.
        meeting_key: the meeting at its source.
        previous_key: the meeting that this one replaces: a reschedule is the same meeting, moved.
        token: what our own booking link carried, which matches better than any address.
        cancelled_by: `host` or `invitee`.
    """

    kind: BookingKind
    source: str
    delivery_key: str
    meeting_key: str = ""
    previous_key: str = ""
    email: str = ""
    name: str = ""
    token: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    host_email: str = ""
    cancelled_by: str = ""


class DeliveryError(ValueError):
    """A delivery is not what its source says it sends."""


class MeetingState(StrEnum):
    """Where a meeting stands."""

    BOOKED = "booked"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


def state_after(before: MeetingState | None, kind: BookingKind) -> MeetingState | None:
    """State of a meeting after an event, None where the event leaves nothing to be known.

    Events come in any order: a booking that arrives after its own end is late, not a new one.
    """
    match kind:
        case BookingKind.BOOKED:
            return before or MeetingState.BOOKED
        case BookingKind.CANCELLED:
            return MeetingState.CANCELLED
        case BookingKind.NO_SHOW:
            return before if before is MeetingState.CANCELLED else MeetingState.NO_SHOW
        case BookingKind.NO_SHOW_UNDONE:
            return before if before is MeetingState.CANCELLED else MeetingState.BOOKED
        case BookingKind.RESCHEDULED_AWAY | BookingKind.OTHER:
            return before
        case _ as never:
            assert_never(never)
