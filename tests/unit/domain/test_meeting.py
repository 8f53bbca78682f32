import pytest

from sequencer.domain.meeting import (
    TRANSITIONS,
    BookingKind,
    MeetingEvent,
    MeetingState,
    state_after,
)

K, S, E = BookingKind, MeetingState, MeetingEvent


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
    if before is S.HELD and kind is K.BOOKED:
        assert after is S.HELD
    if kind in {K.RESCHEDULED_AWAY, K.OTHER}:
        assert after is before


def test_total() -> None:
    """Every pair of state and event has an entry."""
    assert set(TRANSITIONS) == set(S)
    assert all(set(row) == set(E) for row in TRANSITIONS.values())


def test_a_move_keeps_it_booked() -> None:
    """The same meeting on another date is booked, whatever had become of it."""
    assert {TRANSITIONS[state][E.MOVE] for state in S} == {S.BOOKED}


def test_a_no_show_is_taken_back() -> None:
    """Who was missed and came after all leaves the meeting booked; a cancelled one stays."""
    assert TRANSITIONS[S.NO_SHOW][E.ATTEND] is S.BOOKED
    assert TRANSITIONS[S.CANCELLED][E.ATTEND] is None


def test_every_state_is_reached() -> None:
    """From a request every state can be reached."""
    reached = {S.REQUESTED}
    for _ in S:
        reached |= {to for state in reached for to in TRANSITIONS[state].values() if to}
    assert reached == set(S)
