from hypothesis import given
from hypothesis import strategies as st

from sequencer.domain.turn import is_first_touch_next

SHARES = st.integers(1, 100).map(lambda percent: percent / 100)
DUE = st.lists(st.booleans(), max_size=40)


@given(SHARES, DUE, st.integers(1, 5))
def test_first_touches_are_not_starved(share: float, before: list[bool], times: int) -> None:
    """However many follow-ups are due, first touches get their share, whatever was before."""
    kinds, mails = list(before), 100 * times
    for _ in range(mails):
        kinds.append(not is_first_touch_next(kinds, share))
    # One may be missing for the follow-ups with which it begins.
    assert kinds[-mails:].count(False) + 1 >= share * mails


@given(SHARES, DUE)
def test_follow_ups_go_first(share: float, before: list[bool]) -> None:
    """After a first touch as many follow-ups go as its share leaves to them."""
    assert is_first_touch_next([*before, False], share) == (share > 0.5)
