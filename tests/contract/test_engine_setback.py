"""What providers ask for when they refuse a mail, and that the engine does it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from builders import NOON
from stage import ALWAYS, Stage, a_loaded

from sequencer.domain.mailbox import MailboxState
from sequencer.domain.send import SendState
from sequencer.engine.hand import Handing, hand_over
from sequencer.engine.look import look
from sequencer.engine.outcome import Result, record
from sequencer.mail.transaction import Blame, Outcome, OutcomeKind, Phase
from sequencer.store import mailboxes, touches

ZOE, ADA = "zoe@bank.example", "ada@firm.example"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
DAY = 24 * HOUR


def refusal(code: int, enhanced: str, text: str = "", phase: Phase = Phase.RCPT) -> Outcome:
    kind = OutcomeKind.DEFERRED if code < 500 else OutcomeKind.REJECTED
    return Outcome(kind, phase, code, enhanced, text)


GREYLISTED = [
    refusal(450, "4.2.0", "Greylisted"),
    refusal(451, "4.7.1", "Please try again later"),
    refusal(451, "", "Internal resources are temporarily unavailable"),
    refusal(450, "4.2.1", "is receiving mail too quickly"),
    refusal(432, "4.3.2", "STOREDRV.Deliver; recipient thread limit exceeded"),
]


@pytest.mark.parametrize("answer", GREYLISTED)
async def test_greylisting(stage: Stage, answer: Outcome) -> None:
    """The mail is tried again within half an hour, by the same mailbox, and delays nobody else."""
    stage.apply(a_loaded(mailboxes=["ana", "luis"], schedule={**ALWAYS, "jitter_minutes": 90}))
    stage.bring_in(ZOE, ADA)
    stage.enroll(ZOE, ADA)
    await stage.work()
    [before] = stage.sends(ZOE)
    stage.clock.advance(before.due_at - stage.clock.now())
    stage.mailers[before.mailbox].plan(ZOE, answer)
    await stage.work()
    [send] = stage.sends(ZOE)
    assert (send.state, send.tries) == (SendState.DEFERRED, 1)
    assert 5 * MINUTE <= send.due_at - stage.clock.now() <= 30 * MINUTE
    assert stage.health(send.mailbox).state is MailboxState.OK
    await stage.work(30 * MINUTE)
    after = stage.sends(ZOE)[0]
    assert (after.state, after.mailbox) == (SendState.SENT, before.mailbox)
    assert [each.recipient for each in stage.mailers[before.mailbox].accepted].count(ZOE) == 1


RESTS = [
    (refusal(421, "4.7.28", "unusual rate"), 10 * MINUTE),
    (refusal(450, "4.7.28", "unusual rate", Phase.DOT), 10 * MINUTE),
    (refusal(421, "4.7.0", "[TSS04] unexpected volume"), 10 * MINUTE),
    (refusal(432, "4.3.2", "concurrent connections limit exceeded"), 3 * MINUTE),
    (refusal(550, "5.7.26", "unauthenticated", Phase.DOT), HOUR),
    (refusal(421, "4.7.26", "unauthenticated", Phase.DOT), HOUR),
]


@pytest.mark.parametrize(("answer", "rest"), RESTS)
async def test_silence(stage: Stage, answer: Outcome, rest: timedelta) -> None:
    """A provider that asks the mailbox for less hears nothing from it for that long."""
    stage.begin(ZOE, ADA)
    stage.mailers["ana"].plan(ZOE, answer)
    await stage.work()
    assert stage.health().until == NOON + rest
    await stage.work(rest - MINUTE)
    assert stage.mails(ADA) == []
    await stage.work(MINUTE)
    assert len(stage.mails(ADA)) == 1
    assert "suppressed" not in stage.timeline(ZOE)


QUOTAS = [
    replace(refusal(550, "5.4.5", "limit", phase), kind=OutcomeKind.DEFERRED, blame=Blame.MAILBOX)
    for phase in (Phase.MAIL, Phase.RCPT, Phase.DOT)
] + [
    replace(refusal(550, code, ""), kind=OutcomeKind.DEFERRED, blame=Blame.MAILBOX)
    for code in ("5.1.90", "5.7.232", "5.7.233")
]


@pytest.mark.parametrize("answer", QUOTAS)
async def test_a_quota_waits_for_the_rolling_day(stage: Stage, answer: Outcome) -> None:
    """The mailbox goes on when its oldest mail of the last 24 hours is not counted any more."""
    stage.begin(ADA)
    await stage.work()
    await stage.work(5 * HOUR)
    stage.bring_in(ZOE)
    stage.enroll(ZOE)
    stage.mailers["ana"].plan(ZOE, answer)
    await stage.work()
    health, [send] = stage.health(), stage.sends(ZOE)
    assert (health.state, health.until) == (MailboxState.THROTTLED, NOON + DAY)
    assert (send.state, send.tries, send.handed_at) == (SendState.DEFERRED, 0, None)
    await stage.work(DAY - 5 * HOUR - MINUTE)
    assert stage.mails(ZOE) == []
    await stage.work(4 * MINUTE)
    assert len(stage.mails(ZOE)) == 1


async def test_a_quota_counts_mails_by_hand(stage: Stage) -> None:
    """What a rep sent without us is part of the day that the provider counts."""
    by_hand = touches.MailByHand(NOON - 20 * HOUR, "ana", None, "firm.example", "<by-hand@x>")
    stage.write(touches.add_mail_by_hand, by_hand)
    stage.begin(ZOE)
    stage.mailers["ana"].plan(ZOE, QUOTAS[0])
    await stage.work()
    assert stage.health().until == NOON + 4 * HOUR


async def test_a_quota_that_somebody_else_used_up(stage: Stage) -> None:
    """Without a mail of the mailbox that explains it the provider is asked again in an hour."""
    stage.begin(ZOE)
    stage.mailers["ana"].plan(ZOE, QUOTAS[0])
    await stage.work()
    assert stage.health().until == NOON + HOUR


async def test_a_quota_is_never_asked_about_at_once(stage: Stage) -> None:
    """Also where the oldest mail falls out in a minute, the mailbox rests for a while."""
    stage.begin(ADA)
    await stage.work()
    await stage.work(DAY - MINUTE)
    stage.bring_in(ZOE)
    stage.enroll(ZOE)
    stage.mailers["ana"].plan(ZOE, QUOTAS[0])
    await stage.work()
    assert stage.health().until == stage.clock.now() + 15 * MINUTE


async def test_a_lost_sign_in_keeps_the_queue(stage: Stage) -> None:
    """Until somebody signs in nothing is lost, and no mail has used up a try."""
    stage.begin(ZOE, ADA)
    lost = Outcome(OutcomeKind.DEFERRED, Phase.MAIL, 530, "5.7.57", "", Blame.SIGN_IN)
    stage.mailers["ana"].plan(ZOE, *[lost] * 50)
    stage.mailers["ana"].plan(ADA, *[lost] * 50)
    for _ in range(30):
        await stage.work(HOUR)
        assert stage.health().state is MailboxState.NEEDS_SIGN_IN
    for address in (ZOE, ADA):
        [send] = stage.sends(address)
        assert send.tries == 0
        assert send.state in {SendState.QUEUED, SendState.DEFERRED}


QUOTA = replace(refusal(550, "5.4.5", "daily limit", Phase.MAIL), kind=OutcomeKind.DEFERRED)
LINE_LOST = Outcome(OutcomeKind.DEFERRED, Phase.BODY, text="line lost", blame=Blame.MAILBOX)
ACCEPTED = Outcome(OutcomeKind.ACCEPTED, Phase.DOT, 250, "2.0.0", "Ok")


@pytest.mark.parametrize("after", [LINE_LOST, ACCEPTED])
async def test_a_rest_outlasts_mails_that_were_under_way(stage: Stage, after: Outcome) -> None:
    """What another connection brings in the same moment ends no rest, and shortens none."""
    stage.begin(ZOE, ADA)
    await stage.take_leases()
    stage.write(mailboxes.mark_synced, "ana", NOON)
    lease = stage.runner.leases["ana"]
    claimed = stage.write(look, stage.desk, lease, NOON).claimed
    handings = [Handing(each.send_id, lease, each.case) for each in claimed]
    assert stage.write(hand_over, stage.desk, handings, NOON) == [True, True]
    untils = []
    for each, outcome in zip(claimed, (replace(QUOTA, blame=Blame.MAILBOX), after), strict=True):
        result = Result(each.send_id, lease, each.case, outcome, NOON)
        stage.write(record, stage.desk, [result], NOON)
        untils.append((stage.health().state, stage.health().until))
    assert untils[0] == untils[1]
    assert untils[0][0] is MailboxState.THROTTLED
