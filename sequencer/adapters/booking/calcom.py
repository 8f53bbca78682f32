"""Cal.com: webhooks of a user or a team.

Every delivery is signed without a time, so what is told twice is known by its own words. A meeting
that starts or ends is told in a flat form; a payload template of the user's makes any other.
"""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import parse_qsl

from sequencer.adapters.booking.fields import MAX_BODY, Fields, read_object
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

NAME = "calcom"
HEADER = "x-cal-signature-256"  # `no-secret-provided` where the webhook has none: no digest either
MOST_FORM_FIELDS = 200

_KINDS = {
    "BOOKING_CREATED": BookingKind.BOOKED,
    "BOOKING_PAID": BookingKind.BOOKED,
    "BOOKING_REQUESTED": BookingKind.REQUESTED,
    "BOOKING_RESCHEDULED": BookingKind.RESCHEDULED,
    "BOOKING_REJECTED": BookingKind.REJECTED,
    "BOOKING_CANCELLED": BookingKind.CANCELLED,
}
_ENDED, _NO_SHOW = "MEETING_ENDED", "BOOKING_NO_SHOW_UPDATED"
_WHY_UNUSED = {"PING": "a test of the connection"}


def _is_signed(post: Post, keys: Sequence[str]) -> bool:
    return hex_is_good([post.headers.get(HEADER, "")], post.body, keys)


def read(body: bytes) -> list[BookingEvent]:
    """What the delivery says, an event for each person where it is about who came.

    Raises:
        DeliveryError: it is too large, neither JSON nor a form, or does not tell the event or the
            meeting.
    """
    root = _root(body)
    trigger = root.text("triggerEvent")
    payload = root.fields("payload") or root
    uid = payload.key("uid", "bookingUid")
    key = key_of(trigger, uid, _time(trigger, root, payload))
    if not trigger:
        raise DeliveryError("triggerEvent is missing")
    if trigger not in {*_KINDS, _ENDED, _NO_SHOW}:
        why = _WHY_UNUSED.get(trigger, f"{trigger} tells of no meeting")
        return [unused(NAME, key, why)]
    if not uid:
        raise DeliveryError("payload.uid is missing")
    if trigger == _NO_SHOW:
        return _attendance(payload, key, uid, root.instant("createdAt"))
    if trigger == _ENDED:
        return _ended(payload, key, uid)
    return [_booking(_kind(_KINDS[trigger], payload), payload, key, uid, root.instant("createdAt"))]


def _time(trigger: str, root: Fields, payload: Fields) -> str:
    """What tells two events of one kind about one booking apart, for whoever asks by itself too."""
    starts_at = payload.instant("startTime") if trigger in _KINDS else None
    return starts_at.isoformat() if starts_at is not None else root.text("createdAt")


def _root(body: bytes) -> Fields:
    """The body as an object: a template that is no JSON is posted as a form."""
    start = body.lstrip()[:1]
    if start in {b"{", b"[", b'"', b""} or b"=" not in body:
        return read_object(body)
    if len(body) > MAX_BODY:
        raise DeliveryError(f"the body has {len(body)} octets, more than {MAX_BODY}")
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), max_num_fields=MOST_FORM_FIELDS)
    except ValueError as error:
        raise DeliveryError("the body is no form") from error
    return Fields(dict(pairs))


def _kind(kind: BookingKind, payload: Fields) -> BookingKind:
    if kind is BookingKind.CANCELLED and payload.flag("requestReschedule"):
        return BookingKind.ASKED_AGAIN
    if kind is BookingKind.BOOKED and payload.text("status") == "PENDING":
        return BookingKind.REQUESTED
    return kind


def _attendance(
    payload: Fields, key: str, uid: str, occurred_at: datetime | None
) -> list[BookingEvent]:
    """An event for each person who is said to have come, or not."""
    found = []
    for each in payload.each("attendees"):
        missed = each.flag("noShow")
        if missed or each.denies("noShow"):
            kind = BookingKind.NO_SHOW if missed else BookingKind.NO_SHOW_UNDONE
            email = each.text("email")
            event = BookingEvent(kind, NAME, key, uid, email=email, occurred_at=occurred_at)
            found.append(event)
    if not found:
        raise DeliveryError("payload.attendees says of nobody whether they came")
    return found


def _ended(payload: Fields, key: str, uid: str) -> list[BookingEvent]:
    """The time of the meeting is over; `createdAt` is that of the booking here."""
    over_at = payload.instant("endTime")
    missed = [each.text("email") for each in payload.each("attendees") if each.flag("noShow")]
    if missed:
        kind = BookingKind.NO_SHOW
        return [
            BookingEvent(kind, NAME, key, uid, email=email, occurred_at=over_at) for email in missed
        ]
    if payload.flag("noShowHost"):
        return [unused(NAME, key, "the host did not come")]
    if payload.text("status") not in {"ACCEPTED", ""}:
        return [unused(NAME, key, "the time of a meeting is over that was not accepted")]
    return [_booking(BookingKind.HELD, payload, key, uid, over_at)]


def _booking(
    kind: BookingKind, payload: Fields, key: str, uid: str, occurred_at: datetime | None
) -> BookingEvent:
    people = [each.text("email") for each in payload.each("attendees")]
    responses, metadata = payload.fields("responses"), payload.fields("metadata")
    asked = responses.fields("email").text("value") or responses.text("email")
    email = asked or next(filter(None, people), "") or payload.text("email", "attendeeEmail")
    guests = responses.fields("guests").texts("value")
    hosts = _hosts(payload)
    place = responses.fields("location", "value")
    return BookingEvent(
        kind,
        NAME,
        key,
        meeting_key=uid,
        previous_key=payload.key("rescheduleUid", "fromReschedule"),
        email=email,
        name=payload.first("attendees").text("name"),
        guests=others(*people, *guests, but=[email, *hosts]),
        hosts=hosts,
        token=token_among(metadata.text("token"), metadata.text("utm_content")),
        starts_at=payload.instant("startTime"),
        ends_at=payload.instant("endTime"),
        tz=payload.first("attendees").text("timeZone"),
        title=payload.text("title", "eventTitle"),
        event_type=payload.text("type") or payload.key("eventTypeId"),
        link=metadata.text("videoCallUrl") or payload.fields("videoCallData").text("url"),
        place=payload.text("location") or place.text("optionValue"),
        uid=payload.text("iCalUID"),
        cancelled_by=_who(payload.text("cancelledBy"), hosts, people),
        cancel_reason=payload.text("cancellationReason", "rejectionReason"),
        occurred_at=occurred_at,
        remarks=payload.text("additionalNotes") or responses.fields("notes").text("value"),
    )


def _hosts(payload: Fields) -> tuple[str, ...]:
    flat = payload.text("userPrimaryEmail") or payload.fields("user").text("email")
    team = [each.text("email") for each in payload.fields("team").each("members")]
    return others(payload.fields("organizer").text("email"), flat, *team, but=[])


def _who(address: str, hosts: Sequence[str], people: Sequence[str]) -> str:
    if address.casefold() in {each.casefold() for each in hosts}:
        return "host"
    return "invitee" if address.casefold() in {each.casefold() for each in people} else ""


TOOL = Tool(NAME, signed_or_secret(_is_signed), read)
