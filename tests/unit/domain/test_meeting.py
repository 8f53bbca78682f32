import pytest

from sequencer.domain.meeting import BookingKind, MeetingState, state_after

K, S = BookingKind, MeetingState


@pytest.mark.parametrize(
    ("before", "kind", "after"),
    [
        (None, K.BOOKED, S.BOOKED),
        (None, K.CANCELLED, S.CANCELLED),
        (None, K.NO_SHOW, S.NO_SHOW),
        (None, K.NO_SHOW_UNDONE, S.BOOKED),
        (S.BOOKED, K.CANCELLED, S.CANCELLED),
        (S.BOOKED, K.NO_SHOW, S.NO_SHOW),
        (S.NO_SHOW, K.NO_SHOW_UNDONE, S.BOOKED),
        (S.NO_SHOW, K.BOOKED, S.NO_SHOW),
        (S.NO_SHOW, K.CANCELLED, S.CANCELLED),
    ],
)
def test_states(before: MeetingState | None, kind: BookingKind, after: MeetingState) -> None:
    """A meeting goes from booked to its end, and a late booking does not bring it back."""
    assert state_after(before, kind) is after


@pytest.mark.parametrize("kind", BookingKind)
@pytest.mark.parametrize("before", [None, *MeetingState])
def test_every_event_everywhere(before: MeetingState | None, kind: BookingKind) -> None:
    """Every event leads somewhere from everywhere, and a second time to the same place."""
    after = state_after(before, kind)
    assert state_after(after, kind) is after
    if before is S.CANCELLED:
        assert after is S.CANCELLED
    if kind in {K.RESCHEDULED_AWAY, K.OTHER}:
        assert after is before
