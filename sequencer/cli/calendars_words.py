"""What is in the calendars of reps, in words: which events are meetings, and with whom."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sequencer.cli.paragraph import Line
from sequencer.domain.booking import BookingKind
from sequencer.domain.spoken_time import full_time

if TYPE_CHECKING:
    from sequencer.domain.feed_meeting import FeedMeeting
    from sequencer.engine.feed_check import FeedCheck

MARGIN = "    "
SHOWN = 20  # meetings of a calendar; `--json` has all
HOUR = timedelta(hours=1)
_KINDS: Mapping[BookingKind, str] = {
    BookingKind.BOOKED: "booked",
    BookingKind.REQUESTED: "asked for, not answered yet",
    BookingKind.REJECTED: "declined",
    BookingKind.CANCELLED: "cancelled",
}
NOBODY = (
    "No event names anybody who takes part, so none can be a meeting: take the address that shows "
    "all details, not the one that shows only when the rep is busy."
)


def lines(found: Sequence["FeedCheck"], tz: ZoneInfo, now: datetime) -> Iterator[Line]:
    """What each calendar holds, on the clock of one zone."""
    for number, each in enumerate(found):
        if number:
            yield Line()
        yield Line(f"{each.rep} ({each.name})", style="bold")
        if each.problem:
            yield Line(f"cannot be read: {each.problem}", MARGIN, "red")
        else:
            yield from _calendar(each, tz, now)


def _calendar(found: "FeedCheck", tz: ZoneInfo, now: datetime) -> Iterator[Line]:
    hours = round(found.busy / HOUR)
    yield Line(
        f"{found.events:,} events in the next {found.horizon.days} days, of {found.held:,} in the "
        f"calendar; {hours:,} hours are taken.",
        MARGIN,
    )
    if found.events and found.without_people == found.events:
        yield Line(NOBODY, MARGIN, "yellow")
    elif not found.meetings:
        yield Line("No event has a prospect among those who take part.", MARGIN)
    for each in found.meetings[:SHOWN]:
        yield Line(_meeting(each, tz, now), MARGIN)
    if len(found.meetings) > SHOWN:
        yield Line(f"{len(found.meetings) - SHOWN:,} more", MARGIN)
    for oddity in found.oddities:
        yield Line(oddity, MARGIN, "yellow")


def _meeting(meeting: "FeedMeeting", tz: ZoneInfo, now: datetime) -> str:
    at = full_time(meeting.event.starts_at, tz, now)
    title = f", “{meeting.event.title}”" if meeting.event.title else ""
    return f"{at}: {meeting.email}{title}: {_KINDS.get(meeting.kind, meeting.kind)}"


def as_object(found: "FeedCheck") -> dict[str, object]:
    """The same for programs."""
    return {
        "calendar": found.name,
        "rep": found.rep,
        "horizon_days": found.horizon.days,
        "events": found.events,
        "held": found.held,
        "without_people": found.without_people,
        "busy_hours": round(found.busy / HOUR, 2),
        "meetings": [_object(each) for each in found.meetings],
        "oddities": found.oddities,
        "problem": found.problem,
    }


def _object(meeting: "FeedMeeting") -> dict[str, object]:
    event = meeting.event
    return {
        "kind": meeting.kind,
        "email": meeting.email,
        "guests": meeting.guests,
        "starts_at": event.starts_at,
        "ends_at": event.ends_at,
        "title": event.title,
        "uid": event.uid,
    }
