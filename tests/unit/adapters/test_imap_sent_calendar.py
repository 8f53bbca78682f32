"""Which mails in Sent hold a calendar's object, as servers tell their parts?"""

from typing import Any

import pytest
from imapclient.response_types import BodyData

from sequencer.adapters.imap.sent_calendar import has_calendar

CALENDAR = (b"TEXT", b"Calendar", (b"METHOD", b"REQUEST"), None, None, b"7BIT", 10, 1)
TEXT = (b"text", b"plain", None, None, None, b"7bit", 10, 1)
ICS = (b"APPLICATION", b"ICS", None, None, None, b"BASE64", 10)


def deep(levels: int) -> Any:
    """A calendar's object so many levels down."""
    part: Any = CALENDAR
    for _ in range(levels):
        part = (part, b"MIXED")
    return BodyData.create(part)


@pytest.mark.parametrize(
    ("structure", "has"),
    [
        (BodyData.create(CALENDAR), True),
        (BodyData.create(TEXT), False),
        (BodyData.create((TEXT, ICS, b"MIXED")), True),
        (BodyData.create((TEXT, TEXT, b"MIXED")), False),
        (BodyData.create((TEXT, (TEXT, CALENDAR, b"ALTERNATIVE"), b"MIXED")), True),
        (deep(5), True),
        (deep(50), False),
        (None, False),
        (BodyData((None, None)), False),
        (BodyData((10**15, 10**15)), False),
        (BodyData(()), False),
        (7, False),
    ],
)
def test_has_calendar(structure: object, *, has: bool) -> None:
    """It may lie at any depth that people use; what makes no sense holds none."""
    assert has_calendar(structure) is has
