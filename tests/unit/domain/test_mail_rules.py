from datetime import datetime, timedelta

import pytest
from builders import BERLIN, NOON, a_moment, a_standing, a_timing, an_enrollment

from sequencer.domain.days_off import DaysOff
from sequencer.domain.enrollment import EnrollmentState, FinishReason, PauseReason
from sequencer.domain.gate import Occasion, ask_gate, refusals_of
from sequencer.domain.mailbox import MailboxHealth, MailboxState
from sequencer.domain.pacing import Limits, Pace, Traffic
from sequencer.domain.reason import Reason, Refusal
from sequencer.domain.standing import Moment
from sequencer.domain.window import ALWAYS

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def refused(moment: Moment) -> list[Refusal]:
    return refusals_of(ask_gate(a_standing(), moment, Occasion.MAIL))


def only(moment: Moment) -> Refusal:
    [refusal] = refused(moment)
    return refusal


def a_health(state: MailboxState, reason: str = "", until: datetime | None = None) -> MailboxHealth:
    return MailboxHealth(state, reason, until, synced_at=NOON)


def test_open() -> None:
    """Where nothing speaks against it, the mail may leave."""
    assert refused(a_moment()) == []


def test_paused() -> None:
    """A pause is named with its reason and its end."""
    resume_at = NOON + timedelta(days=3)
    paused = an_enrollment(
        state=EnrollmentState.PAUSED, pause_reason=PauseReason.AUTO_REPLY, resume_at=resume_at
    )
    refusal = only(a_moment(enrollment=paused))
    assert (refusal.code, refusal.until) == ("paused:auto_reply", resume_at)


def test_paused_without_reason() -> None:
    """A pause whose reason was lost is still a pause."""
    assert only(a_moment(enrollment=an_enrollment(state=EnrollmentState.PAUSED))).code == "paused"


@pytest.mark.parametrize(
    ("state", "finish_reason", "detail"),
    [
        (EnrollmentState.FINISHED, FinishReason.REPLIED, "replied"),
        (EnrollmentState.PENDING, None, "pending"),
    ],
)
def test_not_active(
    state: EnrollmentState, finish_reason: FinishReason | None, detail: str
) -> None:
    """What does not run sends nothing, and says why it does not run."""
    enrollment = an_enrollment(state=state, finish_reason=finish_reason)
    refusal = only(a_moment(enrollment=enrollment))
    assert (refusal.reason, refusal.detail) == (Reason.NOT_ACTIVE, detail)


def test_window_closed() -> None:
    """Outside the window the next opening is named, in the time of the person."""
    now = NOON + timedelta(hours=6)
    refusal = only(a_moment(now=now, health=MailboxHealth(synced_at=now)))
    assert refusal.reason is Reason.OUTSIDE_WINDOW
    assert refusal.sentence == "window closed until Wed 4 Mar 08:30, Berlin time"
    assert refusal.until == NOON.replace(day=4, hour=7, minute=30)


def test_holiday() -> None:
    """On a day off its own code is given, with its words and the next opening."""
    off = DaysOff(BERLIN, {NOON.date(): "a holiday"})
    refusal = only(a_moment(timing=a_timing(off=(off,))))
    assert refusal.reason is Reason.HOLIDAY
    assert refusal.sentence == "window closed until Wed 4 Mar 08:30, Berlin time (a holiday)"
    assert refusal.until == NOON.replace(day=4, hour=7, minute=30)


def test_never_open() -> None:
    """A calendar that never opens is a matter for a person, not for time."""
    days = {NOON.date() + timedelta(days=ahead): "closed" for ahead in range(500)}
    refusal = only(a_moment(timing=a_timing(off=(DaysOff(BERLIN, days),))))
    assert (refusal.reason, refusal.until) == (Reason.OUTSIDE_WINDOW, None)
    assert "does not open" in refusal.sentence


