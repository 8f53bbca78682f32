"""Zoom Scheduler's deliveries."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
from booking_series import COLLEAGUE, PAT, REP, STARTS, post, zoom

from sequencer.adapters.booking.zoom import HEADER, STAMP, answer, read, verify
from sequencer.domain.booking import BookingEvent, BookingKind, DeliveryError
from sequencer.domain.post import Post, Secrets

KEY = "zoom-test-secret"
BODY = b'{"event":"scheduler.scheduled_event_created","payload":{}}'
SIGNATURE = "v0=52b1c66976f4c624a936a385805763897c5c3af4ea3d600ef82267bcdf08e0d8"
AT = 1803805200
NOW = datetime.fromtimestamp(AT, UTC)


def only(body: bytes) -> BookingEvent:
    [event] = read(body)
    return event


@pytest.mark.parametrize(
    ("signature", "stamp", "good"),
    [
        (SIGNATURE, str(AT), True),
        (SIGNATURE[3:], str(AT), False),
        (SIGNATURE.replace("v0", "v1"), str(AT), False),
        (SIGNATURE, str(AT + 1), False),
        (SIGNATURE, f" {AT}", False),
        (SIGNATURE, "", False),
        ("", str(AT), False),
    ],
)
def test_signature(signature: str, stamp: str, *, good: bool) -> None:
    """The known digest of version, time and body is taken, and nothing near it."""
    request = Post(BODY, {HEADER: signature, STAMP: stamp})
    assert verify(Secrets(("new", KEY)), request, NOW) is good
    assert not verify(Secrets((KEY,)), request, NOW + timedelta(seconds=301))


def asks(event: str = "endpoint.url_validation", **payload: object) -> bytes:
    return json.dumps({"event": event, "payload": payload}).encode()


@pytest.mark.parametrize("keys", [(KEY,), ("new", KEY), (KEY, "old")])
def test_the_question_whether_we_know_the_secret(keys: tuple[str, ...]) -> None:
    """The text that Zoom asks us to sign is signed with the key that Zoom has."""
    wanted = hmac.new(KEY.encode(), b"plain", hashlib.sha256).hexdigest()
    told = answer(Secrets(keys), post("zoom", asks(plainToken="plain"), NOW, secret=KEY))
    assert told == {"plainToken": "plain", "encryptedToken": wanted}


@pytest.mark.parametrize(
    "body",
    [
        asks(),
        asks(plainToken=5),
        asks("scheduler.scheduled_event_created", plainToken="plain"),
        asks(plainToken=f"v0:{AT}:{{}}"),
        b"{",
    ],
)
def test_nothing_else_is_signed(body: bytes) -> None:
    """No event is taken for the question, and no text is signed that could pass for a delivery."""
    assert answer(Secrets((KEY,)), post("zoom", body, NOW, secret=KEY)) is None


def test_the_question_of_somebody_else() -> None:
    """What was signed with no key of ours is not answered."""
    request = post("zoom", asks(plainToken="plain"), NOW, secret="other")
    assert answer(Secrets((KEY,)), request) is None
    assert answer(Secrets(), request) is None


def test_booked() -> None:
    """A booking says who with whom and when; whoever hosts it is no guest."""
    event = only(zoom("created", 0))
    assert (event.kind, event.meeting_key, event.email) == (BookingKind.BOOKED, "z1", PAT)
    assert (event.guests, event.hosts, event.starts_at) == ((COLLEAGUE,), (REP,), STARTS)


def test_moved() -> None:
    """The old half of a move is no cancellation, the new half names the old."""
    old = only(zoom("canceled", 1, rescheduled_to_event_id="z2"))
    new = only(zoom("created", 1, "z2", rescheduled_from_event_id="z1"))
    assert old.kind is BookingKind.RESCHEDULED_AWAY
    assert (new.kind, new.previous_key) == (BookingKind.RESCHEDULED, "z1")
    assert only(zoom("canceled", 1)).kind is BookingKind.CANCELLED


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b'{"payload":{}}', "event is missing"),
        (BODY, "event_id is missing"),
        (zoom("created", 0, attendees=[], organizer={}), "names no invitee"),
    ],
)
def test_not_a_delivery(body: bytes, sentence: str) -> None:
    """What does not tell the event, the meeting or the person is refused with a sentence."""
    with pytest.raises(DeliveryError, match=sentence):
        read(body)
