"""What Calendly posts when somebody books, moves, cancels or misses, and how it signs that."""

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
    """Somebody took a slot of a host's calendar.

    Attributes:
        token: what the link carried through which they booked.
        instead_of: the booking that this one replaces.
    """

    name: str
    email: str
    tz: str
    host: str
    starts_at: datetime
    token: str = ""
    instead_of: "Booking | None" = None

    @property
    def event(self) -> str:
        """Address of the meeting at the booking tool."""
        return f"{_API}/scheduled_events/{self._digest()[:16]}"

    @property
    def invitee(self) -> str:
        """Address of the person in it."""
        return f"{self.event}/invitees/{self._digest()[16:32]}"

    def _digest(self) -> str:
        return hashlib.sha256(f"{self.email} {self.starts_at}".encode()).hexdigest()


def booked(booking: Booking, at: datetime) -> bytes:
    """Body of the `invitee.created` delivery, as version 2 of the API documents it."""
    before = booking.instead_of
    return _delivery("invitee.created", booking, at, old_invitee=before.invitee if before else None)


def moved_away(booking: Booking, to: Booking, at: datetime) -> bytes:
    """The old half of a move: an `invitee.canceled` that cancels nothing."""
    return _delivery(
        "invitee.canceled",
        booking,
        at,
        status="canceled",
        rescheduled=True,
        new_invitee=to.invitee,
    )


def cancelled(booking: Booking, because: str, at: datetime) -> bytes:
    """The invitee has cancelled."""
    cancellation = {
        "canceled_by": booking.name,
        "reason": because,
        "canceler_type": "invitee",
        "created_at": _stamp(at),
    }
    return _delivery("invitee.canceled", booking, at, status="canceled", cancellation=cancellation)


def missed(booking: Booking, at: datetime) -> bytes:
    """The host has marked that the invitee did not come."""
    mark = {"uri": f"{_API}/invitee_no_shows/{booking.invitee[-16:]}", "created_at": _stamp(at)}
    return _delivery("invitee_no_show.created", booking, at, no_show=mark)


def _delivery(event: str, booking: Booking, at: datetime, **more: object) -> bytes:
    sources = dict.fromkeys(("utm_source", "utm_medium"))
    payload: Mapping[str, object] = {
        "uri": booking.invitee,
        "email": booking.email,
        "name": booking.name,
        "status": "active",
        "timezone": booking.tz,
        "event": booking.event,
        "created_at": _stamp(at),
        "updated_at": _stamp(at),
        "rescheduled": False,
        "old_invitee": None,
        "new_invitee": None,
        "no_show": None,
        "questions_and_answers": [],
        "tracking": {**sources, "utm_content": booking.token or None},
        "scheduled_event": _scheduled(booking),
    }
    body = {
        "event": event,
        "created_at": _stamp(at),
        "created_by": f"{_API}/users/sandbox",
        "payload": {**payload, **more},
    }
    return json.dumps(body, ensure_ascii=False).encode()


def _scheduled(booking: Booking) -> Mapping[str, object]:
    return {
        "uri": booking.event,
        "name": "First talk",
        "status": "active",
        "start_time": _stamp(booking.starts_at),
        "end_time": _stamp(booking.starts_at + LENGTH),
        "location": {"type": "zoom", "join_url": "https://zoom.example/j/4021905561"},
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
