import pytest

from sequencer.domain.turn import follow_ups_between, is_first_touch_next


def kinds(share: float, mails: int) -> list[bool]:
    """Kinds of that many mails of a mailbox in which both kinds are always due."""
    follow_ups: list[bool] = []
    for _ in range(mails):
        follow_ups.append(not is_first_touch_next(follow_ups, share))
    return follow_ups


def test_follow_ups_begin() -> None:
    """Four follow-ups go before the first touch, by default; then the same again."""
    assert kinds(0.2, 10) == ([True] * 4 + [False]) * 2


def test_no_share() -> None:
    """Without a share first touches go only where no follow-up is due."""
    assert all(kinds(0, 50))


def test_whole_share() -> None:
    """With the whole share follow-ups go only where no first touch is due."""
    assert not any(kinds(1, 50))


@pytest.mark.parametrize(
    ("share", "between"), [(0.5, 1), (0.35, 1), (0.3, 2), (0.25, 3), (0.1, 9), (0.01, 99)]
)
def test_share_is_rounded_up(share: float, between: int) -> None:
    """One mail in so many is a first touch; a share between two such numbers is the larger one."""
    assert follow_ups_between(share) == between


def test_a_long_time_without_first_touches() -> None:
    """When first touches come up after a long time, one of them goes next, and not all at once."""
    assert is_first_touch_next([True] * 50, 0.2)
    assert not is_first_touch_next([True] * 50 + [False], 0.2)
