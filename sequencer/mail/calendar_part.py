"""Which events does a mail bring, in whatever parts: a calendar's object, or Outlook's own form?

PUBLISH, or no method at all, is a ticket or a date to be noted; that makes no meeting of a mail.
"""

from collections.abc import Iterator
from typing import Final

from sequencer.mail.body_text import Part
from sequencer.mail.calendar_component import Component, read_components
from sequencer.mail.calendar_event import CalendarEvent, read_event
from sequencer.mail.calendar_person import CalendarPerson
from sequencer.mail.calendar_zone import zones_of

MOST_PARTS: Final = 5  # of one mail that are read
MOST_EVENTS: Final = 20
# Not whatever is called .ics: railways and shops attach tickets so, with METHOD or without.
_TYPES = frozenset({"text/calendar", "application/ics"})
_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_NO_MEETING = frozenset({"", "PUBLISH"})
_TNEF_MARK = b"\x78\x9f\x3e\x22"
_TNEF_HEAD = 4_096  # bytes; the class stands among the first attributes
_CLASSES: Final = (
    (b"schedule.meeting.request", "REQUEST", ""),
    (b"schedule.meeting.resp.pos", "REPLY", "ACCEPTED"),
    (b"schedule.meeting.resp.neg", "REPLY", "DECLINED"),
    (b"schedule.meeting.resp.tent", "REPLY", "TENTATIVE"),
    (b"schedule.meeting.canceled", "CANCEL", ""),
    (b"microsoft schedule.mtgreq", "REQUEST", ""),
    (b"microsoft schedule.mtgrespp", "REPLY", "ACCEPTED"),
    (b"microsoft schedule.mtgrespn", "REPLY", "DECLINED"),
    (b"microsoft schedule.mtgrespa", "REPLY", "TENTATIVE"),
    (b"microsoft schedule.mtgcncl", "CANCEL", ""),
)


def read_calendar(parts: tuple[Part, ...]) -> tuple[CalendarEvent, ...]:
    """The events of a mail, each once; most programs attach the same object a second time."""
    found: dict[tuple[object, ...], CalendarEvent] = {}
    objects = [part for part in parts if part.content_type in _TYPES][:MOST_PARTS]
    for event in (each for part in objects for each in _events(part)):
        same = (event.uid, event.revision, event.method, event.recurrence_id, event.stamped_at)
        found.setdefault(same, event)
    if not found:
        return tuple(event for part in parts[:MOST_PARTS] for event in _in_tnef(part))[:1]
    return tuple(found.values())[:MOST_EVENTS]


def _events(part: Part) -> Iterator[CalendarEvent]:
    around = read_components(part.content, part.params.get("charset", ""))
    for calendar in around.called("VCALENDAR")[:MOST_PARTS] or [around]:
        method = calendar.text("METHOD", 100) or part.params.get("method", "")[:100]
        yield from _of_calendar(calendar, method.strip().upper())


def _of_calendar(calendar: Component, method: str) -> Iterator[CalendarEvent]:
    if method in _NO_MEETING:
        return
    product, zones = calendar.text("PRODID", 200), zones_of(calendar)
    for event in calendar.called("VEVENT")[:MOST_EVENTS] or [calendar]:
        yield read_event(event, method, product, zones)


def _in_tnef(part: Part) -> Iterator[CalendarEvent]:
    """What the class of Outlook's form says; the rest of it is not read."""
    is_tnef = part.content_type in _TNEF or part.content.startswith(_TNEF_MARK)
    head = part.content[:_TNEF_HEAD].lower() if is_tnef else b""
    for name, method, answer in _CLASSES:
        if name in head:
            who = (CalendarPerson("", answer=answer),) if answer else ()
            yield CalendarEvent(method, attendees=who, product="TNEF")
            return
