"""What each booking tool posts about one meeting, in the order it happens, and how it signs it."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from builders import NOON

from sequencer.domain.meeting import MeetingState
from sequencer.domain.post import Post

PAT, COLLEAGUE, REP = "pat@prospect.example", "colleague@prospect.example", "rep@sender.example"
SECRET = "a-secret-of-the-tests-1"
STARTS = NOON + timedelta(days=4)
MOVED = NOON + timedelta(days=7)
S = MeetingState


@dataclass(frozen=True)
class Series:
    """What was posted about one meeting, one body after another, and how it ends."""

    source: str
    name: str
    bodies: tuple[bytes, ...]
    state: MeetingState
    starts_at: datetime | None = STARTS


def stamp(minute: float) -> str:
    """An instant of the series in ISO 8601, so many minutes after its begin."""
    return (NOON + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def ms(at: datetime) -> int:
    """The same in milliseconds since 1970."""
    return int(at.timestamp() * 1_000)


def post(name: str, body: bytes, at: datetime, url: str = "", secret: str = SECRET) -> Post:
    """The body as the tool posts it, signed at that instant with that secret."""
    seconds = str(int(at.timestamp()))
    headers: Mapping[str, str]
    in_url = ""
    match name:
        case "calendly":
            headers = {"calendly-webhook-signature": _stamped(body, seconds, secret)}
        case "generic":
            headers = {"sequencer-signature": _stamped(body, seconds, secret)}
        case "calcom":
            headers = {"x-cal-signature-256": _mac(body, secret).hex()}
        case "savvycal":
            headers = {"x-savvycal-signature": f"sha256={_mac(body, secret).hex().upper()}"}
        case "zcal":
            headers = {"x-zcal-webhook-signature": _mac(body, secret).hex()}
        case "zoom":
            digest = _mac(b"v0:" + seconds.encode() + b":" + body, secret).hex()
            headers = {"x-zm-signature": f"v0={digest}", "x-zm-request-timestamp": seconds}
        case "hubspot":
            text = f"POST{url}".encode() + body + str(ms(at)).encode()
            digest = base64.b64encode(_mac(text, secret)).decode()
            headers = {"x-hubspot-signature-v3": digest, "x-hubspot-request-timestamp": str(ms(at))}
        case _:
            headers, in_url = {}, secret
    return Post(body, headers, url, in_url)


def _stamped(body: bytes, seconds: str, secret: str) -> str:
    return f"t={seconds},v1={_mac(seconds.encode() + b'.' + body, secret).hex()}"


def _mac(message: bytes, secret: str) -> bytes:
    return hmac.new(secret.encode(), message, hashlib.sha256).digest()


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def calendly(event: str, minute: float, key: str = "I1", **payload: Any) -> bytes:
    """A delivery of Calendly."""
    scheduled = {
        "name": "Intro",
        "start_time": (MOVED if key == "I2" else STARTS).isoformat(),
        "event_memberships": [{"user_email": REP}],
        "event_guests": [{"email": COLLEAGUE}],
    }
    fields = {"uri": f"https://api.calendly.com/i/{key}", "email": PAT, **payload}
    told = {"event": event, "created_at": stamp(minute)}
    return _json(told | {"payload": {"scheduled_event": scheduled, **fields}})


def calcom(trigger: str, minute: float, uid: str = "old-uid", **payload: Any) -> bytes:
    """A delivery of Cal.com."""
    starts_at = MOVED if uid == "new-uid" else STARTS
    fields = {
        "uid": uid,
        "type": "intro",
        "title": "Intro between Rep One and Pat Moreno",
        "startTime": starts_at.isoformat(),
        "endTime": (starts_at + timedelta(minutes=15)).isoformat(),
        "organizer": {"email": REP},
        "attendees": [{"email": PAT, "name": "Pat Moreno", "timeZone": "Europe/Madrid"}],
        "responses": {"email": {"value": PAT}, "guests": {"value": [COLLEAGUE]}},
        "metadata": {"videoCallUrl": "https://app.cal.example/video/x"},
        **payload,
    }
    return _json({"triggerEvent": trigger, "createdAt": stamp(minute), "payload": fields})


def calcom_attendance(minute: float, *, missed: bool) -> bytes:
    """Cal.com's word on who came."""
    attendees = [{"email": PAT, "noShow": missed}]
    payload = {"message": "x", "bookingUid": "old-uid", "attendees": attendees}
    told = {"triggerEvent": "BOOKING_NO_SHOW_UPDATED", "createdAt": stamp(minute)}
    return _json(told | {"payload": payload})


