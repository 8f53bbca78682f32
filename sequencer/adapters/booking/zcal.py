"""Zcal: webhooks of an account. Not every account is shown a secret to sign with."""

from collections.abc import Sequence
from datetime import datetime, timedelta

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
from sequencer.domain.booking_link import ZCAL_NAMES, is_token
from sequencer.domain.post import Post

NAME = "zcal"
HEADER = "x-zcal-webhook-signature"

_KINDS = {
    "event.created": BookingKind.BOOKED,
    "event.rescheduled": BookingKind.RESCHEDULED,
    "event.cancelled": BookingKind.CANCELLED,
    "event.canceled": BookingKind.CANCELLED,
}


def _is_signed(post: Post, keys: Sequence[str]) -> bool:
    return hex_is_good([post.headers.get(HEADER, "")], post.body, keys)


def read(body: bytes) -> list[BookingEvent]:
    """What the delivery says.

    Raises:
        DeliveryError: it is too large, no JSON, or does not tell the event, the meeting or the
            person.
    """
    root = read_object(body)
    event, told = root.text("type"), root.fields("data")
    key = key_of(event, told.key("id"), root.text("created_at"), told.text("startDate"))
    if not event:
        raise DeliveryError("type is missing")
    if event not in _KINDS:
        return [unused(NAME, key, f"{event} tells of no meeting")]
    if not told.key("id"):
        raise DeliveryError("data.id is missing")
    kind = BookingKind.CANCELLED if told.flag("cancelled") else _KINDS[event]
    return [_booking(kind, key, told, root.instant("created_at"))]


def _booking(
    kind: BookingKind, key: str, told: Fields, occurred_at: datetime | None
) -> BookingEvent:
    hosts = others(*(each.text("email") for each in told.each("hosts")), but=[])
    people = others(*(each.text("email") for each in told.each("attendees")), but=hosts)
    token = _token(told)
    if not people and not token:
        raise DeliveryError("data.attendees is missing")
    email = people[0] if people else ""
    invitee = next((each for each in told.each("attendees") if each.text("email") == email), told)
    location = told.fields("location")
    starts_at, minutes = told.instant("startDate"), told.minutes("duration")
    return BookingEvent(
        kind,
        NAME,
        key,
        meeting_key=told.key("id"),
        email=email,
        name=invitee.text("name"),
        guests=people[1:],
        hosts=hosts,
        token=token,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes) if starts_at and minutes else None,
        tz=invitee.text("timezone"),
        title=told.text("eventName"),
        event_type=told.fields("invite").text("name"),
        link=location.fields("onlineMeeting").text("url") or location.text("url"),
        place=location.text("address", "locationType", "type"),
        occurred_at=occurred_at,
    )


def _token(told: Fields) -> str:
    """Ours among what a link carried: Zcal takes it for the answers to its questions as well."""
    tracking = told.fields("tracking")
    carried = [tracking.text(name) for name in ZCAL_NAMES]
    answers = [
        answer.text("answer")
        for person in told.each("attendees")
        for answer in person.each("customQuestionAnswers")
    ]
    return token_among(*carried, *(each for each in answers if is_token(each)))


TOOL = Tool(NAME, signed_or_secret(_is_signed), read)
