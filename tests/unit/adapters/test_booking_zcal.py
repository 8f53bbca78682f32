"""Zcal's deliveries."""

from datetime import timedelta

import pytest
from booking_series import COLLEAGUE, PAT, REP, STARTS, zcal

from sequencer.adapters.booking.zcal import read
from sequencer.domain.booking import BookingEvent, BookingKind, DeliveryError

OURS = "0123456789abcdef0123456789abcdef"


def only(body: bytes) -> BookingEvent:
    [event] = read(body)
    return event


def test_booked() -> None:
    """A booking says who with whom, when, how long and where."""
    event = only(zcal("event.created", 0))
    assert (event.kind, event.meeting_key, event.email) == (BookingKind.BOOKED, "z1", PAT)
    assert (event.name, event.tz, event.guests, event.hosts) == (
        "Pat Moreno",
        "Europe/Madrid",
        (COLLEAGUE,),
        (REP,),
    )
    assert (event.starts_at, event.ends_at) == (STARTS, STARTS + timedelta(minutes=30))
    assert (event.event_type, event.link) == ("intro", "https://zoom.example/2")


def test_the_older_place() -> None:
    """The address of the call is found where older deliveries have it."""
    location = {"type": "zoom", "url": "https://zoom.example/3", "passcode": "1"}
    event = only(zcal("event.created", 0, location=location))
    assert (event.link, event.place) == ("https://zoom.example/3", "zoom")


@pytest.mark.parametrize(
    ("event", "cancelled", "kind"),
    [
        ("event.rescheduled", False, BookingKind.RESCHEDULED),
        ("event.cancelled", True, BookingKind.CANCELLED),
        ("event.cancelled", False, BookingKind.CANCELLED),
        ("event.rescheduled", True, BookingKind.CANCELLED),
        ("event.opened", False, BookingKind.OTHER),
    ],
)
def test_kinds(event: str, *, cancelled: bool, kind: BookingKind) -> None:
    """Each event means one thing; a meeting that is cancelled is, whatever it is called."""
    assert only(zcal(event, 0, cancelled=cancelled)).kind is kind


@pytest.mark.parametrize(
    ("tracking", "token"),
    [
        ({"a0": "news", "a3": OURS}, OURS),
        ({"a1": "tok"}, "tok"),
        ({"notes": OURS}, ""),
        ("a0", ""),
    ],
)
def test_token(tracking: object, token: str) -> None:
    """Our token is known by its form among what a link carries."""
    assert only(zcal("event.created", 0, tracking=tracking)).token == token


def test_token_as_an_answer() -> None:
    """What the link carries may be taken for the answer to a question of the page."""
    answers: list[object] = [{"answer": "Bank"}, {"question": "Reference", "answer": OURS}]
    person = {"email": "pat@prospect.example", "customQuestionAnswers": answers}
    assert only(zcal("event.created", 0, tracking={}, attendees=[person])).token == OURS
    odd = {**person, "customQuestionAnswers": [{"answer": "tok"}, "tok", None]}
    assert only(zcal("event.created", 0, tracking={}, attendees=[odd])).token == ""


@pytest.mark.parametrize("duration", [None, 0, -5, True, "30", 1e300, 10**9])
def test_odd_durations(duration: object) -> None:
    """Without a length that a meeting may have, its end is unknown."""
    assert only(zcal("event.created", 0, duration=duration)).ends_at is None


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b'{"data":{"id":"z"}}', "type is missing"),
        (b'{"type":"event.created","data":{}}', "data.id is missing"),
        (b'{"type":"event.created","data":{"id":5}}', "data.attendees is missing"),
    ],
)
def test_not_a_delivery(body: bytes, sentence: str) -> None:
    """What does not tell the event, the meeting or the person is refused with a sentence."""
    with pytest.raises(DeliveryError, match=sentence):
        read(body)
