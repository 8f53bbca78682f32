from datetime import date, datetime, timedelta
from itertools import pairwise
from math import ceil

from builders import NOON
from hypothesis import given
from hypothesis import strategies as st

from sequencer.domain.pacing import (
    HOURS_OF_A_DAY,
    Limits,
    Pace,
    Traffic,
    mailbox_refusals,
    pacing_refusals,
)
from sequencer.domain.reason import Reason
from sequencer.domain.rolling import DAY, HOUR, WEEK, Ramp, mail_day

TICK = timedelta(microseconds=1)
RAMPS = st.builds(Ramp, begin=st.integers(1, 3), step=st.integers(0, 2))
PACES = st.builds(
    Pace,
    per_day=st.integers(1, 6),
    gap=st.integers(0, 7_200).map(lambda seconds: timedelta(seconds=seconds)),
    per_hour=st.none() | st.integers(1, 4),
    per_week=st.none() | st.integers(2, 12),
    ramp=st.none() | RAMPS,
)
WAITS = st.lists(st.integers(0, 20_000), max_size=40)
# Many instants at the same place, so that limits are reached and instants coincide.
PAST = st.lists(st.integers(-60, 0).map(lambda each: NOON + each * 3 * HOUR), max_size=20)

MAIL_DAYS = st.sets(st.integers(-9, 1).map(lambda each: (NOON + each * DAY).date()), max_size=8)


def days_of(mails: list[datetime]) -> list[date]:
    """The dates with mails."""
    return sorted({mail_day(at) for at in mails})


def sent_by(pace: Pace, waits: list[int]) -> list[datetime]:
    """Instants of a mailbox that tries after each wait and sends when it may."""
    sent_at: list[datetime] = []
    now = NOON
    for wait_s in waits:
        now += timedelta(seconds=wait_s)
        if not mailbox_refusals(pace, Traffic(sent_at, days_of(sent_at)), now):
            sent_at.append(now)
    return sent_at


@given(PACES, WAITS)
def test_never_above_the_caps(pace: Pace, waits: list[int]) -> None:
    """In no period more than its cap, in no two mails less than the gap between them."""
    sent_at = sent_by(pace, waits)
    for at in sent_at:
        days = [day for day in days_of(sent_at) if day < at.date()]
        daily = pace.per_day
        if pace.ramp is not None:
            daily = min(daily, pace.ramp.begin + pace.ramp.step * len(days))
        hourly = pace.per_hour or ceil(daily / HOURS_OF_A_DAY)
        for period, most in ((DAY, daily), (HOUR, hourly), (WEEK, pace.per_week)):
            assert most is None or sum(at - period < other <= at for other in sent_at) <= most
    for early, late in pairwise(sent_at):
        assert late - early >= pace.gap


@given(st.builds(Limits, PACES, *[st.none() | st.integers(1, 4)] * 4), st.data())
def test_until_is_exact(limits: Limits, data: st.DataObject) -> None:
    """A rule passes at the instant it names, and not a microsecond earlier."""
    mails, to_domain, to_person, new = (sorted(data.draw(PAST)) for _ in range(4))
    traffic = Traffic(mails, sorted(data.draw(MAIL_DAYS)), to_domain, to_person, new)
    for refusal in pacing_refusals(limits, traffic, NOON):
        assert refusal.until is not None
        # Two limits of a person have one code, so there the last one to heal counts.
        same = [
            each.until
            for each in pacing_refusals(limits, traffic, NOON)
            if each.reason is refusal.reason and each.until is not None
        ]
        healed_at = max(same)
        assert refusal.reason not in codes(limits, traffic, healed_at)
        assert refusal.reason in codes(limits, traffic, healed_at - TICK)


@given(PACES, PAST, MAIL_DAYS)
def test_the_newest_are_enough(pace: Pace, past: list[datetime], dates: set[date]) -> None:
    """Who knows of as many mails and dates as the limits need says the same as who knows of all."""
    mails = sorted(past)
    days = sorted(dates)
    most = max(pace.per_day, pace.hourly(days).most, pace.per_week or 0)
    whole = mailbox_refusals(pace, Traffic(mails, days), NOON)
    newest = mailbox_refusals(pace, Traffic(mails[-most:], days[: pace.mail_days]), NOON)
    assert [(each.reason, each.until) for each in whole] == [
        (each.reason, each.until) for each in newest
    ]


def codes(limits: Limits, traffic: Traffic, now: datetime) -> set[Reason]:
    """Codes of what is against a mail."""
    return {each.reason for each in pacing_refusals(limits, traffic, now)}
