"""Webhooks of booking tools: stored before they are answered, then worked through once."""

import hashlib
import re
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
from sequencer.engine.hold_back import addresses_in, hold_back, people_named
from sequencer.engine.meeting_matter import follow_up
from sequencer.engine.react import stop_person
from sequencer.store import enrollments, hooks, ledger, meetings, prospects, wake
from sequencer.store.database import Connection, DatabaseError
from sequencer.store.prospects import StoredProspect

log = structlog.get_logger()

_ESCAPE = re.compile(rb"\\(?:u00([2-7][0-9A-Fa-f])|.)", re.DOTALL)

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
    wake.call(connection, [wake.CHORES])
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
        _hold_named(connection, desk, delivery.body, problem, now)
    hooks.finish(connection, delivery.id, problem)


def fail_delivery(
    connection: Connection, desk: Desk, delivery_id: int, problem: str, now: datetime
) -> None:
    """Keep a delivery as failed on which something unforeseen went wrong."""
    delivery = hooks.take(connection, delivery_id)
    if delivery is not None:
        _hold_named(connection, desk, delivery.body, problem, now)
        hooks.finish(connection, delivery_id, problem)


def _hold_named(
    connection: Connection, desk: Desk, body: bytes, problem: str, now: datetime
) -> None:
    """Hold whoever is named in a delivery that may be a booking of theirs."""
    people = people_named(connection, addresses_in(_ESCAPE.sub(_unescaped, body)))
    try:
        with connection.begin_nested():
            hold_back(connection, desk, people, f"a booking that was not read: {problem}", now)
    except DatabaseError:
        raise
    except Exception:
        # Not even that: the delivery is kept as failed all the same, or it would be tried for ever.
        log.exception("hook_held_nobody")


def _unescaped(escape: re.Match[bytes]) -> bytes:
    """What stands for a JSON escape; where that is white space or unknown, an end of words."""
    return bytes.fromhex(escape[1].decode("ascii")) if escape[1] else b" "


def _apply(connection: Connection, desk: Desk, event: BookingEvent, now: datetime) -> None:
    people = _people(connection, event)
    state = _save(connection, event, people[0] if people else None, now)
    if state is None:
        return
    starts = f" for {event.starts_at:%Y-%m-%d %H:%M} UTC" if event.starts_at else ""
    moved = " (moved)" if event.previous_key else ""
    detail = f"{event.kind}{moved} through {event.source}{starts}"
    for person in people:
        ledger.write(connection, Entry(now, Kind.MEETING, detail, prospect_id=person.id))
        if event.kind is BookingKind.BOOKED:
            stop = Stopped(FinishReason.MEETING_BOOKED)
            stop_person(connection, desk, person.id, stop, detail, now)
        follow_up(connection, person, event.kind, state, detail, now)


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


def _people(connection: Connection, event: BookingEvent) -> list[StoredProspect]:
    """Whose meeting it is: first by the token that our booking link carries, then by the address.

    They are two where somebody passed the link on to a colleague, whom we may write to as well.
    """
    stored = enrollments.by_key(connection, event.token) if event.token else None
    invited = prospects.get(connection, stored.prospect_id) if stored is not None else None
    found = (invited, prospects.find(connection, event.email))
    return list({person.id: person for person in found if person is not None}.values())
