"""Calendly: webhook subscriptions of its API v2.

A reschedule comes as two deliveries in any order: the old invitee is cancelled with `rescheduled`
set, and a new one is created that names the old. Neither half is a cancellation.
"""

from datetime import datetime

from sequencer.adapters.booking.fields import Fields, read_object
from sequencer.adapters.booking.signature import stamped_is_good
from sequencer.adapters.booking.tool import Tool, key_of, others, token_among, unused
from sequencer.domain.booking import BookingEvent, BookingKind, DeliveryError
from sequencer.domain.post import Post, Secrets

NAME = "calendly"
HEADER = "calendly-webhook-signature"
TOLERANCE_S = 180  # Calendly's own advice; each retry is signed anew

_KINDS = {
    "invitee.created": BookingKind.BOOKED,
    "invitee.canceled": BookingKind.CANCELLED,
    "invitee_no_show.created": BookingKind.NO_SHOW,
    "invitee_no_show.deleted": BookingKind.NO_SHOW_UNDONE,
}

_ONCE = frozenset({BookingKind.BOOKED, BookingKind.CANCELLED})


def verify(secrets: Secrets, post: Post, now: datetime) -> bool:
    """Whether the raw body was signed with one of the keys, less than three minutes from now."""
    header = post.headers.get(HEADER, "")
    return stamped_is_good(header, post.body, secrets.signing_keys, now, TOLERANCE_S)


def read(body: bytes) -> list[BookingEvent]:
    """What the delivery says; an event that is none of ours is OTHER.

    Raises:
        DeliveryError: it is too large, no JSON, or does not tell the event, the meeting or the
            person. Everything else is empty where it is not shaped as Calendly documents it.
    """
    root = read_object(body)
    event, payload = root.text("event"), root.fields("payload")
    key = key_of(event, payload.text("uri"), _time(event, root, payload))
    if not event:
        raise DeliveryError("event is missing")
    if event not in _KINDS:
        return [unused(NAME, key, f"{event} tells of no meeting")]
    return [_booking(_KINDS[event], key, root, payload)]


def _time(event: str, root: Fields, payload: Fields) -> str:
    """What tells two events of one kind about one invitee apart, for whoever asks by itself too.

    Nobody is created or cancelled twice; that somebody did not come can be taken back, and said
    again.
    """
    if _KINDS.get(event) in _ONCE:
        return ""
    missed = payload.fields("no_show")
    return missed.text("uri", "created_at") or root.text("created_at")


def _booking(kind: BookingKind, key: str, root: Fields, payload: Fields) -> BookingEvent:
    meeting_key, previous_key = payload.text("uri"), payload.text("old_invitee")
    # Both spellings are in the wild: the field itself, and one level below.
    email = payload.text("email") or payload.fields("invitee").text("email")
    token = token_among(payload.fields("tracking").text("utm_content"))
    if not meeting_key:
        raise DeliveryError("payload.uri is missing")
    if not email and not token:
        raise DeliveryError("payload.email is missing")
    scheduled = payload.fields("scheduled_event")
    place = scheduled.fields("location")
    hosts = [each.text("user_email") for each in scheduled.each("event_memberships")]
    guests = [each.text("email") for each in scheduled.each("event_guests")]
    kind = _kind(kind, payload)
    is_lost = kind is BookingKind.CANCELLED
    cancellation = payload.fields("cancellation") if is_lost else Fields(None)
    return BookingEvent(
        kind,
        NAME,
        key,
        meeting_key=meeting_key,
        previous_key=previous_key,
        email=email,
        name=payload.text("name"),
        guests=others(*guests, but=[email]),
        hosts=others(*hosts, but=[]),
        token=token,
        starts_at=scheduled.instant("start_time"),
        ends_at=scheduled.instant("end_time"),
        tz=payload.text("timezone"),
        title=scheduled.text("name"),
        event_type=scheduled.text("name"),
        link=place.text("join_url"),
        place=place.text("location"),
        cancelled_by=cancellation.text("canceler_type"),
        cancel_reason=cancellation.text("reason"),
        occurred_at=root.instant("created_at"),
        remarks=_remarks(payload),
    )


def _remarks(payload: Fields) -> str:
    """What the invitee was asked and has answered, a line for each."""
    asked = payload.each("questions_and_answers")
    pairs = ((each.text("question"), each.text("answer")) for each in asked)
    return "\n".join(f"{question} {answer}".strip() for question, answer in pairs if answer)


def _kind(kind: BookingKind, payload: Fields) -> BookingKind:
    if kind is BookingKind.CANCELLED and (
        payload.flag("rescheduled") or payload.text("new_invitee")
    ):
        return BookingKind.RESCHEDULED_AWAY
    if kind is BookingKind.BOOKED and payload.text("old_invitee"):
        return BookingKind.RESCHEDULED
    return kind


TOOL = Tool(NAME, verify, read)
