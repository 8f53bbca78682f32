from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from sequencer.domain.booking import BookingEvent, BookingKind
from sequencer.domain.meeting import TRANSITIONS, MeetingEvent, MeetingState, meeting_now

K, S, E = BookingKind, MeetingState, MeetingEvent
AT = datetime(2027, 3, 1, 9, tzinfo=UTC)
NO_MEETING = {K.RESCHEDULED_AWAY, K.OTHER}


def told(
    kind: BookingKind, minute: int | None = None, key: str = "m1", previous: str = "", who: str = ""
) -> BookingEvent:
    at = None if minute is None else AT + timedelta(minutes=minute)
    return BookingEvent(kind, "tool", f"{kind} {minute}", key, previous, email=who, occurred_at=at)


def state(*events: BookingEvent) -> MeetingState | None:
    found = meeting_now(events)
    return found.state if found else None


@pytest.mark.parametrize(
    ("kinds", "after"),
    [
        ([K.REQUESTED], S.REQUESTED),
        ([K.REQUESTED, K.BOOKED], S.BOOKED),
        ([K.REQUESTED, K.REJECTED], S.REJECTED),
        ([K.REJECTED, K.BOOKED], S.BOOKED),
        ([K.BOOKED], S.BOOKED),
        ([K.BOOKED, K.CANCELLED], S.CANCELLED),
        ([K.BOOKED, K.ASKED_AGAIN], S.ASKED_AGAIN),
        ([K.BOOKED, K.ASKED_AGAIN, K.RESCHEDULED], S.BOOKED),
        ([K.BOOKED, K.ASKED_AGAIN, K.CANCELLED], S.CANCELLED),
        ([K.BOOKED, K.RESCHEDULED, K.HELD], S.HELD),
        ([K.BOOKED, K.NO_SHOW], S.NO_SHOW),
        ([K.BOOKED, K.NO_SHOW, K.HELD], S.NO_SHOW),
        ([K.BOOKED, K.HELD, K.NO_SHOW], S.NO_SHOW),
        ([K.BOOKED, K.NO_SHOW, K.NO_SHOW_UNDONE], S.BOOKED),
        ([K.BOOKED, K.NO_SHOW, K.NO_SHOW_UNDONE, K.HELD], S.HELD),
        ([K.BOOKED, K.CANCELLED, K.BOOKED], S.BOOKED),
        ([K.CANCELLED], S.CANCELLED),
        ([K.HELD], S.HELD),
    ],
)
def test_in_every_order(kinds: list[BookingKind], after: MeetingState) -> None:
    """What happened one after another has one end, in whatever order and how often it is told."""
    events = [told(kind, minute) for minute, kind in enumerate(kinds)]
    for order in permutations(events):
        assert state(*order, *order[:1]) is after


@pytest.mark.parametrize(
    ("kinds", "after"),
    [
        ({K.BOOKED, K.CANCELLED}, S.CANCELLED),
        ({K.REQUESTED, K.BOOKED, K.RESCHEDULED}, S.BOOKED),
        ({K.BOOKED, K.RESCHEDULED, K.CANCELLED}, S.CANCELLED),
        ({K.BOOKED, K.NO_SHOW}, S.NO_SHOW),
    ],
)
def test_without_times(kinds: set[BookingKind], after: MeetingState) -> None:
    """Where no times are told, a meeting goes the usual way."""
    for order in permutations([told(kind) for kind in kinds]):
        assert state(*order) is after


def test_a_chain_of_moves() -> None:
    """What was told of an earlier key is old news, however late it happened or came."""
    events = [
        told(K.BOOKED, 0, "m1"),
        told(K.RESCHEDULED, 1, "m2", "m1"),
        told(K.RESCHEDULED, 2, "m3", "m2"),
        told(K.CANCELLED, 9, "m1"),
    ]
    for order in permutations(events):
        found = meeting_now(order)
        assert found is not None
        assert (found.state, found.latest.meeting_key) == (S.BOOKED, "m3")


def test_moves_in_a_ring() -> None:
    """Keys that name each other have an end all the same."""
    events = [told(K.BOOKED, 0, "m1", "m2"), told(K.BOOKED, 1, "m2", "m1")]
    assert {state(*order) for order in permutations(events)} == {S.BOOKED}


def test_one_of_two_came() -> None:
    """A meeting is missed as long as one of those who were to come is."""
    missed = [told(K.NO_SHOW, 1, who="a"), told(K.NO_SHOW, 2, who="b")]
    came = [told(K.NO_SHOW_UNDONE, 3, who="A"), told(K.NO_SHOW_UNDONE, 4, who="b")]
    assert state(*missed, came[0]) is S.NO_SHOW
    assert state(*missed, *came) is S.BOOKED


def test_what_is_known() -> None:
    """The last that was told counts; an hour does not outlive a move."""
    early = BookingEvent(K.BOOKED, "tool", "1", "m1", title="Intro", starts_at=AT, guests=("a",))
    moved = BookingEvent(K.RESCHEDULED, "tool", "2", "m2", "m1", title="Demo")
    found = meeting_now([moved, early])
    assert found is not None
    assert (found.text("title"), found.addresses("guests"), found.starts_at) == (
        "Demo",
        ("a",),
        None,
    )


@pytest.mark.parametrize("kind", sorted(NO_MEETING))
def test_no_meeting(kind: BookingKind) -> None:
    """What tells of no meeting makes none, and changes none."""
    assert state(told(kind)) is None
    assert state(told(K.BOOKED, 0), told(kind, 1)) is S.BOOKED


@pytest.mark.parametrize("kind", sorted(set(BookingKind) - NO_MEETING))
def test_every_kind_is_an_event(kind: BookingKind) -> None:
    """Each kind alone tells where a meeting stands."""
    assert state(told(kind)) is not None


def test_total() -> None:
    """Every pair of state and event has an entry."""
    assert set(TRANSITIONS) == set(S)
    assert all(set(row) == set(E) for row in TRANSITIONS.values())


@pytest.mark.parametrize("event", E)
@pytest.mark.parametrize("before", S)
def test_twice_is_once(before: MeetingState, event: MeetingEvent) -> None:
    """An event that comes twice in a row leads to where it led the first time."""
    after = TRANSITIONS[before][event] or before
    assert (TRANSITIONS[after][event] or after) is after


def test_a_move_keeps_it_booked() -> None:
    """The same meeting on another date is booked, whatever had become of it."""
    assert {TRANSITIONS[state][E.MOVE] for state in S} == {S.BOOKED}


def test_every_state_is_reached() -> None:
    """From a request every state can be reached."""
    reached = {S.REQUESTED}
    for _ in S:
        reached |= {to for state in reached for to in TRANSITIONS[state].values() if to}
    assert reached == set(S)
