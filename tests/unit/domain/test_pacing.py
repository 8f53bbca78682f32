from datetime import datetime, timedelta

import pytest
from builders import NOON

from sequencer.domain.pacing import DAY, Pace, pacing_refusals
from sequencer.domain.reason import Reason

SECOND = timedelta(seconds=1)
QUIET = Pace(per_day=3, gap=timedelta(0))


def ago(*hours: float) -> list[datetime]:
    return [NOON - timedelta(hours=each) for each in hours]


def test_nothing_sent() -> None:
    """A mailbox that has sent nothing may send."""
    assert pacing_refusals(Pace(), [], NOON) == []


def test_below_the_cap() -> None:
    """One mail less than the cap leaves room for one."""
    assert pacing_refusals(QUIET, ago(5, 3), NOON) == []


def test_at_the_cap() -> None:
    """At the cap nothing goes out until the oldest mail that counts is a day old."""
    [refusal] = pacing_refusals(QUIET, ago(3, 20, 5), NOON)
    assert refusal.reason is Reason.CAP_MAILBOX
    assert refusal.detail == "3 of 3"
    assert refusal.until == NOON - timedelta(hours=20) + DAY


def test_above_the_cap() -> None:
    """Where more went out than allowed, enough of them have to grow old."""
    [refusal] = pacing_refusals(QUIET, ago(1, 2, 3, 4, 5), NOON)
    assert refusal.until == NOON - timedelta(hours=3) + DAY


def test_the_day_rolls() -> None:
    """A mail counts for 24 hours to the microsecond, and not at the end of them."""
    sent_at = ago(24, 2, 1)
    assert pacing_refusals(QUIET, sent_at, NOON) == []
    assert pacing_refusals(QUIET, sent_at, NOON - timedelta(microseconds=1)) != []


def test_healed_by_time() -> None:
    """At the instant a refusal names, the mail may go, and not a second earlier."""
    pace = Pace(per_day=2, gap=timedelta(seconds=90))
    sent_at = ago(3, 1)
    [refusal] = pacing_refusals(pace, sent_at, NOON)
    assert refusal.until is not None
    assert pacing_refusals(pace, sent_at, refusal.until) == []
    assert pacing_refusals(pace, sent_at, refusal.until - SECOND) != []


def test_gap() -> None:
    """Right after a mail the mailbox waits for its gap, longer by up to a half."""
    pace = Pace(gap=timedelta(seconds=90))
    sent_at = NOON - SECOND
    [refusal] = pacing_refusals(pace, [sent_at - timedelta(hours=1), sent_at], NOON)
    assert refusal.reason is Reason.GAP
    assert refusal.until is not None
    assert timedelta(seconds=90) <= refusal.until - sent_at < timedelta(seconds=135)
    assert pacing_refusals(pace, [sent_at], refusal.until) == []


def test_gap_uses_its_whole_range() -> None:
    """Over many mails the gap comes near to its least and to one and a half of it."""
    gaps = [Pace(gap=SECOND).gap_after(NOON + each * SECOND) / SECOND for each in range(200)]
    assert 1 <= min(gaps) < 1.05
    assert 1.45 < max(gaps) < 1.5


def test_defaults() -> None:
    """Without settings a mailbox keeps to what providers take for a person."""
    assert Pace() == Pace(per_day=50, gap=timedelta(seconds=90))


def test_gap_shows_no_grid() -> None:
    """Gaps differ from mail to mail, and each is the same however often it is asked for."""
    pace = Pace()
    gaps = [pace.gap_after(NOON + each * SECOND) for each in range(20)]
    assert len(set(gaps)) == 20
    assert gaps[0] == pace.gap_after(NOON)


@pytest.mark.parametrize("sent_at", [[], ago(2)])
def test_cap_of_nothing(sent_at: list[datetime]) -> None:
    """A mailbox that may send nothing is looked at again a day later."""
    [refusal] = pacing_refusals(Pace(per_day=0, gap=timedelta(0)), sent_at, NOON)
    assert refusal.until == NOON + DAY


def test_cap_and_gap_together() -> None:
    """Both limits are named at once."""
    pace = Pace(per_day=1)
    reasons = [each.reason for each in pacing_refusals(pace, [NOON - SECOND], NOON)]
    assert reasons == [Reason.CAP_MAILBOX, Reason.GAP]
