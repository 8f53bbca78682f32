"""Chili Piper: its webhook actions. Nothing is signed, so a secret stands in our address.

No delivery tells when it was made: what happens to a meeting is believed in the order of its life,
and a meeting that was cancelled stays so.
"""

from datetime import datetime

from sequencer.adapters.booking.fields import Fields, read_object
from sequencer.adapters.booking.signature import is_secret
from sequencer.adapters.booking.tool import Tool, key_of, others, token_among, unused
from sequencer.domain.booking import BookingEvent, BookingKind, DeliveryError
from sequencer.domain.post import Post, Secrets

NAME = "chilipiper"

_KINDS = {
    "created": BookingKind.BOOKED,
    "new": BookingKind.BOOKED,
    "updated": BookingKind.RESCHEDULED,
    "rescheduled": BookingKind.RESCHEDULED,
    "canceled": BookingKind.CANCELLED,
    "cancelled": BookingKind.CANCELLED,
    "noshow": BookingKind.NO_SHOW,
}


def verify(secrets: Secrets, post: Post, _now: datetime) -> bool:
    """Whether our address had one of the secrets in it."""
    return is_secret(post.secret, secrets.in_url)


def read(body: bytes) -> list[BookingEvent]:
    """What the delivery says.

    Raises:
        DeliveryError: it is too large, no JSON, or does not tell the event, the meeting or the
            person.
    """
    root = read_object(body)
    event, meeting_key = root.text("type"), root.key("meetingIdChili")
    key = key_of(event, meeting_key, root.key("meetingStartTime"), root.key("meetingEndTime"))
    if not event:
        raise DeliveryError("type is missing")
    kind = _KINDS.get(event.casefold().replace("-", "").replace(" ", ""))
    if kind is None:
        return [unused(NAME, key, f"{event} tells of no meeting")]
    if not meeting_key:
        raise DeliveryError("meetingIdChili is missing")
    return [_booking(kind, key, root)]


def _booking(kind: BookingKind, key: str, root: Fields) -> BookingEvent:
    email = root.text("primaryGuestEmail")
    if not email:
        raise DeliveryError("primaryGuestEmail is missing")
    hosts = others(root.text("assigneeEmail"), root.text("hostEmail"), but=[])
    guests = [each.text("email") for each in root.each("additionalGuests")]
    place = root.text("meetingLocation")
    is_link = place.startswith(("https://", "http://"))
    asked = root.fields("primaryGuestDataFields")
    return BookingEvent(
        kind,
        NAME,
        key,
        meeting_key=root.key("meetingIdChili"),
        email=email,
        name=asked.text("PersonName", "name"),
        guests=others(*guests, but=[email, *hosts]),
        hosts=hosts,
        token=token_among(asked.text("utm_content"), root.text("utm_content")),
        starts_at=root.instant("meetingStartTime"),
        ends_at=root.instant("meetingEndTime"),
        tz=root.text("primaryGuestTimeZone"),
        title=root.text("meetingTitle"),
        event_type=root.text("meetingTypeName"),
        link=place if is_link else "",
        place="" if is_link else place,
    )


TOOL = Tool(NAME, verify, read)
