"""Is this delivery from Calendly, and what does it say?

This is about webhook subscriptions of its API v2. A reschedule comes as two deliveries in any
order: the old invitee is cancelled with `rescheduled` set, and a new one is created that names the
old. Neither half is a cancellation.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sequencer.domain.meeting import BookingEvent, BookingKind, DeliveryError

SOURCE = "calendly"
HEADER = "Calendly-Webhook-Signature"
TOLERANCE_S = 180  # Calendly's own advice; each retry is signed anew
MAX_BODY = 256 * 1024
MAX_DEPTH = 32
MAX_TEXT = 1_000

_KINDS = {
    "invitee.created": BookingKind.BOOKED,
    "invitee.canceled": BookingKind.CANCELLED,
    "invitee_no_show.created": BookingKind.NO_SHOW,
    "invitee_no_show.deleted": BookingKind.NO_SHOW_UNDONE,
}
_STAMP = re.compile(r"[0-9]{1,12}")
_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*"|([\[{])|([\]}])', re.DOTALL)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")


def verify(header: str, body: bytes, keys: Sequence[str], now: datetime) -> bool:
    """Whether the raw body was signed with one of the keys, less than three minutes away from now.

    Args:
        header: `Calendly-Webhook-Signature`, as `t=<unix seconds>,v1=<hex>`, with several `v1`
            while keys change.
        body: as it came in, not parsed and written again.
        keys: signing keys; an empty one would be known to everybody and counts for nothing.
        now: aware.
    """
    parts = [part.strip().partition("=") for part in header.split(",")]
    stamps = [value for name, _, value in parts if name == "t"]
    given = [value.encode("utf-8", "replace") for name, _, value in parts if name == "v1"]
    if len(stamps) != 1 or not _STAMP.fullmatch(stamps[0]):
        return False
    if abs(now.timestamp() - int(stamps[0])) > TOLERANCE_S:
        return False
    message = stamps[0].encode() + b"." + body
    wanted = [
        hmac.new(key.encode(), message, hashlib.sha256).hexdigest().encode() for key in keys if key
    ]
    return any(hmac.compare_digest(one, other) for one in wanted for other in given)


def read_delivery(body: bytes) -> BookingEvent:
    """What the delivery says; an event that is none of ours is OTHER.

    Raises:
        DeliveryError: it is too large, no JSON, or does not tell the event, the meeting or the
            person. Everything else is empty where it is not shaped as Calendly documents it.
    """
    root = _Fields(_parsed(body))
    event = root.text("event")
    payload = root.fields("payload")
    said = "\n".join((event, payload.text("uri"), root.text("created_at")))
    key = hashlib.sha256(said.encode()).hexdigest()  # as long as a column of keys bears
    if not event:
        raise DeliveryError("event is missing")
    if event not in _KINDS:
        return BookingEvent(BookingKind.OTHER, SOURCE, key)
    return _booking(_KINDS[event], key, payload)


def _booking(kind: BookingKind, key: str, payload: "_Fields") -> BookingEvent:
    meeting_key = payload.text("uri")
    # Both spellings are in the wild: the field itself, and one level below.
    email = payload.text("email") or payload.fields("invitee").text("email")
    token = payload.fields("tracking").text("utm_content")
    if not meeting_key:
        raise DeliveryError("payload.uri is missing")
    if not email and not token:
        raise DeliveryError("payload.email is missing")
    moved = payload.flag("rescheduled") or payload.text("new_invitee")
    if kind is BookingKind.CANCELLED and moved:
        kind = BookingKind.RESCHEDULED_AWAY
    scheduled = payload.fields("scheduled_event")
    cancelled = kind is BookingKind.CANCELLED
    return BookingEvent(
        kind,
        SOURCE,
        key,
        meeting_key=meeting_key,
        previous_key=payload.text("old_invitee"),
        email=email,
        name=payload.text("name"),
        token=token,
        starts_at=scheduled.instant("start_time"),
        ends_at=scheduled.instant("end_time"),
        host_email=scheduled.first("event_memberships").text("user_email"),
        cancelled_by=payload.fields("cancellation").text("canceler_type") if cancelled else "",
    )


def _parsed(body: bytes) -> Mapping[str, Any]:
    if len(body) > MAX_BODY:
        raise DeliveryError(f"the body has {len(body)} octets, more than {MAX_BODY}")
    depth = 0
    for found in _BRACKETS.finditer(body):
        depth += (found[1] is not None) - (found[2] is not None)
        if depth > MAX_DEPTH:
            raise DeliveryError(f"the body is nested deeper than {MAX_DEPTH} levels")
    try:
        value = json.loads(body)
    except ValueError as error:
        raise DeliveryError("the body is not JSON") from error
    if not isinstance(value, dict):
        raise DeliveryError("the body is not an object")
    return value


class _Fields:
    """An object of the delivery. A member of another type than asked for is as good as missing.

    What is not needed must not keep a booking from stopping the cadence.
    """

    def __init__(self, values: object) -> None:
        self._values: Mapping[str, Any] = values if isinstance(values, dict) else {}

    def text(self, name: str) -> str:
        """A string that any database takes."""
        value = self._values.get(name)
        if not isinstance(value, str):
            return ""
        sound = value.encode("utf-8", "replace").decode("utf-8")
        return _CONTROLS.sub(" ", sound).strip()[:MAX_TEXT]

    def flag(self, name: str) -> bool:
        return self._values.get(name) is True

    def fields(self, name: str) -> "_Fields":
        return _Fields(self._values.get(name))

    def first(self, name: str) -> "_Fields":
        """First object of a list."""
        value = self._values.get(name)
        return _Fields(value[0] if isinstance(value, list) and value else None)

    def instant(self, name: str) -> datetime | None:
        try:
            at = datetime.fromisoformat(self.text(name))
            return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        except (ValueError, OverflowError):
            return None