def calcom_ended() -> bytes:
    """The flat form in which Cal.com tells that the time is over."""
    ends_at = (STARTS + timedelta(minutes=15)).isoformat()
    return _json(
        {
            "triggerEvent": "MEETING_ENDED",
            "id": 201,
            "uid": "old-uid",
            "status": "ACCEPTED",
            "title": "Intro",
            "startTime": STARTS.isoformat(),
            "endTime": ends_at,
            "createdAt": stamp(0),
            "noShowHost": False,
            "user": {"email": REP},
            "attendees": [{"email": PAT, "name": "Pat Moreno", "noShow": False}],
        }
    )


def savvycal(event: str, minute: float, starts_at: datetime = STARTS, **payload: Any) -> bytes:
    """A delivery of SavvyCal."""
    fields = {
        "id": "event_1",
        "state": "confirmed",
        "summary": "Intro",
        "start_at": starts_at.isoformat(),
        "end_at": (starts_at + timedelta(minutes=30)).isoformat(),
        "link": {"id": "link_1", "name": "Intro call", "slug": "intro"},
        "scheduler": {"display_name": "Pat Moreno", "email": PAT, "time_zone": "Europe/Madrid"},
        "organizer": {"email": REP},
        "attendees": [{"email": PAT}, {"email": REP}, {"email": COLLEAGUE}],
        "conferencing": {"type": "zoom", "join_url": "https://zoom.example/1"},
        "metadata": {},
        **payload,
    }
    told = {"id": f"payload_{event}_{minute}", "type": event, "occurred_at": stamp(minute)}
    return _json(told | {"version": "2020-11-18", "payload": fields})


def zcal(event: str, minute: float, starts_at: datetime = STARTS, **more: Any) -> bytes:
    """A delivery of Zcal."""
    told = {
        "id": "z1",
        "eventName": "Intro",
        "startDate": starts_at.isoformat(),
        "duration": 30,
        "cancelled": event == "event.cancelled",
        "hosts": [{"name": "Rep One", "email": REP}],
        "attendees": [
            {"name": "Pat Moreno", "email": PAT, "timezone": "Europe/Madrid", "type": "invitee"},
            {"name": "Colleague", "email": COLLEAGUE},
        ],
        "location": {"locationType": "zoom", "onlineMeeting": {"url": "https://zoom.example/2"}},
        "invite": {"id": "v1", "name": "intro", "inviteType": "oneOnOne"},
        "tracking": {},
        **more,
    }
    return _json({"type": event, "created_at": stamp(minute), "data": told})


def chilipiper(event: str, starts_at: datetime = STARTS, **more: Any) -> bytes:
    """A delivery of Chili Piper, which tells no time of its own."""
    return _json(
        {
            "type": event,
            "meetingIdChili": "c1",
            "meetingTitle": "Intro",
            "meetingLocation": "https://zoom.example/3",
            "meetingStartTime": starts_at.isoformat(),
            "meetingEndTime": (starts_at + timedelta(minutes=30)).isoformat(),
            "primaryGuestTimeZone": "Europe/Madrid",
            "hostEmail": "host@sender.example",
            "assigneeEmail": REP,
            "primaryGuestEmail": PAT,
            "primaryGuestDataFields": {"PersonName": "Pat Moreno"},
            "additionalGuests": [{"email": COLLEAGUE, "fullName": "Colleague"}],
            "meetingTypeName": "intro",
            **more,
        }
    )


