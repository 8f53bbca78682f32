"""Calendly's signatures and deliveries."""

import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sequencer.adapters.booking.calendly import HEADER, read
from sequencer.adapters.booking.calendly import verify as verify_post
from sequencer.adapters.booking.fields import MAX_BODY
from sequencer.domain.booking import BookingEvent, BookingKind, DeliveryError
from sequencer.domain.post import Post, Secrets

KEY = "calendly-test-key"
BODY = (
    b'{"event":"invitee.created","created_at":"2027-03-01T09:00:00.000000Z",'
    b'"payload":{"email":"pat@prospect.example"}}'
)
SIGNATURE = "4938ac49a60787a8ac2814b6e5fd33d5c59bb00f30556b9f69900b8c601f2e35"
STAMP = 1803805200
NOW = datetime.fromtimestamp(STAMP, UTC)
SIGNED = f"t={STAMP},v1={SIGNATURE}"
OLD = "https://api.calendly.com/scheduled_events/E1/invitees/I1"
NEW = "https://api.calendly.com/scheduled_events/E2/invitees/I2"


def verify(header: str, body: bytes, keys: Sequence[str], now: datetime) -> bool:
    return verify_post(Secrets(tuple(keys)), Post(body, {HEADER: header}), now)


def read_delivery(body: bytes) -> BookingEvent:
    [event] = read(body)
    return event


def delivery(event: str = "invitee.created", **payload: Any) -> bytes:
    """A delivery that is valid but for what is given."""
    fields = {
        "uri": OLD,
        "email": "pat@prospect.example",
        "name": "Pat Moreno",
        "rescheduled": False,
        "old_invitee": None,
        "new_invitee": None,
        "tracking": {"utm_source": "seq", "utm_content": "tok_9f3"},
        "scheduled_event": {
            "start_time": "2027-03-05T09:00:00.000000Z",
            "end_time": "2027-03-05T09:30:00.000000Z",
            "name": "Intro",
            "location": {"type": "google_conference", "join_url": "https://meet.example/x"},
            "event_memberships": [{"user_email": "rep@sender.example"}],
            "event_guests": [
                {"email": "colleague@prospect.example"},
                {"email": "Pat@Prospect.example"},
            ],
        },
        "timezone": "Europe/Madrid",
        **payload,
    }
    at = "2027-03-02T10:00:01.000000Z"
    return json.dumps({"event": event, "created_at": at, "payload": fields}).encode()


@pytest.mark.parametrize(
    "header",
    [
        SIGNED,
        f"v1={SIGNATURE},t={STAMP}",
        f"t={STAMP}, v1={'0' * 64}, v1={SIGNATURE}",
        f"t={STAMP},v0=abc,v1={SIGNATURE}",
    ],
)
def test_verify(header: str) -> None:
    """The documented vector verifies, whatever stands beside it."""
    assert verify(header, BODY, [KEY], NOW)


@pytest.mark.parametrize("keys", [[KEY, "new"], ["old", KEY]])
def test_verify_while_keys_change(keys: list[str]) -> None:
    """Any one of several keys will do."""
    assert verify(SIGNED, BODY, keys, NOW)


@pytest.mark.parametrize("keys", [[], [""], ["other"]])
def test_verify_without_the_key(keys: list[str]) -> None:
    """Without the right key nothing verifies, and an empty key is none."""
    assert not verify(SIGNED, BODY, keys, NOW)


def test_verify_with_an_empty_key_of_the_sender() -> None:
    """What was signed with the empty key, as anybody can, does not verify."""
    signature = hmac.new(b"", f"{STAMP}.".encode() + BODY, hashlib.sha256).hexdigest()
    assert not verify(f"t={STAMP},v1={signature}", BODY, [""], NOW)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "garbage",
        f"t={STAMP}",
        f"v1={SIGNATURE}",
        f"t=,v1={SIGNATURE}",
        f"t=-{STAMP},v1={SIGNATURE}",
        f"t={STAMP}.0,v1={SIGNATURE}",
        f"t=\u0661\u0668,v1={SIGNATURE}",
        f"t={STAMP},t={STAMP},v1={SIGNATURE}",
        f"t={'9' * 5000},v1={SIGNATURE}",
        f"t={STAMP},v1=",
        f"t={STAMP},v1={SIGNATURE.upper()}",
        f"t={STAMP},v1={SIGNATURE[:-1]}",
        f"t={STAMP},v1=\u00e9{SIGNATURE}",
        f"t={STAMP + 1},v1={SIGNATURE}",
    ],
)
def test_verify_refuses(header: str) -> None:
    """Nothing but one time stamp and its own signature verifies, and nothing raises."""
    assert not verify(header, BODY, [KEY], NOW)


