"""HubSpot: subscriptions of an app to the meetings of a portal, signed in its third way.

A delivery is a list of events, and none says who it is about. What is missing is asked of HubSpot
(see `hubspot_api`) and put beside the list; without it nothing can be made of a delivery.
"""

import re
from datetime import datetime, timedelta

from sequencer.adapters.booking.fields import MAX_LIST, Fields, instant_of, parsed
from sequencer.adapters.booking.signature import base64_is_good, in_time
from sequencer.adapters.booking.tool import Tool, key_of, others, unused
from sequencer.domain.booking import BookingEvent, BookingKind, DeliveryError
from sequencer.domain.post import Post, Secrets

NAME = "hubspot"
HEADER, STAMP = "x-hubspot-signature-v3", "x-hubspot-request-timestamp"
TOLERANCE_S = 300
MEETING = "0-47"
NO_DETAILS = "it does not say whose meeting it is; hooks.hubspot.api_token lets us ask HubSpot"

_OUTCOMES = {
    "SCHEDULED": (BookingKind.BOOKED,),
    "RESCHEDULED": (BookingKind.RESCHEDULED,),
    "CANCELED": (BookingKind.CANCELLED,),
    "NO_SHOW": (BookingKind.NO_SHOW,),
    "COMPLETED": (BookingKind.NO_SHOW_UNDONE, BookingKind.HELD),  # a rep may correct a no-show
}
_DECODED = re.compile("%(3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)", re.IGNORECASE)
_TICK = timedelta(microseconds=1)


def verify(secrets: Secrets, post: Post, now: datetime) -> bool:
    """Whether method, address, body and time were signed, less than five minutes from now.

    HubSpot signs the address with some characters decoded; it is tried as it was written, too.
    """
    stamp = post.headers.get(STAMP, "")
    if not in_time(stamp, now, TOLERANCE_S, unit_s=0.001):
        return False
    given, keys = post.headers.get(HEADER, ""), secrets.signing_keys
    signed = [
        f"{post.method}{url}".encode("utf-8", "replace") + post.body + stamp.encode()
        for url in (post.url, _DECODED.sub(_decoded, post.url))
    ]
    return any(base64_is_good(given, each, keys) for each in signed)


def _decoded(escape: re.Match[str]) -> str:
    return chr(int(escape[1], 16))


def read(body: bytes) -> list[BookingEvent]:
    """What the delivery says, as it came or with what was looked up.

    Raises:
        DeliveryError: it is too large, no JSON, or no list of events.
    """
    events, details = listed(body)
    if not events:
        raise DeliveryError("there is no event in it")
    return [event for each in events for event in _told(each, details.fields(each.key("objectId")))]


def listed(body: bytes) -> tuple[list[Fields], Fields]:
    """The events of a delivery, and what was looked up of their meetings, by their ids.

    Raises:
        DeliveryError: it is too large, no JSON, or has more events than a delivery may have.
    """
    value = parsed(body)
    whole = Fields(value if isinstance(value, dict) else {"events": value})
    if isinstance(value, list) and len(value) > MAX_LIST:
        raise DeliveryError(f"there are {len(value)} events in it, more than {MAX_LIST}")
    return [each for each in whole.each("events") if each], whole.fields("meetings")


def meeting_ids(body: bytes) -> list[str]:
    """Ids of the meetings that a delivery is about, each once.

    Raises:
        DeliveryError: as in `listed`.
    """
    events, _ = listed(body)
    ids = (each.key("objectId") for each in events if _is_meeting(each))
    return [each for each in dict.fromkeys(ids) if each.isdecimal()]


def _is_meeting(event: Fields) -> bool:
    if not event.text("subscriptionType").startswith(("object.", "meeting.")):
        return False
    return event.key("objectTypeId") in {MEETING, ""}


def _told(event: Fields, details: Fields) -> list[BookingEvent]:
    subscription, number = event.text("subscriptionType"), event.key("objectId")
    said = (event.key("eventId"), number, event.key("occurredAt"), event.text("propertyName"))
    key = key_of(subscription, *said, event.key("propertyValue"))
    if not _is_meeting(event) or not number:
        return [unused(NAME, key, f"{subscription or 'an event'} tells of no meeting")]
    if subscription.endswith(".deletion"):
        return [_event(BookingKind.CANCELLED, key, event, details, timedelta())]
    if not details.texts("contacts"):
        return [unused(NAME, key, NO_DETAILS)]
    kinds = _kinds(event)
    if not kinds:
        return [unused(NAME, key, "nothing changed that we look at")]
    return [_event(kind, key, event, details, place * _TICK) for place, kind in enumerate(kinds)]


def _kinds(event: Fields) -> tuple[BookingKind, ...]:
    """What an event of HubSpot means."""
    name = event.text("propertyName")
    if event.text("subscriptionType").endswith(".creation"):
        return (BookingKind.BOOKED,)
    if name == "hs_meeting_outcome":
        return _OUTCOMES.get(event.text("propertyValue"), ())
    return (BookingKind.RESCHEDULED,) if name == "hs_meeting_start_time" else ()


def _event(
    kind: BookingKind, key: str, event: Fields, details: Fields, later: timedelta
) -> BookingEvent:
    properties, people = details.fields("properties"), details.texts("contacts")
    starts_at = properties.instant("hs_meeting_start_time")
    if event.text("propertyName") == "hs_meeting_start_time":
        starts_at = instant_of(event.key("propertyValue")) or starts_at
    occurred_at = event.instant("occurredAt")
    return BookingEvent(
        kind,
        NAME,
        key,
        meeting_key=event.key("objectId"),
        email=people[0] if people else "",
        token=details.text("token"),
        guests=others(*people[1:], but=people[:1]),
        starts_at=starts_at,
        ends_at=properties.instant("hs_meeting_end_time"),
        title=properties.text("hs_meeting_title"),
        event_type=properties.text("hs_activity_type", "hs_meeting_source"),
        link=properties.text("hs_meeting_external_url"),
        place=properties.text("hs_meeting_location"),
        occurred_at=occurred_at + later if occurred_at else None,
    )


TOOL = Tool(NAME, verify, read)
