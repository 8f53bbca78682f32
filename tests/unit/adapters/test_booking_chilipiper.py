"""Chili Piper's deliveries."""

import pytest
from booking_series import COLLEAGUE, MOVED, PAT, REP, STARTS, chilipiper
from builders import NOON

from sequencer.adapters.booking.chilipiper import TOOL, read
from sequencer.domain.booking import BookingEvent, BookingKind, DeliveryError
from sequencer.domain.post import Post, Secrets


def only(body: bytes) -> BookingEvent:
    [event] = read(body)
    return event


@pytest.mark.parametrize(
    ("secret", "good"),
    [("the secret", True), ("the secre", False), ("the secret ", False), ("", False), ("é", False)],
)
def test_secret(secret: str, *, good: bool) -> None:
    """Only what stands in our address tells that it is Chili Piper."""
    for body in (b"{}", b"anything"):
        post = Post(body, {}, secret=secret)
        assert TOOL.verify(Secrets(in_url=("the secret", "")), post, NOON) is good


def test_booked() -> None:
    """A booking says who with whom, when and where."""
    event = only(chilipiper("Created"))
    assert (event.kind, event.meeting_key, event.email) == (BookingKind.BOOKED, "c1", PAT)
    assert (event.name, event.guests, event.hosts) == (
        "Pat Moreno",
        (COLLEAGUE,),
        (REP, "host@sender.example"),
    )
    assert (event.starts_at, event.tz, event.event_type) == (STARTS, "Europe/Madrid", "intro")
    assert (event.link, event.place) == ("https://zoom.example/3", "")
    assert event.occurred_at is None


def test_a_place() -> None:
    """A place that is no address of a call is where to go."""
    event = only(chilipiper("Created", meetingLocation="Calle Mayor 1"))
    assert (event.link, event.place) == ("", "Calle Mayor 1")


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("Created", BookingKind.BOOKED),
        ("Updated", BookingKind.RESCHEDULED),
        ("RESCHEDULED", BookingKind.RESCHEDULED),
        ("Canceled", BookingKind.CANCELLED),
        ("Cancelled", BookingKind.CANCELLED),
        ("No-Show", BookingKind.NO_SHOW),
        ("Router Submitted", BookingKind.OTHER),
    ],
)
def test_kinds(event: str, kind: BookingKind) -> None:
    """Each type means one thing, however it is written."""
    assert only(chilipiper(event)).kind is kind


def test_delivery_key() -> None:
    """Another type or hour is another delivery; other words about it are not."""
    first, other = only(chilipiper("Updated")), only(chilipiper("Updated", MOVED))
    again = only(chilipiper("Updated", meetingTitle="x"))
    assert first.delivery_key == again.delivery_key != other.delivery_key


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b'{"meetingIdChili":"c"}', "type is missing"),
        (b'{"type":"Created"}', "meetingIdChili is missing"),
        (b'{"type":"Created","meetingIdChili":"c"}', "primaryGuestEmail is missing"),
    ],
)
def test_not_a_delivery(body: bytes, sentence: str) -> None:
    """What does not tell the event, the meeting or the person is refused with a sentence."""
    with pytest.raises(DeliveryError, match=sentence):
        read(body)