def hubspot(subscription: str, minute: float, **more: Any) -> dict[str, Any]:
    """One event of a delivery of HubSpot."""
    return {
        "eventId": int(minute * 100) + 1,
        "subscriptionType": subscription,
        "objectTypeId": "0-47",
        "objectId": 77,
        "occurredAt": ms(NOON + timedelta(minutes=minute)),
        **more,
    }


def outcome(value: str, minute: float) -> dict[str, Any]:
    """HubSpot's event for an outcome of the meeting."""
    name = "hs_meeting_outcome"
    return hubspot("object.propertyChange", minute, propertyName=name, propertyValue=value)


def hubspot_whole(*events: Mapping[str, Any], contacts: Sequence[str] = (PAT, COLLEAGUE)) -> bytes:
    """A delivery with what HubSpot was asked for beside it."""
    properties = {
        "hs_meeting_title": "Intro",
        "hs_meeting_start_time": STARTS.isoformat(),
        "hs_meeting_end_time": (STARTS + timedelta(minutes=30)).isoformat(),
        "hs_activity_type": "intro",
    }
    meeting = {"properties": properties, "contacts": list(contacts)}
    return _json({"events": list(events), "meetings": {"77": meeting}})


def zoom(event: str, minute: float, key: str = "z1", **more: Any) -> bytes:
    """A delivery of Zoom Scheduler."""
    told = {
        "event_id": key,
        "summary": "Intro",
        "event_type": "intro",
        "start_date_time": (MOVED if key == "z2" else STARTS).isoformat(),
        "time_zone": "Europe/Madrid",
        "organizer": {"email": REP},
        "attendees": [{"email": PAT}, {"email": REP}, {"email": COLLEAGUE}],
        **more,
    }
    name = f"scheduler.scheduled_event_{event}"
    at = ms(NOON + timedelta(minutes=minute))
    return _json({"event": name, "event_ts": at, "payload": {"account_id": "a", "object": told}})


def generic(event: str, minute: float, key: str = "g1", **more: Any) -> bytes:
    """A delivery in our own form."""
    starts_at = MOVED if key == "g2" else STARTS
    meeting = {"id": key, "starts_at": starts_at.isoformat(), "event_type": "intro"}
    if key == "g2":
        meeting["previous_id"] = "g1"
    return _json(
        {
            "event": event,
            "id": f"{event} {minute}",
            "occurred_at": stamp(minute),
            "meeting": meeting | more.pop("meeting", {}),
            "invitee": {"email": PAT, "name": "Pat Moreno"},
            "guests": [COLLEAGUE],
            "hosts": [REP],
            **more,
        }
    )


_OLD = "https://api.calendly.com/i/I1"
_NEW = "https://api.calendly.com/i/I2"
_AWAY = calendly("invitee.canceled", 5, rescheduled=True, new_invitee=_NEW)
_HERE = calendly("invitee.created", 5.1, "I2", old_invitee=_OLD)
_CAL_MOVED = calcom("BOOKING_RESCHEDULED", 5, "new-uid", rescheduleUid="old-uid")
_CAL_ASKS = calcom("BOOKING_CANCELLED", 4, requestReschedule=True, cancelledBy=REP)

