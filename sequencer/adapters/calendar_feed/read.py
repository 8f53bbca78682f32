"""What does a calendar hold within some weeks (RFC 5545): each event, each instance, its people?"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from sequencer.adapters.calendar_feed.blocks import blocks_of
from sequencer.adapters.calendar_feed.repeat import starts_of
from sequencer.domain.feed import FeedEvent, FeedReading, Guest, Window
from sequencer.domain.recurrence import Patience
from sequencer.mail.calendar_component import Component, read_components
from sequencer.mail.calendar_event import CalendarEvent, read_event
from sequencer.mail.calendar_person import CalendarPerson
from sequencer.mail.calendar_time import utc_of
from sequencer.mail.calendar_zone import Zones, zones_of

MOST_EVENTS = 5_000  # of a reading, with all their instances
MOST_ODDITIES = 20
MOST_GUESTS = 200
_TOOLS = (
    "calendly.com/",
    "cal.com/booking",
    "app.cal.com/",
    "savvycal.com/",
    "zcal.co/",
    "chilipiper.com/",
    "meetings.hubspot.com/",
    "scheduler.zoom.us/",
)


def read_calendars(contents: Iterable[bytes], window: Window, tz: str) -> FeedReading:
    """What several objects hold together; a server of calendars has one for each event.

    Args:
        contents: what was fetched.
        window: what takes place then is told.
        tz: the zone of those times that name none, where the calendar names none either.
    """
    reader = _Reader(window)
    for content in contents:
        reader.read(content, tz)
    shown = tuple(reader.oddities)[:MOST_ODDITIES]
    events, keys = tuple(reader.events.values()), frozenset(reader.keys)
    is_whole, later = reader.is_whole, tuple(reader.later)
    return FeedReading(events, reader.held, keys, shown, is_whole=is_whole, later=later)


@dataclass(slots=True)
class _Reader:
    """What was found so far; once there is too much of it, no more is looked for."""

    window: Window
    patience: Patience = field(default_factory=Patience)
    events: dict[str, FeedEvent] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    oddities: dict[str, None] = field(default_factory=dict)
    later: list[FeedEvent] = field(default_factory=list)
    held: int = 0
    is_whole: bool = True

    def read(self, content: bytes, tz: str) -> None:
        """Read one object more."""
        blocks = blocks_of(content, self.window)
        self.held += blocks.held
        self.keys |= blocks.uids
        zones = _zones(blocks.around, tz)
        found = [each for block in blocks.events if (each := _component(block)) is not None]
        read = [(each, read_event(each, "", "", zones)) for each in found]
        self.keys |= {event.key for _, event in read}
        for event in self._events(read, zones):
            if not self.window.touches(event.starts_at, event.ends_at):
                if event.starts_at >= self.window.until and len(self.later) < MOST_EVENTS:
                    self.later.append(event)
                continue
            if len(self.events) >= MOST_EVENTS:
                self.is_whole = False
                break
            self.events.setdefault(event.key, event)
        self.is_whole = self.is_whole and self.patience.left >= 0
        if not self.is_whole:
            self.oddities["there are too many events, and not all were read"] = None

    def _events(
        self, read: Sequence[tuple[Component, CalendarEvent]], zones: Zones
    ) -> Iterator[FeedEvent]:
        """First what stands for single instances, then all the others."""
        replaced = {event.key for _, event in read if event.uid and event.recurrence_id}
        for component, event in sorted(read, key=lambda pair: not pair[1].recurrence_id):
            if not event.uid:
                self.oddities["an event without a UID was left out"] = None
            elif event.starts_at is None:
                what = f"{_called(event.summary)} was left out: nobody can tell when it is"
                self.oddities[what] = None
            elif event.recurrence_id:
                yield _event(component, event, zones)
            else:
                every = self._instances(component, _event(component, event, zones), zones)
                yield from (each for each in every if each.key not in replaced)

    def _instances(
        self, component: Component, whole: FeedEvent, zones: Zones
    ) -> Iterator[FeedEvent]:
        """The event, or where it repeats, each time that it takes place."""
        lasts = whole.ends_at - whole.starts_at
        early = replace(self.window, since=self.window.since - lasts)
        try:
            starts = starts_of(component, zones, early, self.patience)
        except ValueError as error:
            what = f"how {_called(whole.title)} repeats was not understood, only its first day"
            self.oddities[f"{what} counts: {error}"] = None
            starts = None
        if starts is None:
            yield whole
            return
        for each in starts:
            yield replace(whole, instance=each.name, starts_at=each.at, ends_at=each.at + lasts)


def _zones(around: bytes, tz: str) -> Zones:
    calendars = read_components(around, "utf-8").called("VCALENDAR")
    zones = zones_of(calendars[0]) if calendars else Zones()
    return zones if zones.default else replace(zones, default=tz)


def _component(block: bytes) -> Component | None:
    found = read_components(block, "utf-8").called("VEVENT")
    return found[0] if found else None


def _called(title: str) -> str:
    return f"“{title[:60]}”" if title else "an event without a title"


def _event(component: Component, event: CalendarEvent, zones: Zones) -> FeedEvent:
    starts_at = event.starts_at or datetime.max.replace(tzinfo=UTC)
    organizer = event.organiser.address if event.organiser is not None else ""
    people = [_guest(each) for each in event.attendees[:MOST_GUESTS]]
    described = f"{event.description} {event.place} {event.link}".casefold()
    return FeedEvent(
        uid=event.uid,
        starts_at=starts_at,
        ends_at=max(event.ends_at or starts_at, starts_at),
        instance=event.recurrence_id,
        revision=event.revision,
        changed_at=_changed_at(component, event, zones),
        is_cancelled=event.status == "CANCELLED",
        is_busy=_is_busy(component),
        by_tool=any(tool in described for tool in _TOOLS),
        organizer=organizer,
        guests=tuple(each for each in people if each.address),
        tz=event.tz,
        title=event.summary,
        place=event.place,
        link=event.link,
    )


def _guest(person: CalendarPerson) -> Guest:
    return Guest(person.address, person.name, person.answer, is_person=not person.is_place)


def _changed_at(component: Component, event: CalendarEvent, zones: Zones) -> datetime | None:
    """When it was changed: some calendars put the time of the download into DTSTAMP."""
    line = component.line("LAST-MODIFIED")
    changed_at = utc_of(line, zones) if line is not None else None
    return changed_at or event.stamped_at


def _is_busy(component: Component) -> bool:
    state = component.text("X-MICROSOFT-CDO-BUSYSTATUS", 20).upper()
    return component.text("TRANSP", 20).upper() != "TRANSPARENT" and state != "FREE"
