"""SavvyCal's deliveries."""

import pytest
from booking_series import COLLEAGUE, PAT, REP, STARTS, savvycal
from builders import NOON

from sequencer.adapters.booking.savvycal import HEADER, TOOL, read
from sequencer.domain.booking import BookingEvent, BookingKind, DeliveryError
from sequencer.domain.post import Post, Secrets

BODY = b'{"type":"event.created","id":"payload_1"}'
DIGEST = "2240c3cedd06fbe11387a6f1272fb60606447f73ceb12a6a42751cdbf6644aa7"


def only(body: bytes) -> BookingEvent:
    [event] = read(body)
    return event


@pytest.mark.parametrize(
    ("header", "good"),
    [
        (f"sha256={DIGEST}", True),
        (f"sha256={DIGEST.upper()}", True),
        (DIGEST, False),
        (f"sha1={DIGEST}", False),
        (f"sha256={DIGEST[:-1]}", False),
        ("sha256=", False),
        ("", False),
    ],
)
def test_signature(header: str, *, good: bool) -> None:
    """The known digest is taken in capitals and in small letters, and nothing near it."""
    post = Post(BODY, {HEADER: header})
    assert TOOL.verify(Secrets(("savvy-test-secret",)), post, NOON) is good


def test_booked() -> None:
    """A booking says who with whom, when and how; whoever hosts it is no guest."""
    event = only(savvycal("event.created", 0, metadata={"token": "tok"}))
    assert (event.kind, event.email, event.guests, event.hosts) == (
        BookingKind.BOOKED,
        PAT,
        (COLLEAGUE,),
        (REP,),
    )
    assert (event.meeting_key, event.starts_at, event.token) == ("event_1", STARTS, "tok")
    assert (event.tz, event.event_type, event.title) == ("Europe/Madrid", "intro", "Intro")
    assert (event.link, event.occurred_at) == ("https://zoom.example/1", NOON)


@pytest.mark.parametrize(
    ("event", "state", "kind"),
    [
        ("event.requested", "awaiting_approval", BookingKind.REQUESTED),
        ("event.approved", "confirmed", BookingKind.BOOKED),
        ("event.declined", "declined", BookingKind.REJECTED),
        ("event.rescheduled", "confirmed", BookingKind.RESCHEDULED),
        ("event.canceled", "canceled", BookingKind.CANCELLED),
        ("event.changed", "confirmed", BookingKind.BOOKED),
        ("event.changed", "canceled", BookingKind.CANCELLED),
        ("event.attendee.added", "confirmed", BookingKind.BOOKED),
        ("event.attendee.canceled", "confirmed", BookingKind.OTHER),
        ("event.checkout.pending", "confirmed", BookingKind.OTHER),
        ("workflow.action.triggered", "", BookingKind.OTHER),
    ],
)
def test_kinds(event: str, state: str, kind: BookingKind) -> None:
    """Each event means one thing; a change means what the meeting is after it."""
    assert only(savvycal(event, 0, state=state)).kind is kind


def test_delivery_key() -> None:
    """The id of a delivery tells it from others."""
    first, again, second = (
        only(savvycal("event.changed", minute, summary=text)).delivery_key
        for minute, text in ((0, "a"), (0, "b"), (1, "a"))
    )
    assert first == again != second


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b'{"id":"p"}', "type is missing"),
        (b'{"type":"event.created","payload":{}}', "payload.id is missing"),
        (b'{"type":"event.created","payload":{"id":"e"}}', "scheduler.email is missing"),
    ],
)
def test_not_a_delivery(body: bytes, sentence: str) -> None:
    """What does not tell the event, the meeting or the person is refused with a sentence."""
    with pytest.raises(DeliveryError, match=sentence):
        read(body)
