"""Meetings in words: when they are in both zones, where they stand, what was told of them."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sequencer.cli.paragraph import Line, harmless
from sequencer.domain.booking import BookingKind, By
from sequencer.domain.meeting import MeetingState
from sequencer.domain.spoken_time import full_time, short_time, zone_words

if TYPE_CHECKING:
    from sequencer.domain.prospect import Prospect
    from sequencer.engine.meeting_page import Meeting, MeetingPage, MeetingView, Word

HEADINGS = ("no", "when", "state", "person", "company", "cadence", "with", "what")
_MARGIN = 12
_STATES = {
    MeetingState.REQUESTED: "asked for",
    MeetingState.NO_SHOW: "nobody came",
    MeetingState.REJECTED: "refused",
    MeetingState.ASKED_AGAIN: "needs another time",
}
_AFTERWARDS = frozenset({"held", "no-show"})
_NEXT = {
    MeetingState.REQUESTED: ("confirm", "cancel"),
    MeetingState.BOOKED: ("move", "cancel", "held", "no-show"),
    MeetingState.HELD: ("no-show",),
    MeetingState.NO_SHOW: ("came", "move"),
    MeetingState.CANCELLED: ("move",),
    MeetingState.REJECTED: ("move",),
    MeetingState.ASKED_AGAIN: ("move", "cancel"),
}


def cells(view: "MeetingView", own: ZoneInfo, now: datetime) -> tuple[str, ...]:
    """One line of the list."""
    meeting, person = view.meeting, view.person
    name = f"{person.first_name} {person.last_name}".strip() if person else ""
    said = (
        str(meeting.id),
        when_words(meeting, person, own, now),
        state_words(meeting),
        name or meeting.email or "-",
        (person.company if person else "") or "-",
        view.cadence or "-",
        (view.handover.rep if view.handover else meeting.host) or "-",
        meeting.title or meeting.event_type or meeting.place or "-",
    )
    return tuple(map(harmless, said))


def when_words(meeting: "Meeting", person: "Prospect | None", own: ZoneInfo, now: datetime) -> str:
    """`Tue 1 Dec 10:00 Madrid time, 04:00 New York time`: theirs, then ours where it differs."""
    at = meeting.starts_at
    if at is None:
        return "not known"
    theirs = _zone_of(meeting, person, own)
    words = f"{_short(at, theirs, now)} {zone_words(theirs)}"
    if at.astimezone(own).utcoffset() == at.astimezone(theirs).utcoffset():
        return words
    same_day = at.astimezone(own).date() == at.astimezone(theirs).date()
    ours = f"{at.astimezone(own):%H:%M}" if same_day else _short(at, own, now)
    return f"{words}, {ours} {zone_words(own)}"


def state_words(meeting: "Meeting") -> str:
    """Where it stands."""
    if meeting.moved_to is not None:
        return f"moved to {meeting.moved_to}"
    words = _STATES.get(meeting.state, str(meeting.state))
    if meeting.state is MeetingState.CANCELLED and meeting.cancelled_by:
        words = f"{words} by {'us' if meeting.cancelled_by == By.HOST else 'them'}"
    if meeting.state is MeetingState.BOOKED and not meeting.verified:
        words = f"{words}, not confirmed"
    return f"{words}, left out" if meeting.left_out else words


def page_lines(page: "MeetingPage", own: ZoneInfo, now: datetime) -> Iterator[Line]:
    """Everything about one meeting."""
    meeting = page.view.meeting
    title = f": {meeting.title}" if meeting.title else ""
    yield Line(f"Meeting {meeting.id}{title}", style="bold")
    for label, value in _facts(page, own, now):
        if value:
            yield Line(value, f"  {label:<{_MARGIN}}")
    yield Line()
    yield Line("What was told of it:", style="bold")
    for word in page.told:
        at = full_time(word.at, own, now)
        yield Line(_word(word, own, now), f"  {at}  ")
    if page.follow_ups:
        yield Line()
        yield Line("What follows from it:", style="bold")
    for each in page.follow_ups:
        yield Line(each.sentence, f"  {full_time(each.due_at, own, now)}  ")
    if next_ := next_words(meeting, now):
        yield Line()
        yield Line(next_)


def next_words(meeting: "Meeting", now: datetime) -> str:
    """What may be said of it now; nothing of one that does not count."""
    if meeting.left_out:
        return ""
    if meeting.moved_to is not None:
        return f"Next: sequencer meeting show {meeting.moved_to}"
    has_begun = meeting.starts_at is None or meeting.starts_at <= now
    names = [name for name in _NEXT[meeting.state] if has_begun or name not in _AFTERWARDS]
    if meeting.prospect_id is None:
        names.insert(0, "credit")
    elif meeting.state is MeetingState.BOOKED and not meeting.verified:
        names.insert(0, "confirm")
    return "Next: " + ", ".join(f"sequencer meeting {name} {meeting.id}" for name in names)


def _facts(page: "MeetingPage", own: ZoneInfo, now: datetime) -> Iterator[tuple[str, str]]:
    view, meeting = page.view, page.view.meeting
    yield "state", state_words(meeting)
    yield "when", f"{when_words(meeting, view.person, own, now)}{_length(view)}"
    yield "person", _who(view)
    yield "booked as", meeting.email
    yield "also", ", ".join(page.aliases)
    yield "credited", f"{view.cadence or 'no cadence'}, by {meeting.credited_by or 'nobody'}"
    yield "with", meeting.host
    if view.handover is not None:
        yield "handover", f"{view.handover.rep}, {view.handover.state}"
    yield "kind", meeting.event_type
    yield "place", meeting.place
    yield "link", meeting.link
    yield "because", meeting.cancel_reason
    yield "instead of", ", ".join(map(str, page.in_place_of))
    yield "left out", meeting.left_out
    yield "told by", ", ".join(dict.fromkeys(each.event.source for each in page.told))


def _who(view: "MeetingView") -> str:
    person = view.person
    if person is None:
        return "nobody that we know"
    name = " ".join(filter(None, (person.first_name, person.last_name)))
    who = ", ".join(filter(None, (name, person.company)))
    return f"{who} <{person.email}>" if who else person.email


def _word(word: "Word", own: ZoneInfo, now: datetime) -> str:
    event = word.event
    starts = f" for {full_time(event.starts_at, own, now)}" if event.starts_at else ""
    by = f" by {'us' if event.cancelled_by == By.HOST else 'them'}" if event.cancelled_by else ""
    why = f": {event.cancel_reason}" if event.cancel_reason else ""
    note = f" ({event.note})" if event.note else ""
    old = "" if word.counts else ", which counts no more"
    what = _KINDS.get(event.kind, str(event.kind))
    return f"{what}{by}{starts}, {event.source.replace('_', ' ')}{why}{note}{old}"


_KINDS = {
    BookingKind.ASKED_AGAIN: "another time asked for",
    BookingKind.NO_SHOW: "nobody came",
    BookingKind.NO_SHOW_UNDONE: "came after all",
    BookingKind.RESCHEDULED: "moved",
}


def _length(view: "MeetingView") -> str:
    meeting = view.meeting
    if meeting.starts_at is None or meeting.ends_at is None:
        return ""
    minutes = int((meeting.ends_at - meeting.starts_at).total_seconds() // 60)
    return f", {minutes} minutes" if minutes > 0 else ""


def _zone_of(meeting: "Meeting", person: "Prospect | None", own: ZoneInfo) -> ZoneInfo:
    """The prospect's zone: as the booking has it, else as the import has it, else our own."""
    for name in (meeting.tz, person.timezone if person else ""):
        try:
            if name:
                return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return own


