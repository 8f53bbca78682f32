"""What has happened at Cal.com since we asked last? As its webhooks would have told it.

A webhook of Cal.com that did not arrive is not sent again.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

import httpx2

from sequencer.adapters.booking.api import ask
from sequencer.adapters.booking.calcom import NAME, read
from sequencer.adapters.booking.fields import Fields
from sequencer.adapters.booking.tool import key_of
from sequencer.domain.booking import AskError, BookingEvent, BookingKind, DeliveryError, Polled

BASE: Final = "https://api.cal.com"
VERSION: Final = {"cal-api-version": "2024-08-13"}
OVERLAP: Final = timedelta(minutes=15)
BEGUN: Final = timedelta(hours=26)
PAGE: Final = 100
MOST_PAGES: Final = 20


@dataclass(frozen=True, slots=True)
class CalcomPoll:
    """Asks for the bookings of whoever the token is of."""

    token: str = field(repr=False)
    http: httpx2.AsyncClient
    base: str = BASE
    name: str = NAME

    async def ask(self, mark: str, now: datetime) -> Polled:
        """What is new since `mark`; the first time, what is to come.

        Raises:
            AskError: Cal.com does not tell.
        """
        since = _read_mark(mark)
        begun = _stamp(now - BEGUN)
        if since is None:
            found, is_all = await self._listed({"afterStart": begun, "sortStart": "asc"})
        else:
            changed = {"afterUpdatedAt": _stamp(since - OVERLAP), "sortUpdatedAt": "asc"}
            found, is_all = await self._listed(changed)
        events = [event for each in found for event in _events(each, is_first=since is None)]
        came = [event for each in found for event in _came(each, now)]
        last = found[-1].instant("updatedAt") if found and not is_all and since else None
        return Polled(_mark(last or now), tuple(events), tuple(came))

    async def _listed(self, which: dict[str, str]) -> tuple[list[Fields], bool]:
        """The bookings, and whether that is all of them."""
        found: list[Fields] = []
        for number in range(MOST_PAGES):
            query = urlencode({**which, "take": PAGE, "skip": number * PAGE})
            page = await ask(self.http, f"{self.base}/v2/bookings?{query}", self.token, VERSION)
            if page.text("status") not in {"success", ""} or not page:
                raise AskError("its answer is no list of bookings")
            listed = page.each("data")
            found += listed
            if len(listed) < PAGE:
                return found, True
        return found, False


def _events(booking: Fields, *, is_first: bool) -> Iterator[BookingEvent]:
    """What Cal.com's webhooks tell of a booking by now."""
    status, changed = booking.text("status"), booking.text("updatedAt")
    if status == "cancelled" or booking.text("rescheduledToUid"):
        if not is_first and not booking.text("rescheduledToUid"):
            yield from _told("BOOKING_CANCELLED", changed, booking)
    elif status == "rejected":
        if not is_first:
            yield from _told("BOOKING_REJECTED", changed, booking)
    elif status == "pending":
        yield from _told("BOOKING_REQUESTED", booking.text("createdAt"), booking)
    elif status == "accepted":
        moved = bool(booking.text("rescheduledFromUid"))
        trigger = "BOOKING_RESCHEDULED" if moved else "BOOKING_CREATED"
        yield from _told(trigger, booking.text("createdAt"), booking)
        if any(each.flag("absent") for each in booking.each("attendees")):
            yield from _told("BOOKING_NO_SHOW_UPDATED", changed, booking)


def _came(booking: Fields, now: datetime) -> Iterator[BookingEvent]:
    """That nobody says of them that they did not come, once the meeting has begun."""
    starts_at, uid = booking.instant("start"), booking.text("uid")
    if booking.text("status") != "accepted" or starts_at is None or starts_at > now or not uid:
        return
    for each in booking.each("attendees"):
        if each.denies("absent"):
            email = each.text("email")
            key = key_of("came", uid, email, now.isoformat())
            kind = BookingKind.NO_SHOW_UNDONE
            yield BookingEvent(kind, NAME, key, uid, email=email, occurred_at=now, verified=True)


def _told(trigger: str, at: str, booking: Fields) -> Sequence[BookingEvent]:
    """What a webhook would tell, and nothing where it cannot be read."""
    body = {"triggerEvent": trigger, "createdAt": at, "payload": _payload(booking)}
    try:
        return read(json.dumps(body).encode())
    except DeliveryError:
        return []


def _payload(booking: Fields) -> dict[str, Any]:
    """The booking as webhooks have it."""
    hosts = [{"email": each.text("email")} for each in booking.each("hosts")]
    people = [
        {
            "email": each.text("email"),
            "name": each.text("name"),
            "timeZone": each.text("timeZone"),
            "noShow": each.flag("absent"),
        }
        for each in booking.each("attendees")
    ]
    answers, kind = booking.fields("bookingFieldsResponses"), booking.fields("eventType")
    place = booking.text("location", "meetingUrl")
    link = place if place.startswith(("https://", "http://")) else ""
    return {
        "uid": booking.text("uid"),
        "bookingUid": booking.text("uid"),
        "iCalUID": booking.text("icsUid"),
        "rescheduleUid": booking.text("rescheduledFromUid"),
        "startTime": booking.text("start"),
        "endTime": booking.text("end"),
        "title": booking.text("title"),
        "type": kind.text("slug"),
        "eventTypeId": booking.key("eventTypeId"),
        "status": booking.text("status").upper(),
        "organizer": hosts[0] if hosts else {},
        "team": {"members": hosts[1:]},
        "attendees": people,
        "responses": {
            "email": {"value": answers.text("email")},
            "guests": {"value": booking.texts("guests")},
        },
        "metadata": {**booking.fields("metadata").all(), "videoCallUrl": link},
        "location": "" if link else place,
        "cancellationReason": booking.text("cancellationReason"),
        "rejectionReason": booking.text("cancellationReason"),
        "cancelledBy": booking.text("cancelledByEmail"),
    }


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}"


def _mark(read_to: datetime) -> str:
    return json.dumps({"since": read_to.isoformat()})


def _read_mark(mark: str) -> datetime | None:
    try:
        return Fields(json.loads(mark or "{}")).instant("since")
    except ValueError:
        return None
