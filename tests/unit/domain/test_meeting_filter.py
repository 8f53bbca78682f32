from datetime import UTC, datetime, timedelta

import pytest

from sequencer.domain.booking import BookingEvent, BookingKind
from sequencer.domain.meeting import MeetingNow, meeting_now
from sequencer.domain.meeting_filter import EVERY_MEETING, MeetingFilter

AT = datetime(2027, 3, 1, 9, tzinfo=UTC)
K = BookingKind


def meeting(
    days: float = 5, event_type: str = "Intro", *, told_at: datetime | None = AT
) -> MeetingNow:
    starts_at = AT + timedelta(days=days)
    event = BookingEvent(
        K.BOOKED, "tool", "1", "m", event_type=event_type, starts_at=starts_at, occurred_at=told_at
    )
    late = BookingEvent(K.NO_SHOW, "tool", "2", "m", occurred_at=starts_at)
    found = meeting_now([event, late])
    assert found is not None
    return found


@pytest.mark.parametrize("days", [1, 1_000])
def test_every_meeting(days: int) -> None:
    """Without a filter every meeting counts."""
    assert EVERY_MEETING.left_out(meeting(days, "")) == ""


@pytest.mark.parametrize(
    ("event_type", "why"),
    [
        ("Intro", ""),
        ("INTRO", ""),
        ("Interview", "the event type Interview does not count"),
        ("", "its event type is not known"),
    ],
)
def test_event_types(event_type: str, why: str) -> None:
    """Kinds are compared without regard to case; an unknown one is none of them."""
    assert MeetingFilter(frozenset({"intro", "demo"})).left_out(meeting(5, event_type)) == why


def test_days_ahead() -> None:
    """What counts is how long ahead it was booked, not how far away it is when more is told."""
    near = MeetingFilter(most_days_ahead=5)
    assert near.left_out(meeting(5)) == ""
    assert near.left_out(meeting(5.001)) == "it is more than 5 days away"
    assert near.left_out(meeting(9, told_at=None)) == ""
