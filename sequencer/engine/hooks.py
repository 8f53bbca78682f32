"""Webhooks of booking tools: stored before they are answered, then worked through once."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from sequencer.domain.enrollment import FinishReason
from sequencer.domain.event import Stopped
from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.meeting import (
    BookingEvent,
    BookingKind,
    DeliveryError,
    MeetingState,
    state_after,
)
from sequencer.engine.desk import Desk
from sequencer.engine.react import stop_person
from sequencer.store import enrollments, hooks, ledger, meetings, prospects
from sequencer.store.database import Connection
from sequencer.store.prospects import StoredProspect

log = structlog.get_logger()

Verify = Callable[[Mapping[str, str], bytes, datetime], bool]
Read = Callable[[bytes], BookingEvent]


@dataclass(frozen=True, slots=True)
class Source:
    """A booking tool: how its signature is checked, how a delivery is read."""

    name: str
    verify: Verify
    read: Read


def store_delivery(connection: Connection, source: Source, body: bytes, now: datetime) -> bool:
    """Whether the delivery is new. The caller has verified the signature over these bytes."""
    return hooks.add(connection, source.name, delivery_key(source, body), body, now)


def delivery_key(source: Source, body: bytes) -> str:
    """What makes two deliveries the same: the event they tell of, or else their bytes."""
    try:
        told = source.read(body).delivery_key.encode()
    except DeliveryError:
        told = body
    return hashlib.sha256(told).hexdigest()


def apply_delivery(
    connection: Connection,
    desk: Desk,
    sources: Mapping[str, Source],
    delivery_id: int,
    now: datetime,
) -> None:
    """Do what one stored delivery says; one that cannot be understood is kept as failed."""
    delivery = hooks.take(connection, delivery_id)
    if delivery is None:
        return
    problem = ""
    source = sources.get(delivery.source)
    if source is None:
        problem = f"{delivery.source} is not in the settings"
    else:
        try:
            _apply(connection, desk, source.read(delivery.body), now)
        except DeliveryError as error:
            problem = str(error) or "not understood"
    if problem:
        log.warning("hook_failed", source=delivery.source, problem=problem)
    hooks.finish(connection, delivery.id, problem)


def _apply(connection: Connection, desk: Desk, event: BookingEvent, now: datetime) -> None:
    person = _person(connection, event)
    state = _save(connection, event, person, now)
    if person is None or state is None:
        return
    starts = f" for {event.starts_at:%Y-%m-%d %H:%M} UTC" if event.starts_at else ""
    moved = " (moved)" if event.previous_key else ""
    detail = f"{event.kind}{moved} through {event.source}{starts}"
    ledger.write(connection, Entry(now, Kind.MEETING, detail, prospect_id=person.id))
    if event.kind is BookingKind.BOOKED:
        stop = Stopped(FinishReason.MEETING_BOOKED)
        stop_person(connection, desk, person.id, stop, detail, now)


def _save(
    connection: Connection, event: BookingEvent, person: StoredProspect | None, now: datetime
) -> MeetingState | None:
    """State of the meeting after the event, as stored; None where there is no meeting in it."""
    known = meetings.find(connection, event.source, event.meeting_key)
    state = state_after(known.state if known else None, event.kind)
    if state is None or event.kind is BookingKind.RESCHEDULED_AWAY:
        return None
    if known is not None and known.meeting_key != event.meeting_key:
        return state  # it has been moved on meanwhile: this is old news of the same meeting
    meeting = meetings.Meeting(
        source=event.source,
        meeting_key=event.meeting_key,
        previous_key=event.previous_key or (known.previous_key if known else ""),
        state=state,
        email=event.email,
        prospect_id=person.id if person else None,
        starts_at=event.starts_at or (known.starts_at if known else None),
    )
    meetings.save(connection, meeting, now)
    return state


def _person(connection: Connection, event: BookingEvent) -> StoredProspect | None:
    """Who booked: by the token that our booking link carries, else by the address."""
    stored = enrollments.by_key(connection, event.token) if event.token else None
    if stored is not None:
        return prospects.get(connection, stored.prospect_id)
    return prospects.find(connection, event.email)
