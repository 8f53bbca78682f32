"""Where does a meeting stand, after all that was told about it in whatever order it came?"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sequencer.domain.booking import BookingEvent, BookingKind, DeliveryError
from sequencer.domain.transition import Table, table

__all__ = [
    "TRANSITIONS",
    "BookingEvent",
    "BookingKind",
    "DeliveryError",
    "MeetingEvent",
    "MeetingNow",
    "MeetingState",
    "meeting_now",
]


class MeetingState(StrEnum):
    """Where a meeting stands."""

    REQUESTED = "requested"
    BOOKED = "booked"
    HELD = "held"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"
    REJECTED = "rejected"
    ASKED_AGAIN = "asked_again"


class MeetingEvent(StrEnum):
    """What can happen to a meeting."""

    REQUEST = "request"
    BOOK = "book"
    MOVE = "move"
    HOLD = "hold"
    CANCEL = "cancel"
    REJECT = "reject"
    ASK_AGAIN = "ask_again"
    MISS = "miss"
    ATTEND = "attend"


_S, _E = MeetingState, MeetingEvent

# As things happen one after another, not as they are told: see `meeting_now`. Tools tell that a
# meeting is over by its clock alone, so `hold` does not outweigh that nobody came.
TRANSITIONS: Table[MeetingState, MeetingEvent] = table(
    MeetingState,
    MeetingEvent,
    {
        _S.REQUESTED: {
            _E.REQUEST: _S.REQUESTED,
            _E.BOOK: _S.BOOKED,
            _E.MOVE: _S.BOOKED,
            _E.HOLD: _S.HELD,
            _E.CANCEL: _S.CANCELLED,
            _E.REJECT: _S.REJECTED,
            _E.ASK_AGAIN: _S.ASKED_AGAIN,
            _E.MISS: _S.NO_SHOW,
            _E.ATTEND: _S.BOOKED,
        },
        _S.BOOKED: {
            _E.REQUEST: _S.REQUESTED,
            _E.BOOK: _S.BOOKED,
            _E.MOVE: _S.BOOKED,
            _E.HOLD: _S.HELD,
            _E.CANCEL: _S.CANCELLED,
            _E.REJECT: _S.REJECTED,
            _E.ASK_AGAIN: _S.ASKED_AGAIN,
            _E.MISS: _S.NO_SHOW,
            _E.ATTEND: _S.BOOKED,
        },
        _S.HELD: {_E.MISS: _S.NO_SHOW, _E.MOVE: _S.BOOKED},
        _S.CANCELLED: {
            _E.REQUEST: _S.REQUESTED,
            _E.BOOK: _S.BOOKED,
            _E.MOVE: _S.BOOKED,
            _E.ASK_AGAIN: _S.ASKED_AGAIN,
        },
        _S.NO_SHOW: {
            _E.MOVE: _S.BOOKED,
            _E.CANCEL: _S.CANCELLED,
            _E.ASK_AGAIN: _S.ASKED_AGAIN,
            _E.ATTEND: _S.BOOKED,
        },
        _S.REJECTED: {_E.REQUEST: _S.REQUESTED, _E.BOOK: _S.BOOKED, _E.MOVE: _S.BOOKED},
        _S.ASKED_AGAIN: {
            _E.REQUEST: _S.REQUESTED,
            _E.BOOK: _S.BOOKED,
            _E.MOVE: _S.BOOKED,
            _E.CANCEL: _S.CANCELLED,
            _E.REJECT: _S.REJECTED,
        },
    },
)

_TOLD = {
    BookingKind.REQUESTED: MeetingEvent.REQUEST,
    BookingKind.BOOKED: MeetingEvent.BOOK,
    BookingKind.RESCHEDULED: MeetingEvent.MOVE,
    BookingKind.ASKED_AGAIN: MeetingEvent.ASK_AGAIN,
    BookingKind.REJECTED: MeetingEvent.REJECT,
    BookingKind.CANCELLED: MeetingEvent.CANCEL,
    BookingKind.NO_SHOW: MeetingEvent.MISS,
    BookingKind.NO_SHOW_UNDONE: MeetingEvent.ATTEND,
    BookingKind.HELD: MeetingEvent.HOLD,
}
_RANK = {kind: number for number, kind in enumerate(BookingKind)}
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class MeetingNow:
    """A meeting as all that was told makes it.

    Attributes:
        latest: what was told last of it as it is now; its keys are the meeting's.
        told: everything, in the order it happened.
    """

    state: MeetingState
    latest: BookingEvent
    told: tuple[BookingEvent, ...]

    def text(self, name: str) -> str:
        """The last that was told under that name of an event; empty where nothing was."""
        return next((value for each in reversed(self.told) if (value := getattr(each, name))), "")

    def addresses(self, name: str) -> tuple[str, ...]:
        """The same for the guests or the hosts."""
        return next((value for each in reversed(self.told) if (value := getattr(each, name))), ())

    def at(self, name: str) -> datetime | None:
        """The same for an instant; what held before the meeting was moved holds no more."""
        own = (each for each in reversed(self.told) if each.meeting_key == self.latest.meeting_key)
        return next((value for each in own if (value := getattr(each, name))), None)


def meeting_now(told: Iterable[BookingEvent]) -> MeetingNow | None:
    """What a set of events about one meeting, under whatever keys it had, makes of it.

    It is put into the order in which things happened, so neither the order in which it came nor how
    often counts. None where nothing of it tells of a meeting.
    """
    ordered = _in_order({each for each in told if each.kind in _TOLD})
    if not ordered:
        return None
    state, key = MeetingState.REQUESTED, ordered[0].meeting_key
    missed: set[str] = set()
    for each in ordered:
        event = _TOLD[each.kind]
        if event is MeetingEvent.MISS:
            missed.add(each.email.casefold())
        elif event is MeetingEvent.ATTEND:
            missed.discard(each.email.casefold())
            if missed:
                continue  # one came after all, and somebody else has not
        elif event is not MeetingEvent.HOLD:
            missed.clear()
        if event is MeetingEvent.BOOK and each.meeting_key != key:
            event = MeetingEvent.MOVE
        state, key = TRANSITIONS[state][event] or state, each.meeting_key
    return MeetingNow(state, ordered[-1], tuple(ordered))


def _in_order(told: Collection[BookingEvent]) -> list[BookingEvent]:
    """What was told of a later key is later; under one key, time decides, and then the kind."""
    links = sorted((each.meeting_key, each.previous_key) for each in told)
    before = dict(links)  # of several, and of none, always the same

    def when(each: BookingEvent) -> tuple[int, datetime, int, str, str]:
        depth, at = _depth(each.meeting_key, before), each.occurred_at or _LONG_AGO
        return depth, at, _RANK[each.kind], each.delivery_key, each.email

    return sorted(told, key=when)


def _depth(key: str, before: Mapping[str, str]) -> int:
    """How often the meeting had been moved when it got that key."""
    passed = {key}
    while (key := before.get(key, "")) and key not in passed:
        passed.add(key)
    return len(passed)
