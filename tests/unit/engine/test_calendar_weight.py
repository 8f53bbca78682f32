"""How much silence does a calendar mail ask for?"""

import pytest

from sequencer.engine.weight import Origin, Reading, Weight, reading_of, weight_of


@pytest.mark.parametrize(
    ("status", "weight"),
    [
        ("invited", Weight.STOP),
        ("booked", Weight.STOP),
        ("tentative", Weight.ASK),
        ("declined", Weight.ASK),
        ("cancelled", Weight.ASK),
        ("none", Weight.ASK),
    ],
)
def test_weight(status: str, weight: Weight) -> None:
    """A meeting ends a cadence; whatever takes one away waits for a person."""
    reading = reading_of({"kind": "calendar", "meeting_status": status})
    assert weight_of(reading, Origin(is_certain=False)) is weight


def test_a_refusal_for_ever() -> None:
    """Who asks for silence with an answer to an invitation is heard."""
    reading = Reading("calendar", scope="person", meeting="declined")
    assert weight_of(reading, Origin(is_certain=True)) is Weight.SILENCE


def test_other_kinds() -> None:
    """What is no calendar mail has no meeting."""
    assert reading_of({"kind": "reply", "meeting_status": "none"}).meeting is None
