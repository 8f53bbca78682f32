"""Cal.com's deliveries."""

import json
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from booking_series import PAT, calcom, calcom_attendance, calcom_ended
from builders import NOON

from sequencer.adapters.booking.calcom import HEADER, TOOL, read
from sequencer.domain.booking import BookingEvent, BookingKind, DeliveryError
from sequencer.domain.post import Post, Secrets

BODY = (
    b'{"triggerEvent":"BOOKING_CREATED","createdAt":"2027-03-01T09:00:00.000Z",'
    b'"payload":{"uid":"u1"}}'
)
SIGNATURE = "8e315a4437b26c83e689255ec177071abf7196f1ad69d0a4f92b661a8b785d55"


def is_good(header: str, *, body: bytes = BODY, key: str = "cal-test-secret") -> bool:
    return TOOL.verify(Secrets((key,)), Post(body, {HEADER: header}), NOON)


def only(body: bytes) -> BookingEvent:
    [event] = read(body)
    return event


def test_signature() -> None:
    """The known digest of the raw body is taken as it is, and nothing near it."""
    assert is_good(SIGNATURE)
    for other in (
        SIGNATURE[:-1],
        f"sha256={SIGNATURE}",
        SIGNATURE.upper(),
        "",
        "no-secret-provided",
    ):
        assert not is_good(other)
    assert not is_good(SIGNATURE, body=BODY + b" ")
    assert not is_good(SIGNATURE, key="other")


def test_no_secret_at_the_tool() -> None:
    """A webhook without a secret says so, and is known by our address alone."""
    post = Post(BODY, {HEADER: "no-secret-provided"}, secret="in the address")
    assert TOOL.verify(Secrets(in_url=("in the address",)), post, NOON)
    assert not TOOL.verify(Secrets(("key",), ("in the address",)), post, NOON)
    assert not TOOL.verify(Secrets(), post, NOON)


def test_moved() -> None:
    """A reschedule has a new uid, names the old one, and says all there is to say."""
    body = json.dumps(
        {
            "triggerEvent": "BOOKING_RESCHEDULED",
            "createdAt": "2027-03-02T10:00:00.000Z",
            "payload": {
                "uid": "new-uid",
                "rescheduleUid": "old-uid",
                "iCalUID": "new-uid@Cal.com",
                "type": "intro",
                "title": "Intro",
                "startTime": "2027-03-08T09:00:00Z",
                "endTime": "2027-03-08T09:15:00+00:00",
                "organizer": {"email": "rep@sender.example"},
                "attendees": [
                    {"email": PAT, "name": "Pat Moreno", "timeZone": "Europe/Madrid"},
                    {"email": "second@prospect.example"},
                ],
                "responses": {"guests": {"value": ["third@prospect.example", 5]}},
                "metadata": {"token": "tok_9f3", "videoCallUrl": "https://app.cal.example/v"},
                "location": "integrations:daily",
            },
        }
    ).encode()
    event = only(body)
    assert event == BookingEvent(
        BookingKind.RESCHEDULED,
        "calcom",
        event.delivery_key,
        meeting_key="new-uid",
        previous_key="old-uid",
        email=PAT,
        name="Pat Moreno",
        guests=("second@prospect.example", "third@prospect.example"),
        hosts=("rep@sender.example",),
        token="tok_9f3",
        starts_at=datetime(2027, 3, 8, 9, 0, tzinfo=UTC),
        ends_at=datetime(2027, 3, 8, 9, 15, tzinfo=UTC),
        tz="Europe/Madrid",
        title="Intro",
        event_type="intro",
        link="https://app.cal.example/v",
        place="integrations:daily",
        uid="new-uid@Cal.com",
        occurred_at=datetime(2027, 3, 2, 10, 0, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("trigger", "kind"),
    [
        ("BOOKING_CREATED", BookingKind.BOOKED),
        ("BOOKING_PAID", BookingKind.BOOKED),
        ("BOOKING_REQUESTED", BookingKind.REQUESTED),
        ("BOOKING_REJECTED", BookingKind.REJECTED),
        ("BOOKING_CANCELLED", BookingKind.CANCELLED),
        ("BOOKING_PAYMENT_INITIATED", BookingKind.OTHER),
        ("MEETING_STARTED", BookingKind.OTHER),
        ("OOO_CREATED", BookingKind.OTHER),
        ("PING", BookingKind.OTHER),
    ],
)
def test_kinds(trigger: str, kind: BookingKind) -> None:
    """Each trigger means one thing, and an unknown one nothing."""
    assert only(calcom(trigger, 0)).kind is kind


def test_created_and_not_confirmed() -> None:
    """A booking that is created pending is a request."""
    assert only(calcom("BOOKING_CREATED", 0, status="PENDING")).kind is BookingKind.REQUESTED


@pytest.mark.parametrize(
    ("by", "who"), [("REP@sender.example", "host"), (PAT, "invitee"), ("x@y.example", ""), (5, "")]
)
def test_cancelled(by: object, who: str) -> None:
    """A cancellation says who cancelled and why."""
    event = only(calcom("BOOKING_CANCELLED", 0, cancelledBy=by, cancellationReason="travel"))
    assert (event.kind, event.cancelled_by, event.cancel_reason) == (
        BookingKind.CANCELLED,
        who,
        "travel",
    )


def test_asked_for_another_time() -> None:
    """A cancellation by which the host asks for another time is none; anything but true is not."""
    asks = only(calcom("BOOKING_CANCELLED", 0, requestReschedule=True))
    assert asks.kind is BookingKind.ASKED_AGAIN
    for other in (False, "true", 1, None):
        event = only(calcom("BOOKING_CANCELLED", 0, requestReschedule=other))
        assert event.kind is BookingKind.CANCELLED


def test_who_came() -> None:
    """Each person of whom it is said is an event, under one delivery."""
    came = only(calcom_attendance(1, missed=False))
    assert (came.kind, came.email, came.meeting_key) == (
        BookingKind.NO_SHOW_UNDONE,
        PAT,
        "old-uid",
    )
    people = [{"email": PAT, "noShow": True}, {"email": "b@x.example", "noShow": False}, {}]
    payload = {"bookingUid": "u", "attendees": people}
    told = {"triggerEvent": "BOOKING_NO_SHOW_UPDATED", "createdAt": "x", "payload": payload}
    events = read(json.dumps(told).encode())
    assert [(each.kind, each.email) for each in events] == [
        (BookingKind.NO_SHOW, PAT),
        (BookingKind.NO_SHOW_UNDONE, "b@x.example"),
    ]


def test_the_flat_form() -> None:
    """The end of a meeting is told without an envelope, and happened when it was over."""
    event = only(calcom_ended())
    assert (event.kind, event.meeting_key, event.email) == (BookingKind.HELD, "old-uid", PAT)
    assert event.hosts == ("rep@sender.example",)
    assert event.occurred_at == event.ends_at
    assert event.occurred_at is not None


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (b'"noShow": false', b'"noShow": true', BookingKind.NO_SHOW),
        (b'"noShowHost": false', b'"noShowHost": true', BookingKind.OTHER),
        (b'"ACCEPTED"', b'"CANCELLED"', BookingKind.OTHER),
    ],
)
def test_over_and_not_held(before: bytes, after: bytes, kind: BookingKind) -> None:
    """The time of a meeting is over also where it was missed, or was none."""
    assert only(calcom_ended().replace(before, after)).kind is kind


