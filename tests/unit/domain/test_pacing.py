from datetime import datetime, timedelta

import pytest
from builders import NOON

from sequencer.domain.pacing import Limits, Pace, Traffic, mailbox_refusals, pacing_refusals
from sequencer.domain.reason import Reason, Refusal
from sequencer.domain.rolling import HOUR, Ramp

SECOND = timedelta(seconds=1)
TICK = timedelta(microseconds=1)
NO_GAP = timedelta(0)
QUIET = Pace(per_day=3, gap=NO_GAP, per_hour=3)


def ago(*hours: float) -> list[datetime]:
    """Instants so many hours before noon, in order."""
    return sorted(NOON - timedelta(hours=each) for each in hours)


def refused(pace: Pace, mails: list[datetime], now: datetime = NOON) -> list[Refusal]:
    """What a mailbox has against a mail."""
    return mailbox_refusals(pace, Traffic(mails), now)


def only(limits: Limits, traffic: Traffic) -> Refusal:
    """The one refusal of a mail at noon."""
    [refusal] = pacing_refusals(limits, traffic, NOON)
    return refusal


def test_nothing_sent() -> None:
    """A mailbox that has sent nothing may send."""
    assert pacing_refusals(Limits(), Traffic(), NOON) == []


def test_below_the_cap() -> None:
    """One mail less than the cap leaves room for one."""
    assert refused(QUIET, ago(5, 3)) == []


def test_at_the_cap() -> None:
    """At the cap nothing goes out until the oldest mail that counts is a day old."""
    [refusal] = refused(QUIET, ago(3, 20, 5))
    assert refusal == Refusal(Reason.CAP_MAILBOX, "3 of 3 in 24 hours", NOON + 4 * HOUR)


def test_the_day_rolls() -> None:
    """A mail counts for 24 hours to the microsecond, and not at the end of them."""
    mails = ago(24, 2, 1)
    assert refused(QUIET, mails) == []
    assert refused(QUIET, mails, NOON - TICK) != []


def test_an_hour_takes_a_fifth_of_a_day() -> None:
    """Without a limit of its own an hour takes a fifth of what a day may, rounded up."""
    pace = Pace(per_day=12, gap=NO_GAP)
    assert refused(pace, ago(0.9, 0.5)) == []
    [refusal] = refused(pace, ago(0.75, 0.5, 0.25))
    assert refusal == Refusal(Reason.CAP_HOUR, "3 of 3 in an hour", NOON + HOUR / 4)


def test_an_hour_of_a_new_mailbox() -> None:
    """The hours of a new mailbox grow with its days."""
    pace = Pace(per_day=50, gap=NO_GAP, ramp=Ramp(begin=10, step=5))
    traffic = Traffic(ago(0.5, 0.25), mail_days=[NOON.date()])
    [refusal] = mailbox_refusals(pace, traffic, NOON)
    assert refusal == Refusal(Reason.CAP_HOUR, "2 of 2 in an hour", NOON + HOUR / 2)


def test_an_hour_of_its_own() -> None:
    """A limit that is set for an hour counts, whatever the day allows."""
    pace = Pace(per_day=10, gap=NO_GAP, per_hour=3)
    assert refused(pace, ago(0.5, 0.25)) == []
    assert refused(pace, ago(0.75, 0.5, 0.25))[0].reason is Reason.CAP_HOUR


def test_week() -> None:
    """Seven days roll like a day does."""
    pace = Pace(per_day=3, gap=NO_GAP, per_week=4)
    assert refused(pace, ago(100, 90, 80)) == []
    [refusal] = refused(pace, ago(100, 90, 80, 70))
    assert refusal == Refusal(Reason.CAP_WEEK, "4 of 4 in 7 days", NOON + 68 * HOUR)


def test_ramp() -> None:
    """A new mailbox may send little at first, and says so."""
    pace = Pace(per_day=50, gap=NO_GAP, per_hour=50, ramp=Ramp(begin=2, step=3))
    traffic = Traffic(ago(3, 2), mail_days=[NOON.date()])
    [refusal] = mailbox_refusals(pace, traffic, NOON)
    detail = "2 of 2 in 24 hours, a new mailbox on its way to 50"
    assert refusal == Refusal(Reason.CAP_MAILBOX, detail, NOON + 12 * HOUR)


