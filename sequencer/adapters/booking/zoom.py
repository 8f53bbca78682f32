"""Zoom Scheduler: event subscriptions of an app.

Before the first event Zoom asks us to sign a text of its own. That is only done for a request that
was signed itself: otherwise anybody could have a signature for any text.
"""

from collections.abc import Mapping
from datetime import datetime

from sequencer.adapters.booking.fields import Fields, read_object
from sequencer.adapters.booking.signature import hex_is_good, hex_of, in_time
from sequencer.adapters.booking.tool import Tool, key_of, others, token_among, unused
from sequencer.domain.booking import BookingEvent, BookingKind, DeliveryError
from sequencer.domain.post import Post, Secrets

NAME = "zoom"
HEADER, STAMP = "x-zm-signature", "x-zm-request-timestamp"
TOLERANCE_S = 300
VALIDATION = "endpoint.url_validation"

_KINDS = {
    "scheduler.scheduled_event_created": BookingKind.BOOKED,
    "scheduler.scheduled_event_canceled": BookingKind.CANCELLED,
}
_FROM = ("rescheduled_from_event_id", "rescheduled_from_invitee_id")
_TO = ("rescheduled_to_event_id", "rescheduled_to_invitee_id")


def verify(secrets: Secrets, post: Post, now: datetime) -> bool:
    """Whether the raw body was signed with one of the keys, less than five minutes from now."""
    if not in_time(post.headers.get(STAMP, ""), now, TOLERANCE_S):
        return False
    return any(_is_signed(post, key) for key in secrets.signing_keys)


def _is_signed(post: Post, key: str) -> bool:
    version, _, digest = post.headers.get(HEADER, "").partition("=")
    stamp = post.headers.get(STAMP, "").encode("utf-8", "replace")
    return version == "v0" and hex_is_good([digest], b"v0:" + stamp + b":" + post.body, [key])


def answer(secrets: Secrets, post: Post) -> Mapping[str, str] | None:
    """What Zoom wants to hear when it asks whether we know the secret; None for any event.

    It is signed with the key that the question was signed with: while keys change, Zoom has one.
    """
    try:
        root = read_object(post.body)
    except DeliveryError:
        return None
    text = root.fields("payload").text("plainToken")
    key = next((key for key in secrets.signing_keys if _is_signed(post, key)), "")
    if root.text("event") != VALIDATION or not text or ":" in text or not key:
        return None
    return {"plainToken": text, "encryptedToken": hex_of(text.encode(), key)}


def read(body: bytes) -> list[BookingEvent]:
    """What the delivery says.

    Raises:
        DeliveryError: it is too large, no JSON, or does not tell the event, the meeting or the
            person.
    """
    root = read_object(body)
    event, told = root.text("event"), root.fields("payload", "object")
    meeting_key = told.key("event_id", "id")
    key = key_of(event, meeting_key, root.key("event_ts"))
    if not event:
        raise DeliveryError("event is missing")
    if event not in _KINDS:
        return [unused(NAME, key, f"{event} tells of no meeting")]
    if not meeting_key:
        raise DeliveryError("payload.object.event_id is missing")
    return [_booking(_kind(_KINDS[event], told), key, root, told)]


def _kind(kind: BookingKind, told: Fields) -> BookingKind:
    """The old half of a move is told as a cancellation, the new one as a booking."""
    if kind is BookingKind.CANCELLED and told.key(*_TO):
        return BookingKind.RESCHEDULED_AWAY
    if kind is BookingKind.BOOKED and told.key(*_FROM):
        return BookingKind.RESCHEDULED
    return kind


def _booking(kind: BookingKind, key: str, root: Fields, told: Fields) -> BookingEvent:
    organizer = told.fields("organizer").text("email") or told.text("organizer_email", "host_email")
    listed = [*told.each("invitees"), *told.each("attendees")]
    people = others(*(each.text("email") for each in listed), but=[organizer])
    email = told.fields("invitee").text("email") or told.text("invitee_email", "email")
    email = email or next(iter(people), "")
    token = token_among(told.fields("tracking").text("utm_content"), told.text("utm_content"))
    if not email and not token:
        raise DeliveryError("payload.object names no invitee")
    return BookingEvent(
        kind,
        NAME,
        key,
        meeting_key=told.key("event_id", "id"),
        previous_key=told.key(*_FROM),
        email=email,
        name=told.fields("invitee").text("name", "display_name"),
        guests=others(*people, but=[email]),
        hosts=others(organizer, but=[]),
        token=token,
        starts_at=told.instant("start_date_time", "start_time"),
        ends_at=told.instant("end_date_time", "end_time"),
        tz=told.text("time_zone", "timezone"),
        title=told.text("summary", "event_name"),
        event_type=told.text("event_type", "schedule_name"),
        link=told.text("join_url", "meeting_join_url"),
        place=told.text("location"),
        cancel_reason=told.text("cancel_reason"),
        occurred_at=root.instant("event_ts"),
    )


TOOL = Tool(NAME, verify, read, answer)
