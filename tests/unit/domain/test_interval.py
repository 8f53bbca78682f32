"""Intervals against values from the literature."""

import pytest

from sequencer.domain.interval import Z_99, Interval, Share, difference, wilson


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        # Newcombe 1998 (single proportion), table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (20, 20, 0.8389, 1.0),
    ],
)
def test_wilson(hits: int, of: int, low: float, high: float) -> None:
    """The score interval of one share."""
    found = wilson(Share(hits, of))
    assert [found.low, found.high] == pytest.approx([low, high], abs=1e-4)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        # Newcombe 1998 (difference of independent proportions), table II, method 10.
        (Share(56, 70), Share(48, 80), 0.0524, 0.3339),
        (Share(9, 10), Share(3, 10), 0.1705, 0.8090),
        (Share(6, 7), Share(2, 7), 0.0582, 0.8062),
        (Share(5, 56), Share(0, 29), -0.0381, 0.1926),
        (Share(0, 10), Share(0, 20), -0.1611, 0.2775),
        (Share(10, 10), Share(0, 20), 0.6791, 1.0),
    ],
)
def test_newcombe(one: Share, other: Share, low: float, high: float) -> None:
    """The hybrid score interval of a difference."""
    found = difference(one, other)
    assert [found.low, found.high] == pytest.approx([low, high], abs=1e-4)


def test_nobody_was_asked() -> None:
    """Without anybody the share may be anything."""
    assert Share(0, 0).rate == 0
    assert wilson(Share(0, 0)) == Interval(0.0, 1.0)
    assert difference(Share(0, 0), Share(0, 0)).low == -1


def test_surer_is_wider() -> None:
    """At 99 % the interval holds that of 95 %."""
    usual, strict = wilson(Share(15, 148)), wilson(Share(15, 148), Z_99)
    assert strict.low < usual.low < usual.high < strict.high