def test_a_template_of_the_user() -> None:
    """A template without an envelope, or one that is posted as a form, still stops the cadence."""
    flat = {"triggerEvent": "BOOKING_CREATED", "uid": "u1", "email": PAT}
    flat |= {"startTime": "2027-03-08T09:00:00Z"}
    for body in (json.dumps(flat).encode(), urlencode(flat).encode()):
        event = only(body)
        assert (event.kind, event.meeting_key, event.email) == (BookingKind.BOOKED, "u1", PAT)
        assert event.starts_at == datetime(2027, 3, 8, 9, 0, tzinfo=UTC)


def test_delivery_key() -> None:
    """What is told again has the same key; another trigger, meeting or start has another."""
    bodies = [
        calcom("BOOKING_CREATED", 0),
        calcom("BOOKING_PAID", 0),
        calcom("BOOKING_CREATED", 0, "u2"),
        calcom("BOOKING_CREATED", 0, startTime="2027-03-09T09:00:00Z"),
    ]
    keys = [only(body).delivery_key for body in bodies]
    assert only(calcom("BOOKING_CREATED", 1)).delivery_key == keys[0]
    assert len(set(keys)) == len(keys)
    assert only(calcom("BOOKING_CREATED", 0, title="x")).delivery_key == keys[0]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b'{"payload":{"uid":"x"}}', "triggerEvent is missing"),
        (b'{"triggerEvent":5,"payload":{}}', "triggerEvent is missing"),
        (b'{"triggerEvent":"BOOKING_CREATED","payload":{"a":1}}', "uid is missing"),
        (b'{"triggerEvent":"BOOKING_NO_SHOW_UPDATED","payload":{"bookingUid":"u"}}', "of nobody"),
        (b"a=b&c=d", "triggerEvent is missing"),
        (b"a=b&" * 300, "no form"),
    ],
)
def test_not_a_delivery(body: bytes, sentence: str) -> None:
    """What does not tell the event or the meeting is refused with a sentence."""
    with pytest.raises(DeliveryError, match=sentence):
        read(body)
