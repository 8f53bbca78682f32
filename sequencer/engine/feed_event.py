"""What is told of a meeting by an event in a rep's calendar: once, as long as it stays as it is."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog

from sequencer.domain.booking import FEED, BookingEvent, BookingKind, By
from sequencer.domain.feed_meeting import FeedMeeting
from sequencer.engine.bookings import take_in
from sequencer.engine.desk import Desk
from sequencer.store import seen_events
from sequencer.store.database import Connection
from sequencer.store.seen_events import SeenEvent

log = structlog.get_logger()

_ENDED = frozenset({BookingKind.CANCELLED, BookingKind.REJECTED})


@dataclass(frozen=True, slots=True)
class Where:
    """The calendar that an event is in.

    Attributes:
        name: of the calendar.
        rep: whose it is.
        address: of the rep.
        every: names of all calendars that are looked at: an event may be in several.
    """

    name: str
    rep: str
    address: str
    every: tuple[str, ...]


def take_meeting(
    connection: Connection, desk: Desk, where: Where, meeting: FeedMeeting, now: datetime
) -> bool:
    """Whether the event told anything new of its meeting."""
    event, told = meeting.event, _told(meeting)
    digest = _digest(told)
    before = seen_events.get(connection, where.name, event.key)
    was_gone = before is not None and before.gone_at is not None
    if before is not None and before.digest == digest and not was_gone:
        if before.missing_since is not None:
            seen_events.save(connection, replace(before, missing_since=None))
        return False
    at = _occurred_at(meeting, before, now)
    kept = told | {"at": at.isoformat()}
    seen = SeenEvent(where.name, event.key, digest, event.starts_at, kept)
    seen_events.save(connection, seen)
    if meeting.kind is BookingKind.CANCELLED and (before is None or _has_ended(before)):
        return False  # of a meeting that was never on there is nothing to tell
    again = before.gone_at.isoformat() if before is not None and before.gone_at else ""
    take_in(connection, desk, _event(where, meeting, before, digest + again, at), now)
    return True


def believe_gone(
    connection: Connection, desk: Desk, where: Where, seen: SeenEvent, now: datetime
) -> bool:
    """Whether a meeting that is missing in the calendar was told to be cancelled."""
    seen_events.save(connection, replace(seen, gone_at=now))
    if _has_ended(seen):
        return False
    if seen_events.is_elsewhere(connection, seen.event_key, where.name, where.every):
        return False
    log.info("calendar_event_gone", calendar=where.name)
    told = seen.told
    since = seen.missing_since.isoformat() if seen.missing_since else ""
    event = BookingEvent(
        BookingKind.CANCELLED,
        FEED,
        _key(f"gone {seen.event_key} {seen.digest} {since}"),
        meeting_key=str(told.get("key") or seen.event_key),
        email=str(told.get("email", "")),
        hosts=(where.address,),
        starts_at=seen.starts_at,
        uid=str(told.get("key") or seen.event_key),
        revision=int(told.get("revision", 0)),
        cancelled_by=By.HOST,
        cancel_reason="it is no longer in the calendar",
        occurred_at=now,
        verified=bool(told.get("is_sure", True)),
    )
    return take_in(connection, desk, event, now) is not None


def _event(
    where: Where, meeting: FeedMeeting, before: SeenEvent | None, digest: str, at: datetime
) -> BookingEvent:
    event, kind = meeting.event, meeting.kind
    was_gone = before is not None and before.gone_at is not None
    is_moved = before is not None and not was_gone and before.starts_at != event.starts_at
    if kind is BookingKind.BOOKED and is_moved and before is not None and not _has_ended(before):
        kind = BookingKind.RESCHEDULED
    return BookingEvent(
        kind,
        FEED,
        _key(f"{event.key} {digest}"),
        meeting_key=event.key,
        email=meeting.email,
        name=meeting.name,
        guests=meeting.guests,
        hosts=(where.address,),
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        tz=event.tz,
        title=event.title,
        link=event.link,
        place=event.place,
        uid=event.key,  # each instance of what repeats is a meeting of its own
        revision=event.revision,
        cancelled_by=meeting.by,
        occurred_at=at,
        verified=meeting.is_sure,
    )


def _occurred_at(meeting: FeedMeeting, before: SeenEvent | None, now: datetime) -> datetime:
    """When the event became as it is: as it says, unless it had said so of what it was before."""
    changed_at = min(meeting.event.changed_at or now, now)
    if before is None:
        return changed_at
    known = str(before.told.get("at", ""))
    is_news = before.gone_at is None and known and changed_at > datetime.fromisoformat(known)
    return changed_at if is_news else now


def _told(meeting: FeedMeeting) -> dict[str, Any]:
    """What an event says of its meeting, and nothing that changes with each download."""
    event = meeting.event
    return {
        "kind": meeting.kind.value,
        "key": event.key,
        "email": meeting.email,
        "guests": sorted(meeting.guests),
        "starts_at": event.starts_at.isoformat(),
        "ends_at": event.ends_at.isoformat(),
        "revision": event.revision,
        "title": event.title,
        "place": event.place,
        "link": event.link,
        "is_sure": meeting.is_sure,
    }


def _has_ended(seen: SeenEvent) -> bool:
    return seen.told.get("kind") in _ENDED


def _digest(told: Mapping[str, Any]) -> str:
    return _key(json.dumps(told, sort_keys=True))


def _key(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