SERIES = (
    Series("calendly", "moved", (calendly("invitee.created", 0), _AWAY, _HERE), S.BOOKED, MOVED),
    Series(
        "calendly",
        "moved and cancelled",
        (calendly("invitee.created", 0), _AWAY, _HERE, calendly("invitee.canceled", 9, "I2")),
        S.CANCELLED,
        MOVED,
    ),
    Series(
        "calendly",
        "no-show taken back",
        (
            calendly("invitee.created", 0),
            calendly("invitee_no_show.created", 8),
            calendly("invitee_no_show.deleted", 9),
        ),
        S.BOOKED,
    ),
    Series(
        "calcom",
        "requested and confirmed",
        (calcom("BOOKING_REQUESTED", 0), calcom("BOOKING_CREATED", 1), calcom_ended()),
        S.HELD,
    ),
    Series(
        "calcom",
        "requested and rejected",
        (calcom("BOOKING_REQUESTED", 0), calcom("BOOKING_REJECTED", 1, rejectionReason="full")),
        S.REJECTED,
    ),
    Series(
        "calcom",
        "asked for another time",
        (calcom("BOOKING_CREATED", 0), _CAL_ASKS),
        S.ASKED_AGAIN,
    ),
    Series(
        "calcom",
        "asked for another time and moved",
        (calcom("BOOKING_CREATED", 0), _CAL_ASKS, _CAL_MOVED),
        S.BOOKED,
        MOVED,
    ),
    Series(
        "calcom",
        "missed",
        (calcom("BOOKING_CREATED", 0), calcom_ended(), calcom_attendance(9_000, missed=True)),
        S.NO_SHOW,
    ),
    Series(
        "calcom",
        "missed, taken back",
        (
            calcom("BOOKING_CREATED", 0),
            calcom_attendance(1, missed=True),
            calcom_attendance(2, missed=False),
            calcom_ended(),
        ),
        S.HELD,
    ),
    Series(
        "savvycal",
        "requested, approved, moved, cancelled",
        (
            savvycal("event.requested", 0, state="awaiting_approval"),
            savvycal("event.approved", 1),
            savvycal("event.rescheduled", 2, MOVED),
            savvycal("event.canceled", 3, MOVED, state="canceled", cancel_reason="travel"),
        ),
        S.CANCELLED,
        MOVED,
    ),
    Series(
        "savvycal",
        "declined",
        (savvycal("event.requested", 0), savvycal("event.declined", 1, state="declined")),
        S.REJECTED,
    ),
    Series(
        "zcal",
        "moved",
        (zcal("event.created", 0), zcal("event.rescheduled", 1, MOVED)),
        S.BOOKED,
        MOVED,
    ),
    Series(
        "zcal",
        "moved and cancelled",
        (
            zcal("event.created", 0),
            zcal("event.rescheduled", 1, MOVED),
            zcal("event.cancelled", 2, MOVED),
        ),
        S.CANCELLED,
        MOVED,
    ),
    Series("chilipiper", "cancelled", (chilipiper("Created"), chilipiper("Canceled")), S.CANCELLED),
    Series(
        "chilipiper",
        "moved",
        (chilipiper("Created"), chilipiper("Updated", MOVED)),
        S.BOOKED,
        MOVED,
    ),
    Series(
        "hubspot",
        "held after all",
        (
            hubspot_whole(hubspot("object.creation", 0)),
            hubspot_whole(outcome("SCHEDULED", 0.5)),
            hubspot_whole(outcome("NO_SHOW", 6_000)),
            hubspot_whole(outcome("COMPLETED", 6_001)),
        ),
        S.HELD,
    ),
    Series(
        "hubspot",
        "moved and deleted, in one delivery",
        (
            hubspot_whole(hubspot("object.creation", 0)),
            hubspot_whole(
                hubspot(
                    "object.propertyChange",
                    1,
                    propertyName="hs_meeting_start_time",
                    propertyValue=str(ms(MOVED)),
                ),
                hubspot("object.deletion", 2),
            ),
        ),
        S.CANCELLED,
    ),
    Series(
        "zoom",
        "moved",
        (
            zoom("created", 0),
            zoom("canceled", 1, rescheduled_to_event_id="z2"),
            zoom("created", 1, "z2", rescheduled_from_event_id="z1"),
        ),
        S.BOOKED,
        MOVED,
    ),
    Series("zoom", "cancelled", (zoom("created", 0), zoom("canceled", 1)), S.CANCELLED),
    Series(
        "generic",
        "moved and held",
        (generic("booked", 0), generic("rescheduled", 1, "g2"), generic("held", 2, "g2")),
        S.HELD,
        MOVED,
    ),
    Series(
        "generic",
        "asked again and cancelled",
        (generic("booked", 0), generic("asked_again", 1), generic("cancelled", 2)),
        S.CANCELLED,
    ),
)
