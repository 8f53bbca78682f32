"""What a rep's calendar holds, whatever it is read by: events with their people, in UTC."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sequencer.domain.outside import OutsideError


class FeedError(OutsideError):
    """A calendar could not be read; the sentence says why."""


@dataclass(frozen=True, slots=True)
class CalendarAddress:
    """Where a calendar is; one of `ics` and `caldav`, and the first of them is a secret."""

    ics: str = field(default="", repr=False)
    caldav: str = ""
    username: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Window:
    """The time that is looked at: from `since` on, up to `until`."""

    since: datetime
    until: datetime

    def touches(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether any of that time is in it; an instant counts as well."""
        return starts_at < self.until and (ends_at > self.since or starts_at >= self.since)


@dataclass(frozen=True, slots=True)
class Guest:
    """Who is invited.

    Attributes:
        answer: as in RFC 5545 section 3.2.12: `ACCEPTED`, `DECLINED`, `NEEDS-ACTION` and others.
        is_person: whether it is no room and no resource.
    """

    address: str
    name: str = ""
    answer: str = ""
    is_person: bool = True


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """An event, or one instance of an event that repeats.

    Attributes:
        instance: which one of those it is, empty for an event that does not repeat.
        revision: its SEQUENCE (RFC 5545 section 3.8.7.4).
        changed_at: when it was last changed; None where the calendar does not tell.
        is_busy: whether it takes the rep's time.
        by_tool: whether a booking tool has made it: then the guest has chosen the time.
    """

    uid: str
    starts_at: datetime
    ends_at: datetime
    instance: str = ""
    revision: int = 0
    changed_at: datetime | None = None
    is_cancelled: bool = False
    is_busy: bool = True
    by_tool: bool = False
    organizer: str = ""
    guests: tuple[Guest, ...] = ()
    tz: str = ""
    title: str = ""
    place: str = ""
    link: str = ""

    @property
    def key(self) -> str:
        """What tells it from all others in its calendar."""
        return f"{self.uid}/{self.instance}" if self.instance else self.uid


FURTHER = timedelta(days=400)  # after a window: how far events are put off


@dataclass(frozen=True, slots=True)
class FeedReading:
    """What was found in a calendar.

    Attributes:
        events: those within the window, none twice.
        held: how many there are at all, outside of the window too where these were told.
        keys: by which they are known, those outside of the window too.
        oddities: what was not understood, for people; the rest was read all the same.
        is_whole: whether nothing was left out for want of room.
        later: events after the window that do not repeat: one of them may have been within it.
    """

    events: tuple[FeedEvent, ...] = ()
    held: int = 0
    keys: frozenset[str] = frozenset()
    oddities: tuple[str, ...] = ()
    is_whole: bool = True
    later: tuple[FeedEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedAnswer:
    """What came of asking for a calendar.

    Attributes:
        mark: to be given with the next question, so that it is told whether anything has changed.
        reading: what is in it; None where nothing has changed.
    """

    mark: str
    reading: FeedReading | None