def _short(at: datetime, tz: ZoneInfo, now: datetime) -> str:
    today = at.astimezone(tz).date() == now.astimezone(tz).date()
    return f"today {short_time(at, tz, now)}" if today else short_time(at, tz, now)


def as_object(view: "MeetingView") -> dict[str, object]:
    """The meeting for scripts."""
    meeting, person = view.meeting, view.person
    return {
        "number": meeting.id,
        "state": meeting.state,
        "source": meeting.source,
        "verified": meeting.verified,
        "starts_at": meeting.starts_at,
        "ends_at": meeting.ends_at,
        "tz": meeting.tz,
        "prospect": person.email if person else None,
        "email": meeting.email,
        "cadence": view.cadence or None,
        "credited_by": meeting.credited_by or None,
        "title": meeting.title,
        "event_type": meeting.event_type,
        "place": meeting.place,
        "link": meeting.link,
        "host": meeting.host,
        "rep": view.handover.rep if view.handover else None,
        "cancelled_by": meeting.cancelled_by or None,
        "cancel_reason": meeting.cancel_reason,
        "moved_to": meeting.moved_to,
        "left_out": meeting.left_out,
    }


def page_as_object(page: "MeetingPage") -> dict[str, object]:
    """The meeting with what was told of it, for scripts."""
    return {
        **as_object(page.view),
        "instead_of": page.in_place_of,
        "told": [
            {
                "at": each.at,
                "kind": each.event.kind,
                "source": each.event.source,
                "verified": each.event.verified,
                "starts_at": each.event.starts_at,
                "cancelled_by": each.event.cancelled_by or None,
                "note": each.event.note,
                "counts": each.counts,
            }
            for each in page.told
        ],
        "follow_ups": [
            {
                "case": each.case,
                "what": each.what,
                "prospect": each.prospect,
                "cadence": each.cadence or None,
                "state": each.state,
                "at": each.due_at,
                "why": each.why or None,
            }
            for each in page.follow_ups
        ],
    }
