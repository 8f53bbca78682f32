from datetime import datetime, timedelta

import pytest
from builders import NOON, a_moment, an_enrollment

from sequencer.domain.enrollment import EnrollmentState, FinishReason, PauseReason
from sequencer.domain.gate import Moment, Standing, enrolment_refusals, passes_at, send_refusals
from sequencer.domain.mailbox import MailboxHealth, MailboxState
from sequencer.domain.pacing import Pace
from sequencer.domain.reason import Reason, Refusal
from sequencer.domain.suppression import Suppression, SuppressionKind, SuppressionReason

OPTED_OUT = Suppression(SuppressionKind.ADDRESS, "zoe@bank.example", SuppressionReason.OPTED_OUT)
CLOSED = Suppression(SuppressionKind.DOMAIN, "bank.example", SuppressionReason.MANUAL)
SECOND = timedelta(seconds=1)


def only(moment: Moment) -> Refusal:
    [refusal] = send_refusals(Standing(), moment)
    return refusal


def a_health(state: MailboxState, reason: str = "", until: datetime | None = None) -> MailboxHealth:
    return MailboxHealth(state, reason, until, synced_at=NOON)


def test_open() -> None:
    """Where nothing speaks against it, the gate is open at enrolment and at each send."""
    assert enrolment_refusals(Standing()) == []
    assert send_refusals(Standing(), a_moment()) == []


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (EnrollmentState.PENDING, Reason.ALREADY_IN_THIS),
        (EnrollmentState.ACTIVE, Reason.ALREADY_IN_THIS),
        (EnrollmentState.PAUSED, Reason.ALREADY_IN_THIS),
        (EnrollmentState.FINISHED, Reason.FINISHED_THIS),
    ],
)
def test_enrolled_before(state: EnrollmentState, reason: Reason) -> None:
    """Nobody enters the same cadence twice; at a send the own enrollment is no hindrance."""
    standing = Standing(enrolled_here=state)
    assert [each.reason for each in enrolment_refusals(standing)] == [reason]
    assert send_refusals(standing, a_moment()) == []


def test_everything_is_named() -> None:
    """All that speaks against it is said at once."""
    standing = Standing((OPTED_OUT, CLOSED), EnrollmentState.FINISHED, ("company", "title"))
    assert [each.code for each in enrolment_refusals(standing)] == [
        "opted_out",
        "suppressed_domain",
        "finished_this",
        "missing_variable:company",
        "missing_variable:title",
    ]


def test_person_is_asked_again_at_the_send() -> None:
    """What came up since the enrolment stops the mail."""
    standing = Standing((OPTED_OUT,), missing=("company",))
    reasons = [each.reason for each in send_refusals(standing, a_moment())]
    assert reasons == [Reason.OPTED_OUT, Reason.MISSING_VARIABLE]


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
    assert refusal.detail == ""
    assert refusal.until == NOON.replace(day=4, hour=7, minute=30)


def test_pace_is_kept() -> None:
    """The pace of the mailbox is part of the gate."""
    refusal = only(a_moment(pace=Pace(per_day=1), sent_at=[NOON - timedelta(hours=2)]))
    assert refusal.reason is Reason.CAP_MAILBOX


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
    assert send_refusals(Standing(), over) == []


def test_never_read() -> None:
    """A mailbox that was never read may hold an answer."""
    refusal = only(a_moment(health=MailboxHealth()))
    assert refusal == Refusal(Reason.SYNC_STALE, "never read")


@pytest.mark.parametrize("age_s", [120, 0, -120])
def test_read_recently(age_s: int) -> None:
    """A scan counts up to the bound, the bound included."""
    health = MailboxHealth(synced_at=NOON - timedelta(seconds=age_s))
    assert send_refusals(Standing(), a_moment(health=health)) == []


@pytest.mark.parametrize("age_s", [121, -121])
def test_read_too_long_ago(age_s: int) -> None:
    """An older scan proves nothing, and neither does one dated by a clock that was wrong."""
    health = MailboxHealth(synced_at=NOON - timedelta(seconds=age_s))
    assert only(a_moment(health=health)).reason is Reason.SYNC_STALE


def test_passes_at() -> None:
    """Time heals all refusals at the latest of their instants, or not at all."""
    gap = Refusal(Reason.GAP, until=NOON + SECOND)
    cap = Refusal(Reason.CAP_MAILBOX, until=NOON + timedelta(hours=1))
    assert passes_at([gap, cap]) == NOON + timedelta(hours=1)
    assert passes_at([gap, Refusal(Reason.OPTED_OUT)]) is None
    assert passes_at([]) is None
