"""Where does a meeting stand, after all that was told about it in whatever order it came?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sequencer.domain.booking import (
    BY_HAND,
    CALENDAR,
    FEED,
    ON,
    BookingEvent,
    BookingKind,
    DeliveryError,
)
from sequencer.domain.meeting_order import Stream, Told, in_order
from sequencer.domain.transition import Table, table

__all__ = [
    "CALENDARS",
    "SAME_TIME",
    "TRANSITIONS",
    "BookingEvent",
    "BookingKind",
    "DeliveryError",
    "MeetingEvent",
    "MeetingNow",
    "MeetingState",
    "meeting_now",
]

SAME_TIME: Final = timedelta(minutes=5)  # calendars and tools round; nobody is at two meetings


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
# What takes a meeting away at the time that whoever tells it knows of.
_FALLS = frozenset({MeetingEvent.CANCEL, MeetingEvent.REJECT, MeetingEvent.ASK_AGAIN})
CALENDARS = frozenset({CALENDAR, FEED})
# Whose name a meeting goes by: a tool that made it before the calendars that show it.
_LESSER = {FEED: 1, CALENDAR: 2, BY_HAND: 3}

_WHERE = frozenset({"link", "place"})  # where a rep will go


@dataclass(frozen=True, slots=True)
class MeetingNow:
    """A meeting as all that was told makes it.

    Attributes:
        latest: what its own source told last of it as it is now; its keys are the meeting's.
        told: everything that counts, in the order it happened.
        starts_at: when it is, as far as that was told since it was last moved.
        missed: addresses, in lower case, of those who did not come; empty for who is not named.
    """

    state: MeetingState
    latest: BookingEvent
    told: tuple[BookingEvent, ...]
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    missed: frozenset[str] = frozenset()

    def text(self, name: str) -> str:
        """The last that was told under that name of an event; empty where nothing was."""
        return _last(self.told, name) or ""

    def addresses(self, name: str) -> tuple[str, ...]:
        """The same for the guests or the hosts."""
        return _last(self.told, name) or ()


def meeting_now(told: Iterable[BookingEvent]) -> MeetingNow | None:
    """What a set of events about one meeting, under whatever keys it had, makes of it.

    It is put into the order in which things happened, so neither the order in which it came nor how
    often counts. None where nothing of it tells of a meeting.
    """
    ordered = in_order({each for each in told if each.kind in _TOLD})
    if not ordered:
        return None
    course = _Course()
    for each in ordered:
        course.take(each)
    counts = tuple(course.told)
    sources = sorted(
        {each.source for each in counts}, key=lambda name: (_LESSER.get(name, 0), name)
    )
    latest = next(each for each in reversed(counts) if each.source == sources[0])
    return MeetingNow(
        state=course.state,
        latest=latest,
        told=counts,
        starts_at=course.time.starts_at,
        ends_at=course.time.ends_at,
        missed=frozenset(course.missed),
    )


def _last(told: Sequence[BookingEvent], name: str) -> Any:
    """The last value under that name; the word of a source that is verified outweighs another.

    A mail that tells of a later change counts for more, but not where somebody is led by it.
    """
    found = [each for each in reversed(told) if getattr(each, name)]
    verified = next((each for each in found if each.verified), None)
    if verified is None:
        return getattr(found[0], name) if found else None
    outweighs = name not in _WHERE and _is_later_revision(found[0], told)
    return getattr(found[0] if outweighs else verified, name)


def _is_later_revision(event: BookingEvent, told: Iterable[BookingEvent]) -> bool:
    """Whether it tells of a change that its own source had not told of before."""
    own = (each.revision for each in told if each.source == event.source and each is not event)
    return event.revision > max(own, default=event.revision)


@dataclass(slots=True)
class _Time:
    """When the meeting is, and who said so."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    by: BookingEvent | None = None
    known: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def is_old_news(self, event: BookingEvent) -> bool:
        """Whether a calendar takes away an entry at a time at which the meeting is no more.

        Tools that move a meeting take the old entry out of the calendar, and put in a new one.
        """
        said = event.starts_at or self.known.get((event.source, event.meeting_key))
        if event.source not in CALENDARS or said is None or self.starts_at is None:
            return False
        return abs(said - self.starts_at) > SAME_TIME

    def forget(self) -> None:
        """A meeting that was moved is no more when it was."""
        self.starts_at = self.ends_at = self.by = None

    def take(self, event: BookingEvent, told: Sequence[BookingEvent]) -> None:
        """Only what is new at its source says that the meeting is at another time."""
        where = event.source, event.meeting_key
        said, before = event.starts_at, self.known.get(where)
        if said is not None:
            self.known[where] = said
        is_news = said is not None and said != before
        if said is not None and (self.starts_at is None or (is_news and self._yields(event, told))):
            same = said == self.starts_at
            self.starts_at, self.by = said, event
            self.ends_at = event.ends_at or (self.ends_at if same else None)
        elif self.ends_at is None and (said is None or said == self.starts_at):
            self.ends_at = event.ends_at

    def _yields(self, event: BookingEvent, told: Sequence[BookingEvent]) -> bool:
        if event.verified or self.by is None or not self.by.verified:
            return True
        return _is_later_revision(event, told)


@dataclass(slots=True)
class _Course:
    """What has become of the meeting, event by event."""

    state: MeetingState = MeetingState.REQUESTED
    time: _Time = field(default_factory=_Time)
    told: list[BookingEvent] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    missed: set[str] = field(default_factory=set)
    sure: set[Stream] = field(default_factory=set)  # by whose word it is on

    def take(self, each: Told) -> None:
        """Take what happened next."""
        told, event = each.event, _TOLD[each.event.kind]
        if event in _FALLS and self.time.is_old_news(told):
            return
        before = self.keys.get(told.source, told.meeting_key)
        self.keys[told.source] = told.meeting_key
        if told.meeting_key != before and self._is_moved(told, event):
            event = MeetingEvent.MOVE
            self.time.forget()
        self.time.take(told, self.told)
        self.told.append(told)
        if self._counts(each, event):
            self.state = TRANSITIONS[self.state][event] or self.state

    def _is_moved(self, told: BookingEvent, event: MeetingEvent) -> bool:
        """Whether a key that is new to its source is the meeting at another time.

        A calendar has as many entries for one meeting as people have sent invitations.
        """
        if event not in {MeetingEvent.BOOK, MeetingEvent.MOVE}:
            return False
        return told.source not in CALENDARS or bool(told.previous_key)

    def _counts(self, each: Told, event: MeetingEvent) -> bool:
        told = each.event
        if event is MeetingEvent.ATTEND:
            return self._has_come(told)
        if event is MeetingEvent.MISS:
            self.missed.add(told.email.casefold())
        elif event is not MeetingEvent.HOLD:
            self.missed.clear()
        if event in _FALLS:
            return self._falls(each.stream)
        if told.kind in ON:
            self.sure.add(each.stream)
        elif event is MeetingEvent.REQUEST:
            self.sure.discard(each.stream)
            return not self.sure  # what one has only asked for, another knows to be on
        return True

    def _falls(self, stream: Stream) -> bool:
        """Whether the meeting is off: who booked it twice at a tool has taken back one of both."""
        self.sure.discard(stream)
        source = stream[0]
        if source not in CALENDARS and any(each[0] == source for each in self.sure):
            return False
        self.sure.clear()
        return True

    def _has_come(self, told: BookingEvent) -> bool:
        """Whether nobody is missing any more; who names nobody means everybody."""
        if told.email:
            self.missed.discard(told.email.casefold())
        else:
            self.missed.clear()
        return not self.missed
