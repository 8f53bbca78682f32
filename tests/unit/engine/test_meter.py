from datetime import timedelta

import pytest
from builders import NOON

from sequencer.domain.rolling import DAY, HOUR, WEEK, counted
from sequencer.engine.proof.meter import Meter

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(("wait", "number"), [(HOUR - SECOND, 2), (HOUR, 1), (HOUR + SECOND, 1)])
def test_a_period_rolls(wait: timedelta, number: int) -> None:
    """What lies exactly one period back does not count any more."""
    meter = Meter(HOUR, None)
    for at in (NOON, NOON + wait):
        assert list(meter.excess("from ana", at)) == []
    assert meter.number == number


def test_excess() -> None:
    """Each instant above the limit has a sentence, until the period has room again."""
    meter = Meter(DAY, 2)
    instants = [NOON, NOON + HOUR, NOON + 2 * HOUR, NOON + DAY, NOON + DAY + SECOND]
    told = [list(meter.excess("to zoe", at)) for at in instants]
    late = "3 mails to zoe in the 24 hours to 2026-03-04 12:00:00 UTC, 2 are allowed"
    assert [len(each) for each in told] == [0, 0, 1, 1, 1]
    assert told[3] == [late]


@pytest.mark.parametrize("period", [HOUR, DAY, WEEK])
def test_counts_as_the_gate_does(period: timedelta) -> None:
    """The proof counts what the gate counts."""
    instants = [NOON + n * n * timedelta(minutes=7) for n in range(60)]
    meter = Meter(period, None)
    for index, at in enumerate(instants):
        list(meter.excess("", at))
        assert meter.number == counted(instants[: index + 1], period, at)
