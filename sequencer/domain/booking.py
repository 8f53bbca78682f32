"""What is told about a meeting by a booking tool, a calendar or a person, in one form for all."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sequencer.domain.outside import OutsideError


class BookingKind(StrEnum):
    """What happened to the meeting, in the order it is believed where no times are told."""

    REQUESTED = "requested"  # somebody has to confirm it
    BOOKED = "booked"
    RESCHEDULED = "rescheduled"  # the same meeting at another time, under the same key or a new one
    RESCHEDULED_AWAY = "rescheduled_away"  # the old half of a move: the meeting goes on elsewhere
    ASKED_AGAIN = "asked_again"  # the host asks for another time: not a meeting that is lost
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    NO_SHOW_UNDONE = "no_show_undone"
    HELD = "held"
    OTHER = "other"


class By(StrEnum):
    """Who cancelled a meeting."""

    HOST = "host"
    INVITEE = "invitee"


# The sources that are no booking tools.
CALENDAR = "calendar"  # mails that we read: whoever wrote them is not verified
FEED = "feed"  # the calendar of a rep
BY_HAND = "by_hand"  # a person of ours

# What tells of a meeting that is on, or was: no cadence goes on beside it.
ON = frozenset({BookingKind.BOOKED, BookingKind.RESCHEDULED, BookingKind.HELD})


@dataclass(frozen=True, slots=True)
class BookingEvent:
    """One thing that was told about one meeting. What is not told is empty.

    Attributes:
        delivery_key: the same for what is told again, different for everything else.
        meeting_key: the meeting at its source.
        previous_key: the meeting that this one replaces: a reschedule is the same meeting, moved.
        email: of the invitee; of whoever did not come, where that is told.
        token: what our own booking link carried, which matches better than any address.
        tz: zone of the invitee, by its IANA name as far as the source has one.
        event_type: what kind of meeting it is at its source.
        link: where to join it.
        uid: of the meeting as calendars know it (RFC 5545 section 3.8.4.7), the same at every
            source.
        revision: how often its organiser had changed it (section 3.8.7.4, SEQUENCE).
        cancelled_by: `host` or `invitee`.
        occurred_at: when it happened at the source, not when it came here.
        verified: whether it is known from whom it comes; not so for what only a mail says.
        note: why nothing follows from it, where nothing does.
        remarks: what the invitee wrote when they booked, for whoever meets them.
    """

    kind: BookingKind
    source: str
    delivery_key: str
    meeting_key: str = ""
    previous_key: str = ""
    email: str = ""
    name: str = ""
    guests: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    token: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    tz: str = ""
    title: str = ""
    event_type: str = ""
    link: str = ""
    place: str = ""
    uid: str = ""
    revision: int = 0
    cancelled_by: str = ""
    cancel_reason: str = ""
    occurred_at: datetime | None = None
    verified: bool = False
    note: str = ""
    remarks: str = ""


class DeliveryError(ValueError):
    """A delivery is not what its source says it sends."""


class AskError(OutsideError):
    """A booking tool did not tell what it was asked; the sentence says why.

    Args:
        why: for people.
        wait: how long it wants to be left alone, where it says so.
        status: of its answer (RFC 9110 section 15); 0 where there was none.
    """

    def __init__(self, why: str, wait: timedelta | None = None, status: int = 0) -> None:
        super().__init__(why, wait)
        self.status = status


@dataclass(frozen=True, slots=True)
class Polled:
    """What a booking tool tells where it is asked for news.

    Attributes:
        mark: how far that was, for the next time.
        events: what its webhooks would have told.
        came: the same of meetings of which nobody says, or no longer, that nobody came.
    """

    mark: str
    events: tuple[BookingEvent, ...] = ()
    came: tuple[BookingEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class Subscription:
    """An order to report to us, as a booking tool tells of it.

    Attributes:
        state: `active` or `disabled`.
        failing_since: since when its deliveries are tried again; None where all is well.
    """

    url: str
    state: str
    failing_since: datetime | None = None