def test_gap() -> None:
    """Right after a mail the mailbox waits for its gap, longer by up to a half."""
    pace = Pace(gap=timedelta(seconds=90))
    sent_at = NOON - SECOND
    [refusal] = refused(pace, [sent_at - HOUR, sent_at])
    assert refusal.reason is Reason.GAP
    assert refusal.until is not None
    assert timedelta(seconds=90) <= refusal.until - sent_at < timedelta(seconds=135)
    assert refused(pace, [sent_at], refusal.until) == []
    assert refused(pace, [sent_at], refusal.until - TICK) != []


def test_gap_of_more_than_a_day() -> None:
    """A gap may be longer than the caps look back."""
    assert refused(Pace(gap=30 * HOUR), ago(29)) != []


def test_gap_uses_its_whole_range() -> None:
    """Over many mails the gap comes near to its least and to one and a half of it."""
    gaps = [Pace(gap=SECOND).gap_after(NOON + each * SECOND) / SECOND for each in range(200)]
    assert 1 <= min(gaps) < 1.05
    assert 1.45 < max(gaps) < 1.5


def test_gap_shows_no_grid() -> None:
    """Gaps differ from mail to mail, and each is the same however often it is asked for."""
    pace = Pace()
    gaps = [pace.gap_after(NOON + each * SECOND) for each in range(20)]
    assert len(set(gaps)) == 20
    assert gaps[0] == pace.gap_after(NOON)


def test_defaults() -> None:
    """Without settings a mailbox keeps to what providers take for a person, and nothing else."""
    assert Pace() == Pace(per_day=50, gap=timedelta(seconds=90), first_share=0.2)
    crowd = ago(*[each / 10 for each in range(20, 1, -1)])
    traffic = Traffic(to_domain=crowd, to_person=crowd, new=crowd)
    assert pacing_refusals(Limits(), traffic, NOON) == []


@pytest.mark.parametrize("mails", [[], ago(2)])
def test_cap_of_nothing(mails: list[datetime]) -> None:
    """A mailbox that may send nothing waits for a person, not for time."""
    reasons = {each.reason: each.until for each in refused(Pace(per_day=0, gap=NO_GAP), mails)}
    assert reasons == {Reason.CAP_MAILBOX: None, Reason.CAP_HOUR: None}


def test_cap_and_gap_together() -> None:
    """All limits are named at once."""
    reasons = [each.reason for each in refused(Pace(per_day=1), [NOON - SECOND])]
    assert reasons == [Reason.CAP_MAILBOX, Reason.CAP_HOUR, Reason.GAP]


def test_company() -> None:
    """A company gets no more mails in 24 hours than it may, whoever there they are for."""
    refusal = only(Limits(per_domain=2), Traffic(to_domain=ago(30, 20, 3)))
    assert refusal == Refusal(Reason.CAP_DOMAIN, "2 of 2 in 24 hours", NOON + 4 * HOUR)


def test_person() -> None:
    """A person gets no more mails in 24 hours than they may, over all cadences."""
    refusal = only(Limits(per_person_day=1), Traffic(to_person=ago(30, 20)))
    assert refusal == Refusal(Reason.CAP_PERSON, "1 of 1 in 24 hours", NOON + 4 * HOUR)


def test_week_of_a_person() -> None:
    """Nor do they in seven days."""
    refusal = only(Limits(per_person_week=2), Traffic(to_person=ago(160, 30)))
    assert refusal == Refusal(Reason.CAP_PERSON, "2 of 2 in 7 days", NOON + 8 * HOUR)


def test_new_people() -> None:
    """A cadence begins with no more people in 24 hours than it may."""
    refusal = only(Limits(new_per_day=2), Traffic(new=ago(23, 20)))
    assert refusal == Refusal(Reason.CAP_NEW, "2 of 2 in 24 hours", NOON + HOUR)