def test_verify_raw_body() -> None:
    """The same JSON written differently does not verify."""
    assert not verify(SIGNED, json.dumps(json.loads(BODY)).encode(), [KEY], NOW)


@pytest.mark.parametrize(
    ("seconds", "good"), [(180, True), (-180, True), (181, False), (-181, False)]
)
def test_verify_in_time(seconds: int, *, good: bool) -> None:
    """A signature holds for three minutes to both sides."""
    assert verify(SIGNED, BODY, [KEY], NOW + timedelta(seconds=seconds)) is good


def test_booked() -> None:
    """A new invitee is a booking, with all that it says."""
    event = read_delivery(delivery())
    assert event == BookingEvent(
        BookingKind.BOOKED,
        "calendly",
        event.delivery_key,
        meeting_key=OLD,
        email="pat@prospect.example",
        name="Pat Moreno",
        token="tok_9f3",
        starts_at=datetime(2027, 3, 5, 9, 0, tzinfo=UTC),
        ends_at=datetime(2027, 3, 5, 9, 30, tzinfo=UTC),
        hosts=("rep@sender.example",),
        guests=("colleague@prospect.example",),
        tz="Europe/Madrid",
        title="Intro",
        event_type="Intro",
        link="https://meet.example/x",
        occurred_at=datetime(2027, 3, 2, 10, 0, 1, tzinfo=UTC),
    )


def test_delivery_key() -> None:
    """Another event or invitee has another; nobody is created twice, but may be missed twice."""
    missed = delivery("invitee_no_show.created")
    deliveries = [
        delivery(),
        delivery("invitee.canceled"),
        delivery(uri=NEW),
        missed,
        missed.replace(b"10:00:01", b"10:00:02"),
    ]
    again = delivery().replace(b"10:00:01", b"10:00:02")
    assert read_delivery(again).delivery_key == read_delivery(delivery()).delivery_key
    keys = [read_delivery(body).delivery_key for body in deliveries]
    assert len(set(keys)) == len(deliveries)
    assert max(map(len, keys)) <= 128
    assert read_delivery(delivery(name="Pat M.")).delivery_key == keys[0]


def test_rescheduled() -> None:
    """The new half of a reschedule names the old; neither is a cancellation."""
    new = read_delivery(delivery(uri=NEW, old_invitee=OLD))
    assert (new.kind, new.meeting_key, new.previous_key) == (BookingKind.RESCHEDULED, NEW, OLD)
    cancellation = {"canceler_type": "invitee"}
    old = read_delivery(
        delivery("invitee.canceled", rescheduled=True, new_invitee=NEW, cancellation=cancellation)
    )
    assert (old.kind, old.meeting_key) == (BookingKind.RESCHEDULED_AWAY, OLD)
    assert old.cancelled_by == ""


def test_rescheduled_by_its_successor_alone() -> None:
    """An invitee that has a successor was not cancelled, even if the flag is missing."""
    event = read_delivery(delivery("invitee.canceled", new_invitee=NEW))
    assert event.kind is BookingKind.RESCHEDULED_AWAY


@pytest.mark.parametrize("who", ["host", "invitee"])
def test_cancelled(who: str) -> None:
    """A cancellation says who cancelled."""
    event = read_delivery(
        delivery("invitee.canceled", cancellation={"canceler_type": who, "reason": None})
    )
    assert (event.kind, event.cancelled_by) == (BookingKind.CANCELLED, who)


