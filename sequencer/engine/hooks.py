"""Webhooks of booking tools: stored before they are answered, then worked through once."""

import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from sequencer.domain.booking import BookingEvent, BookingKind, DeliveryError
from sequencer.domain.meeting_filter import EVERY_MEETING, MeetingFilter
from sequencer.domain.post import Post
from sequencer.engine.bookings import take_in
from sequencer.engine.desk import Desk
from sequencer.engine.hold_back import addresses_in, hold_back, people_named
from sequencer.store import hooks, wake
from sequencer.store.database import Connection, DatabaseError

log = structlog.get_logger()

_ESCAPE = re.compile(rb"\\(?:u00([2-7][0-9A-Fa-f])|.)", re.DOTALL)

Verify = Callable[[Post, datetime], bool]
Read = Callable[[bytes], Sequence[BookingEvent]]
Answer = Callable[[Post], Mapping[str, str] | None]
LookUp = Callable[[bytes], Awaitable[bytes]]


def _no_answer(_post: Post) -> None:
    """Most sources want to hear nothing but that their delivery has come."""


@dataclass(frozen=True, slots=True)
class Source:
    """A booking tool: how its deliveries are checked and read.

    Attributes:
        answer: what a delivery wants to hear that only asks whether we are there; such a one is not
            stored.
        look_up: asks the tool for what its deliveries leave out, and gives the whole back in a form
            that `read` knows; AskError where the tool does not tell.
        counts: which of its meetings do.
    """

    name: str
    verify: Verify
    read: Read
    answer: Answer = _no_answer
    look_up: LookUp | None = None
    counts: MeetingFilter = EVERY_MEETING


def store_delivery(connection: Connection, source: Source, body: bytes, now: datetime) -> bool:
    """Whether the delivery is new. The caller has verified the signature over these bytes."""
    wake.call(connection, [wake.CHORES])
    state = hooks.TO_ASK if source.look_up else hooks.STORED
    return hooks.add(connection, source.name, delivery_key(source, body), body, now, state)


def delivery_key(source: Source, body: bytes) -> str:
    """What makes two deliveries the same: the event they tell of, or else their bytes."""
    try:
        told = "\n".join(event.delivery_key for event in source.read(body)).encode()
    except DeliveryError:
        told = body
    return hashlib.sha256(told or body).hexdigest()


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
    source = sources.get(delivery.source)
    if source is None:
        problem = f"{delivery.source} is not in the settings"
        _fail(connection, desk, delivery, problem, now)
        return
    try:
        events = source.read(delivery.body)
    except DeliveryError as error:
        _fail(connection, desk, delivery, str(error) or "not understood", now)
        return
    for event in events:
        take_in(connection, desk, replace(event, verified=True), now, source.counts)
    notes = [event.note for event in events if event.kind is BookingKind.OTHER]
    if events and len(notes) == len(events):
        hooks.finish(connection, delivery.id, hooks.UNKNOWN, notes[0])
    else:
        hooks.finish(connection, delivery.id, hooks.DONE)


def _fail(
    connection: Connection, desk: Desk, delivery: hooks.Delivery, problem: str, now: datetime
) -> None:
    log.warning("hook_failed", source=delivery.source, problem=problem)
    _hold_named(connection, desk, delivery.body, problem, now)
    hooks.finish(connection, delivery.id, hooks.FAILED, problem)


def fail_delivery(
    connection: Connection, desk: Desk, delivery_id: int, problem: str, now: datetime
) -> None:
    """Keep a delivery as failed on which something unforeseen went wrong."""
    delivery = hooks.take(connection, delivery_id)
    if delivery is not None:
        _hold_named(connection, desk, delivery.body, problem, now)
        hooks.finish(connection, delivery_id, hooks.FAILED, problem)


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
