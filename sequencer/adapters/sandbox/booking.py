"""What Calendly posts when somebody has booked, and how it signs that."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

LENGTH = timedelta(minutes=30)
_API = "https://api.calendly.com"


@dataclass(frozen=True, slots=True)
class Booking:
    """Somebody took a slot of a host's calendar."""

    name: str
    email: str
    tz: str
    host: str
    starts_at: datetime


def delivery(booking: Booking, at: datetime) -> bytes:
    """Body of the `invitee.created` delivery, as version 2 of the API documents it."""
    digest = hashlib.sha256(f"{booking.email} {booking.starts_at}".encode()).hexdigest()
    event = f"{_API}/scheduled_events/{digest[:16]}"
    body = {
        "event": "invitee.created",
        "created_at": _stamp(at),
        "created_by": f"{_API}/users/sandbox",
        "payload": {
            "uri": f"{event}/invitees/{digest[16:32]}",
            "email": booking.email,
            "name": booking.name,
            "status": "active",
            "timezone": booking.tz,
            "event": event,
            "created_at": _stamp(at),
            "updated_at": _stamp(at),
            "rescheduled": False,
            "old_invitee": None,
            "new_invitee": None,
            "no_show": None,
            "questions_and_answers": [],
            "tracking": dict.fromkeys(("utm_source", "utm_medium", "utm_content")),
            "scheduled_event": _scheduled(booking, event),
        },
    }
    return json.dumps(body, ensure_ascii=False).encode()


def _scheduled(booking: Booking, event: str) -> Mapping[str, object]:
    return {
        "uri": event,
        "name": "First talk",
        "status": "active",
        "start_time": _stamp(booking.starts_at),
        "end_time": _stamp(booking.starts_at + LENGTH),
        "event_memberships": [{"user": f"{_API}/users/sandbox", "user_email": booking.host}],
        "event_guests": [],
        "invitees_counter": {"total": 1, "active": 1, "limit": 1},
    }


def signature(body: bytes, key: str, at: datetime) -> str:
    """Value of `Calendly-Webhook-Signature` for the body, signed at that instant."""
    stamp = str(int(at.timestamp()))
    digest = hmac.new(key.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={digest}"


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
