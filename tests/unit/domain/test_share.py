import pytest
from hypothesis import given
from hypothesis import strategies as st

from sequencer.domain.share import room_of, shares

LOADS = st.dictionaries(st.text("abcdef", min_size=1), st.integers(0, 9), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("loads", "mailboxes", "fair"),
    [
        ({"a": 2, "b": 2, "c": 0}, 4, {"a": 2, "b": 1, "c": 1}),
        ({"a": 1, "b": 2, "c": 1}, 4, {"a": 1, "b": 2, "c": 1}),
        ({"a": 0, "b": 0, "c": 0}, 2, {"a": 1, "b": 1, "c": 0}),
        ({"a": 6}, 6, {"a": 6}),
    ],
)
def test_shares(loads: dict[str, int], mailboxes: int, fair: dict[str, int]) -> None:
    """One more than the others goes to who has it already, else to the first by name."""
    assert shares(loads, mailboxes) == fair


def test_room() -> None:
    """What is free beyond a share is there for whoever comes first, and not for everybody."""
    assert room_of({"a": 1, "b": 1, "c": 1}, "c", 4) == 2
    assert room_of({"a": 2, "b": 1, "c": 1}, "c", 4) == 1
    assert room_of({"a": 2, "b": 0}, "a", 2) == 2  # to give back is another matter


@given(LOADS, st.integers(0, 60))
def test_shares_add_up(loads: dict[str, int], mailboxes: int) -> None:
    """Every mailbox is in some share, and no two shares are more than one apart."""
    fair = shares(loads, mailboxes)
    assert sum(fair.values()) == mailboxes
    assert max(fair.values()) - min(fair.values()) <= 1


@given(LOADS, st.integers(0, 60))
def test_a_fair_share_is_kept(loads: dict[str, int], mailboxes: int) -> None:
    """Where everybody has a share, it stays: nobody has too much of it, or room for more."""
    fair = shares(loads, mailboxes)
    assert shares(fair, mailboxes) == fair
    assert all(room_of(fair, name, mailboxes) == share for name, share in fair.items())