def test_no_show() -> None:
    """A no-show and its undoing are told apart, and have keys of their own."""
    shown = read_delivery(delivery("invitee_no_show.created"))
    undone = read_delivery(delivery("invitee_no_show.deleted"))
    assert (shown.kind, undone.kind) == (BookingKind.NO_SHOW, BookingKind.NO_SHOW_UNDONE)
    assert shown.delivery_key != undone.delivery_key


def test_other_event() -> None:
    """An event that is none of ours is no error."""
    body = b'{"event":"routing_form_submission.created","created_at":"x","payload":{}}'
    assert read_delivery(body).kind is BookingKind.OTHER


def test_little_said() -> None:
    """What Calendly leaves out is empty, as long as the meeting and the person are known."""
    body = json.dumps({"event": "invitee.created", "payload": {"uri": OLD, "email": "a@x.example"}})
    event = read_delivery(body.encode())
    assert (event.starts_at, event.hosts, event.token, event.name) == (None, (), "", "")


@pytest.mark.parametrize(
    ("field", "odd"),
    [
        ("rescheduled", "false"),
        ("old_invitee", {"uri": OLD}),
        ("new_invitee", 1),
        ("name", 5),
        ("tracking", "tok"),
        ("tracking", {"utm_content": ["tok"]}),
        ("scheduled_event", "https://api.calendly.com/scheduled_events/E1"),
        ("scheduled_event", {"start_time": "soon", "end_time": "9999-12-31T23:59:59-23:59"}),
        ("scheduled_event", {"start_time": 5, "event_memberships": {}}),
        ("scheduled_event", {"event_memberships": []}),
        ("scheduled_event", {"event_memberships": ["https://api.calendly.com/users/U1"]}),
        ("cancellation", "by the host"),
    ],
)
@pytest.mark.parametrize("event", ["invitee.created", "invitee.canceled"])
def test_odd_fields(event: str, field: str, odd: object) -> None:
    """What is not needed to know the meeting and the person is empty where it does not fit."""
    read, without = read_delivery(delivery(event, **{field: odd})), delivery(event, **{field: None})
    assert read == read_delivery(without)


def test_odd_address() -> None:
    """An address that is none is no hindrance where our link tells who booked."""
    event = read_delivery(delivery(email=["pat@prospect.example"]))
    assert (event.email, event.token) == ("", "tok_9f3")


def test_address_one_level_below() -> None:
    """The address is found in the older place too."""
    event = read_delivery(delivery(email=None, invitee={"email": "pat@prospect.example"}))
    assert event.email == "pat@prospect.example"


def test_text_for_a_database() -> None:
    """Half characters, NUL and line ends do not survive, and no text is endless."""
    event = read_delivery(delivery(name="Pat\ud800\0\r\nMoreno" + "x" * 5_000))
    assert event.name.startswith("Pat? Moreno")
    assert len(event.name) == 1_000


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "the body is not JSON"),
        (b"\xff\xfe", "the body is not JSON"),
        (b"[]", "the body is not an object"),
        (b"{}", "event is missing"),
        (b'{"event":1}', "event is missing"),
        (b'{"event":"invitee.created","payload":[]}', "payload.uri is missing"),
        (delivery(uri=1), "payload.uri is missing"),
        (delivery(email=1, tracking="tok"), "payload.email is missing"),
        (b'{"event":"invitee.created"}', "payload.uri is missing"),
        (b'{"event":"invitee.created","payload":{"uri":"x"}}', "payload.email is missing"),
        (b'{"event":' + b"9" * 5_000 + b"}", "the body is not JSON"),
        (b"[" * 10_000 + b"]" * 10_000, "nested deeper than 32 levels"),
        (b'{"a":' * 10_000, "nested deeper than 32 levels"),
        (b" " * (MAX_BODY + 1), "more than 262144"),
    ],
)
def test_not_a_delivery(body: bytes, sentence: str) -> None:
    """What does not tell the event, the meeting or the person is refused with a sentence."""
    with pytest.raises(DeliveryError, match=sentence):
        read_delivery(body)


def test_brackets_in_text_are_not_depth() -> None:
    """Brackets and quotes inside strings do not count as nesting."""
    assert read_delivery(delivery(name='["' * 100)).name == '["' * 100