@pytest.mark.parametrize(
    ("limits", "traffic", "reason"),
    [
        (Limits(Pace(per_day=1)), Traffic([NOON - 2 * HOUR]), Reason.CAP_MAILBOX),
        (Limits(Pace(per_hour=1)), Traffic([NOON - HOUR / 2]), Reason.CAP_HOUR),
        (Limits(Pace(per_week=1)), Traffic([NOON - 48 * HOUR]), Reason.CAP_WEEK),
        (Limits(), Traffic([NOON - SECOND]), Reason.GAP),
        (Limits(per_domain=1), Traffic(to_domain=[NOON - HOUR]), Reason.CAP_DOMAIN),
        (Limits(per_person_day=1), Traffic(to_person=[NOON - HOUR]), Reason.CAP_PERSON),
        (Limits(new_per_day=1), Traffic(new=[NOON - HOUR]), Reason.CAP_NEW),
    ],
)
def test_pace_is_kept(limits: Limits, traffic: Traffic, reason: Reason) -> None:
    """Every limit of pacing has its own rule, which gives what pacing gives, with its instant."""
    refusal = only(a_moment(limits=limits, traffic=traffic))
    assert refusal.reason is reason
    assert refusal.until is not None
    passing = a_moment(
        now=refusal.until,
        limits=limits,
        traffic=traffic,
        health=MailboxHealth(synced_at=refusal.until),
        timing=a_timing(window=ALWAYS),
    )
    assert refused(passing) == []


def test_a_day_and_a_week() -> None:
    """Where two limits of one code say no, both are told."""
    limits = Limits(per_person_day=1, per_person_week=1)
    moment = a_moment(limits=limits, traffic=Traffic(to_person=[NOON - HOUR]))
    assert [each.code for each in refused(moment)] == ["cap_person", "cap_person"]


def test_mailbox_not_in_settings() -> None:
    """A mailbox that is gone is named; somebody who has none yet has nothing to name."""
    gone = only(a_moment(known=False, mailbox="old", health=MailboxHealth()))
    assert gone == Refusal(Reason.NO_ACTIVE_MAILBOX, "old is not in the settings")
    assert only(a_moment(known=False, mailbox="")) == Refusal(Reason.NO_ACTIVE_MAILBOX)


@pytest.mark.parametrize("state", [state for state in MailboxState if state != MailboxState.OK])
def test_mailbox_unwell(state: MailboxState) -> None:
    """A mailbox that needs attention sends nothing until somebody gives it."""
    refusal = only(a_moment(health=a_health(state, reason="535 5.7.8")))
    assert refusal == Refusal(Reason.MAILBOX_UNHEALTHY, f"{state}: 535 5.7.8")


def test_mailbox_throttled() -> None:
    """A mailbox that was told to wait is well again at the end of it, not before."""
    moment = a_moment(health=a_health(MailboxState.THROTTLED, until=NOON + SECOND))
    assert only(moment) == Refusal(Reason.MAILBOX_UNHEALTHY, "throttled", NOON + SECOND)
    over = a_moment(health=a_health(MailboxState.THROTTLED, until=NOON))
    assert refused(over) == []


def test_never_read() -> None:
    """A mailbox that was never read may hold an answer."""
    refusal = only(a_moment(health=MailboxHealth()))
    assert refusal == Refusal(Reason.SYNC_STALE, "never read")


@pytest.mark.parametrize("age_s", [120, 0, -120])
def test_read_recently(age_s: int) -> None:
    """A scan counts up to the bound, the bound included."""
    health = MailboxHealth(synced_at=NOON - timedelta(seconds=age_s))
    assert refused(a_moment(health=health)) == []


@pytest.mark.parametrize("age_s", [121, -121])
def test_read_too_long_ago(age_s: int) -> None:
    """An older scan proves nothing, and neither does one dated by a clock that was wrong."""
    health = MailboxHealth(synced_at=NOON - timedelta(seconds=age_s))
    assert only(a_moment(health=health)).reason is Reason.SYNC_STALE
