"""Any other tool: a form of our own, for an automation or a few lines of code in between.

The page docs/how-to/bookings/generic.md describes it for whoever writes it.
"""

from datetime import datetime

from sequencer.adapters.booking.fields import Fields, read_object
from sequencer.adapters.booking.signature import stamped_is_good
from sequencer.adapters.booking.tool import Tool, key_of, others, unused
from sequencer.domain.booking import BookingEvent, BookingKind, DeliveryError
from sequencer.domain.post import Post, Secrets

NAME = "generic"
HEADER = "sequencer-signature"
TOLERANCE_S = 300

_KINDS = {
    kind.value: kind
    for kind in BookingKind
    if kind not in {BookingKind.OTHER, BookingKind.RESCHEDULED_AWAY}
}


def verify(secrets: Secrets, post: Post, now: datetime) -> bool:
    """Whether the raw body was signed with one of the keys, less than five minutes from now."""
    header = post.headers.get(HEADER, "")
    return stamped_is_good(header, post.body, secrets.signing_keys, now, TOLERANCE_S)


def read(body: bytes) -> list[BookingEvent]:
    """What the delivery says.

    Raises:
        DeliveryError: it is too large, no JSON, or does not tell the event, the meeting, the
            person, or an id or a time by which a repetition is known.
    """
    root = read_object(body)
    event, meeting = root.text("event"), root.fields("meeting")
    told_by = root.key("id") or root.text("occurred_at")
    key = key_of(event, meeting.key("id"), told_by)
    if not event:
        raise DeliveryError("event is missing")
    if event not in _KINDS:
        return [unused(NAME, key, f"{event} is no event that we know")]
    if not meeting.key("id"):
        raise DeliveryError("meeting.id is missing")
    if not told_by:
        raise DeliveryError("neither id nor occurred_at is there")
    return [_booking(_KINDS[event], key, root, meeting)]


def _booking(kind: BookingKind, key: str, root: Fields, meeting: Fields) -> BookingEvent:
    invitee, token = root.fields("invitee"), root.text("token")
    if not invitee.text("email") and not token:
        raise DeliveryError("invitee.email is missing")
    by = root.text("cancelled_by")
    return BookingEvent(
        kind,
        NAME,
        key,
        meeting_key=meeting.key("id"),
        previous_key=meeting.key("previous_id"),
        email=invitee.text("email"),
        name=invitee.text("name"),
        guests=others(*root.texts("guests"), but=[invitee.text("email")]),
        hosts=others(*root.texts("hosts"), but=[]),
        token=token,
        starts_at=meeting.instant("starts_at"),
        ends_at=meeting.instant("ends_at"),
        tz=meeting.text("timezone"),
        title=meeting.text("title"),
        event_type=meeting.text("event_type"),
        link=meeting.text("link"),
        place=meeting.text("place"),
        uid=meeting.text("uid"),
        cancelled_by=by if by in {"host", "invitee"} else "",
        cancel_reason=root.text("reason"),
        occurred_at=root.instant("occurred_at"),
        remarks=invitee.text("remarks"),
    )


TOOL = Tool(NAME, verify, read)
