from datetime import datetime, timedelta
from itertools import pairwise

from builders import NOON
from hypothesis import given
from hypothesis import strategies as st

from sequencer.domain.gate import passes_at
from sequencer.domain.pacing import DAY, Pace, pacing_refusals

PACES = st.builds(
    Pace,
    per_day=st.integers(1, 6),
    gap=st.integers(0, 7_200).map(lambda seconds: timedelta(seconds=seconds)),
)
WAITS = st.lists(st.integers(0, 20_000), max_size=40)


def sent_by(pace: Pace, waits: list[int]) -> list[datetime]:
    """Instants of a mailbox that tries after each wait and sends when it may."""
    sent_at: list[datetime] = []
    now = NOON
    for wait_s in waits:
        now += timedelta(seconds=wait_s)
        if not pacing_refusals(pace, sent_at, now):
            sent_at.append(now)
    return sent_at


@given(PACES, WAITS)
def test_never_above_the_cap(pace: Pace, waits: list[int]) -> None:
    """In no 24 hours more than the cap, in no two mails less than the gap between them."""
    sent_at = sent_by(pace, waits)
    for at in sent_at:
        assert sum(at - DAY < other <= at for other in sent_at) <= pace.per_day
    for early, late in pairwise(sent_at):
        assert late - early >= pace.gap


@given(PACES, WAITS)
def test_the_promise_is_kept(pace: Pace, waits: list[int]) -> None:
    """At the instant that the refusals name, a mail may go if none went in between."""
    sent_at = sent_by(pace, waits)
    refusals = pacing_refusals(pace, sent_at, NOON + timedelta(seconds=sum(waits)))
    healed_at = passes_at(refusals)
    assert (healed_at is None) == (not refusals)
    if healed_at is not None:
        assert pacing_refusals(pace, sent_at, healed_at) == []
