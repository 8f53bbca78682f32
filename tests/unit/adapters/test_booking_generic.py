"""Deliveries in our own form."""

import json
from datetime import UTC, datetime

import pytest

from sequencer.adapters.booking.generic import read
from sequencer.domain.booking import BookingEvent, BookingKind, DeliveryError

WHOLE = {
    "event": "cancelled",
    "id": "delivery-7",
    "occurred_at": "2027-03-02T10:00:00Z",
    "meeting": {
        "id": "m2",
        "previous_id": "m1",
        "starts_at": "2027-03-08T10:00:00+01:00",
        "ends_at": "2027-03-08T10:30:00+01:00",
        "timezone": "Europe/Madrid",
        "title": "Intro",
        "event_type": "intro",
        "link": "https://meet.example/x",
        "place": "Calle Mayor 1",
        "uid": "u1@calendar.example",
    },
    "invitee": {"email": "pat@prospect.example", "name": "Pat Moreno"},
    "guests": ["colleague@prospect.example"],
    "hosts": ["rep@sender.example"],
    "token": "tok",
    "cancelled_by": "host",
    "reason": "travel",
}


def only(**changes: object) -> BookingEvent:
    [event] = read(json.dumps(WHOLE | changes).encode())
    return event


def test_whole() -> None:
    """Everything that the form knows is read."""
    event = only()
    assert event == BookingEvent(
        BookingKind.CANCELLED,
        "generic",
        event.delivery_key,
        meeting_key="m2",
        previous_key="m1",
        email="pat@prospect.example",
        name="Pat Moreno",
        guests=("colleague@prospect.example",),
        hosts=("rep@sender.example",),
        token="tok",
        starts_at=datetime(2027, 3, 8, 9, 0, tzinfo=UTC),
        ends_at=datetime(2027, 3, 8, 9, 30, tzinfo=UTC),
        tz="Europe/Madrid",
        title="Intro",
        event_type="intro",
        link="https://meet.example/x",
        place="Calle Mayor 1",
        uid="u1@calendar.example",
        cancelled_by="host",
        cancel_reason="travel",
        occurred_at=datetime(2027, 3, 2, 10, 0, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "kind", sorted(set(BookingKind) - {BookingKind.OTHER, BookingKind.RESCHEDULED_AWAY})
)
def test_kinds(kind: BookingKind) -> None:
    """Every event of ours has its word in the form."""
    assert only(event=kind.value).kind is kind


@pytest.mark.parametrize("event", ["other", "rescheduled_away", "Booked", "coffee"])
def test_other_events(event: str) -> None:
    """A word that the form does not know is no error."""
    assert only(event=event).kind is BookingKind.OTHER


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"event": None}, "event is missing"),
        ({"meeting": {}}, "meeting.id is missing"),
        ({"invitee": {}, "token": ""}, "invitee.email is missing"),
        ({"id": "", "occurred_at": ""}, "neither id nor occurred_at"),
    ],
)
def test_not_a_delivery(changes: dict[str, object], sentence: str) -> None:
    """What the form demands is demanded with a sentence."""
    with pytest.raises(DeliveryError, match=sentence):
        only(**changes)


def test_delivery_key() -> None:
    """The id tells deliveries apart, and without one the time does."""
    assert only().delivery_key == only(reason="other").delivery_key
    assert only().delivery_key != only(id="delivery-8").delivery_key
    first, second = only(id=None), only(id=None, occurred_at="2027-03-02T10:00:01Z")
    assert first.delivery_key != second.delivery_key
