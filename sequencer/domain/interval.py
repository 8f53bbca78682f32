"""How sure is a share that was counted? Intervals for one share, and for what two differ by."""

import math
from dataclasses import dataclass

Z_95 = 1.959963984540054  # of the normal distribution, both sides together outside
Z_99 = 2.5758293035489004


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many.

    Attributes:
        hits: how many did.
        of: how many there were.
    """

    hits: int
    of: int

    @property
    def rate(self) -> float:
        """The share itself; 0 where there was nobody."""
        return self.hits / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Interval:
    """From where to where a value may lie."""

    low: float
    high: float


def wilson(share: Share, z: float = Z_95) -> Interval:
    """Where the true share lies, by the score method of Wilson; anywhere, where nobody was."""
    if not share.of:
        return Interval(0.0, 1.0)
    n, p, square = share.of, share.rate, z * z
    middle = (p + square / (2 * n)) / (1 + square / n)
    reach = z * math.sqrt(p * (1 - p) / n + square / (4 * n * n)) / (1 + square / n)
    # At none and at all one end is exact, whatever the arithmetic says.
    low = 0.0 if not share.hits else middle - reach
    high = 1.0 if share.hits == n else middle + reach
    return Interval(low, high)


def difference(one: Share, other: Share, z: float = Z_95) -> Interval:
    """Where the difference of two true shares lies, by the method of Newcombe (score, hybrid)."""
    a, b = wilson(one, z), wilson(other, z)
    apart = one.rate - other.rate
    down = math.hypot(one.rate - a.low, b.high - other.rate)
    up = math.hypot(a.high - one.rate, other.rate - b.low)
    return Interval(apart - down, apart + up)
