"""What people write when they book reaches whoever meets them, where their tool tells it."""

import json
from typing import Any

import pytest
from booking_series import calcom

from sequencer.adapters.booking.registry import TOOLS

ASKED = [
    {"question": "How many people?", "answer": "Twelve"},
    {"question": "Anything else?", "answer": ""},
    {"question": "Phone", "answer": 7},
    "no question",
]


def calendly(asked: object) -> str:
    who = {"uri": "i/1", "email": "pat@prospect.example", "questions_and_answers": asked}
    body = json.dumps({"event": "invitee.created", "payload": who}).encode()
    [event] = TOOLS["calendly"].read(body)
    return event.remarks


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (ASKED, "How many people? Twelve"),
        ([], ""),
        (None, ""),
        ("x", ""),
        ([{"answer": "Hi"}], "Hi"),
    ],
)
def test_calendly(asked: object, said: str) -> None:
    """Questions stand before their answers; what was not answered is left out."""
    assert calendly(asked) == said


def test_generic() -> None:
    """Our own form has a field for it."""
    body = {
        "id": "d1",
        "event": "booked",
        "meeting": {"id": "m1"},
        "invitee": {"email": "pat@prospect.example", "remarks": "Twelve of us"},
    }
    [event] = TOOLS["generic"].read(json.dumps(body).encode())
    assert event.remarks == "Twelve of us"


@pytest.mark.parametrize(
    "told",
    [{"additionalNotes": "Twelve of us"}, {"responses": {"notes": {"value": "Twelve of us"}}}],
)
def test_calcom(told: dict[str, Any]) -> None:
    """Cal.com tells it by itself, or among the answers."""
    [event] = TOOLS["calcom"].read(calcom("BOOKING_CREATED", 0, **told))
    assert event.remarks == "Twelve of us"
