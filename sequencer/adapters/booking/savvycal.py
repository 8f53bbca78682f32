"""SavvyCal: webhooks of an account. A reschedule keeps the id of the event."""

from collections.abc import Sequence

from sequencer.adapters.booking.fields import Fields, read_object
from sequencer.adapters.booking.signature import hex_is_good
from sequencer.adapters.booking.tool import (
    Tool,
    key_of,
    others,
    signed_or_secret,
    token_among,
    unused,
)
from sequencer.domain.booking import BookingEvent, BookingKind, DeliveryError
from sequencer.domain.post import Post

NAME = "savvycal"
HEADER = "x-savvycal-signature"

_KINDS = {
    "event.created": BookingKind.BOOKED,
    "event.approved": BookingKind.BOOKED,
    "event.changed": BookingKind.BOOKED,
    "event.attendee.added": BookingKind.BOOKED,
    "event.requested": BookingKind.REQUESTED,
    "event.declined": BookingKind.REJECTED,
    "event.rescheduled": BookingKind.RESCHEDULED,
    "event.canceled": BookingKind.CANCELLED,
}
# What the state of the event says is newer than what an event that tells of a change is called.
_STATES = {
    "canceled": BookingKind.CANCELLED,
    "cancelled": BookingKind.CANCELLED,
    "declined": BookingKind.REJECTED,
    "awaiting_approval": BookingKind.REQUESTED,
}
_BY_STATE = frozenset({"event.changed", "event.attendee.added"})


def _is_signed(post: Post, keys: Sequence[str]) -> bool:
    """The digest is documented in capitals, and seen in small letters too."""
    name, _, digest = post.headers.get(HEADER, "").partition("=")
    return name == "sha256" and hex_is_good([digest.lower()], post.body, keys)


def read(body: bytes) -> list[BookingEvent]:
    """What the delivery says.

    Raises:
        DeliveryError: it is too large, no JSON, or does not tell the event, the meeting or the
            person.
    """
    root = read_object(body)
    event, payload = root.text("type"), root.fields("payload")
    meeting_key = payload.key("id")
    key = root.key("id") or key_of(event, meeting_key, root.text("occurred_at"))
    if not event:
        raise DeliveryError("type is missing")
    if event not in _KINDS:
        return [unused(NAME, key_of(key), f"{event} tells of no meeting")]
    if not meeting_key:
        raise DeliveryError("payload.id is missing")
    return [_booking(_kind(event, payload), key_of(key), root, payload)]


def _kind(event: str, payload: Fields) -> BookingKind:
    kind = _KINDS[event]
    return _STATES.get(payload.text("state"), kind) if event in _BY_STATE else kind


def _booking(kind: BookingKind, key: str, root: Fields, payload: Fields) -> BookingEvent:
    scheduler, organizer = payload.fields("scheduler"), payload.fields("organizer")
    host, metadata = organizer.text("email"), payload.fields("metadata")
    people = [each.text("email") for each in payload.each("attendees")]
    email = scheduler.text("email") or next(iter(others(*people, but=[host])), "")
    token = token_among(metadata.text("token"), metadata.text("utm_content"))
    if not email and not token:
        raise DeliveryError("payload.scheduler.email is missing")
    link, call = payload.fields("link"), payload.fields("conferencing")
    return BookingEvent(
        kind,
        NAME,
        key,
        meeting_key=payload.key("id"),
        email=email,
        name=scheduler.text("display_name"),
        guests=others(*people, but=[email, host]),
        hosts=others(host, but=[]),
        token=token,
        starts_at=payload.instant("start_at"),
        ends_at=payload.instant("end_at"),
        tz=scheduler.text("time_zone"),
        title=payload.text("summary"),
        event_type=link.text("slug", "name"),
        link=call.text("join_url"),
        place=payload.text("location"),
        cancel_reason=payload.text("cancel_reason", "reschedule_reason"),
        occurred_at=root.instant("occurred_at"),
    )


TOOL = Tool(NAME, signed_or_secret(_is_signed), read)
