"""What a booking service can tell about a meeting, in one form for all of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sequencer.domain.transition import Table, table


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

    REQUESTED = "requested"
    BOOKED = "booked"
    HELD = "held"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


class MeetingEvent(StrEnum):
    """What can happen to a meeting."""

    BOOK = "book"
    MOVE = "move"
    HOLD = "hold"
    CANCEL = "cancel"
    MISS = "miss"
    ATTEND = "attend"


_S, _E = MeetingState, MeetingEvent

# Deliveries come in any order: a booking that arrives after the end of its meeting is late and no
# new one, so it changes nothing; a move names another date, and is.
TRANSITIONS: Table[MeetingState, MeetingEvent] = table(
    MeetingState,
    MeetingEvent,
    {
        _S.REQUESTED: {
            _E.BOOK: _S.BOOKED,
            _E.MOVE: _S.BOOKED,
            _E.HOLD: _S.HELD,
            _E.CANCEL: _S.CANCELLED,
            _E.MISS: _S.NO_SHOW,
            _E.ATTEND: _S.BOOKED,
        },
        _S.BOOKED: {
            _E.BOOK: _S.BOOKED,
            _E.MOVE: _S.BOOKED,
            _E.HOLD: _S.HELD,
            _E.CANCEL: _S.CANCELLED,
            _E.MISS: _S.NO_SHOW,
            _E.ATTEND: _S.BOOKED,
        },
        _S.HELD: {_E.MISS: _S.NO_SHOW, _E.MOVE: _S.BOOKED},
        _S.CANCELLED: {_E.MOVE: _S.BOOKED},
        _S.NO_SHOW: {_E.ATTEND: _S.BOOKED, _E.CANCEL: _S.CANCELLED, _E.MOVE: _S.BOOKED},
    },
)

_TOLD = {
    BookingKind.BOOKED: MeetingEvent.BOOK,
    BookingKind.CANCELLED: MeetingEvent.CANCEL,
    BookingKind.NO_SHOW: MeetingEvent.MISS,
    BookingKind.NO_SHOW_UNDONE: MeetingEvent.ATTEND,
}


def state_after(before: MeetingState | None, kind: BookingKind) -> MeetingState | None:
    """State of a meeting after a delivery, None where the delivery leaves nothing to be known."""
    event = _TOLD.get(kind)
    if event is None:
        return before
    return TRANSITIONS[before or MeetingState.REQUESTED][event] or before
