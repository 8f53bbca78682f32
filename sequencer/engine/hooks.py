"""Webhooks of booking tools: stored before they are answered, then worked through once."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from sequencer.domain.enrollment import FinishReason
from sequencer.domain.event import Stopped
from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.meeting import BookingEvent, BookingKind, DeliveryError
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


def work_through(
    connection: Connection, desk: Desk, sources: Mapping[str, Source], now: datetime
) -> int:
    """How many stored deliveries were worked through, in this one transaction."""
    waiting = hooks.waiting(connection)
    for delivery in waiting:
        problem = ""
        source = sources.get(delivery.source)
        if source is None:
            problem = f"{delivery.source} is not in the settings"
        else:
            try:
                _apply(connection, desk, source.read(delivery.body), now)
            except DeliveryError as error:
                problem = str(error)
                log.warning("hook_not_understood", source=delivery.source, problem=problem)
        hooks.finish(connection, delivery.id, problem)
    return len(waiting)


_STATES = {
    BookingKind.BOOKED: "booked",
    BookingKind.CANCELLED: "cancelled",
    BookingKind.NO_SHOW: "no_show",
    BookingKind.NO_SHOW_UNDONE: "booked",
}


def _apply(connection: Connection, desk: Desk, event: BookingEvent, now: datetime) -> None:
    state = _STATES.get(event.kind)
    if state is None:
        return
    person = _person(connection, event)
    meeting = meetings.Meeting(
        source=event.source,
        meeting_key=event.meeting_key,
        state=state,
        email=event.email,
        prospect_id=person.id if person else None,
        starts_at=event.starts_at,
    )
    meetings.save(connection, meeting, event.previous_key, now)
    if person is None:
        return
    starts = f" for {event.starts_at:%Y-%m-%d %H:%M} UTC" if event.starts_at else ""
    moved = " (moved)" if event.previous_key else ""
    detail = f"{state}{moved} through {event.source}{starts}"
    ledger.write(connection, Entry(now, Kind.MEETING, detail, prospect_id=person.id))
    if event.kind is BookingKind.BOOKED:
        stop = Stopped(FinishReason.MEETING_BOOKED)
        stop_person(connection, desk, person.id, stop, detail, now)


def _person(connection: Connection, event: BookingEvent) -> StoredProspect | None:
    """Who booked: by the token that our booking link carries, else by the address."""
    stored = enrollments.by_key(connection, event.token) if event.token else None
    if stored is not None:
        return prospects.get(connection, stored.prospect_id)
    return prospects.find(connection, event.email)
