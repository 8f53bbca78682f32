"""Addresses that refuse mails for now, and domains that a server calls dead."""

from datetime import timedelta

import pytest
from foreign_mails import a_group, a_report
from stage import DAY, EVERYBODY, STEPS, Stage, a_loaded

from sequencer.domain.enrollment import EnrollmentState, FinishReason, PauseReason
from sequencer.domain.reason import Reason
from sequencer.domain.send import SendState
from sequencer.engine.pause import resume
from sequencer.engine.stop import NotLiftedError, lift, suppress, suppressed
from sequencer.engine.why import why
from sequencer.mail.folder import Folder
from sequencer.mail.transaction import Outcome, OutcomeKind, Phase

ZOE, ADA = "zoe@bank.example", "ada@bank.example"
FULL = Outcome(OutcomeKind.DEFERRED, Phase.RCPT, 452, "4.2.2", "mailbox full")
FULL_FOR_GOOD = Outcome(OutcomeKind.REJECTED, Phase.RCPT, 552, "5.2.2", "mailbox full")
DEAD = Outcome(OutcomeKind.REJECTED, Phase.RCPT, 550, "5.1.2", "domain not found")
HOUR = timedelta(hours=1)
FOUR = [*STEPS, {"id": "one-more", "wait": "5 days", "email": "last-mail.md"}]


async def live(stage: Stage, days: int) -> None:
    """Work every few hours."""
    for _ in range(days * 6):
        await stage.work(4 * HOUR)


async def a_full_report(stage: Stage, status: str = "5.2.2", said: str = "552 full") -> None:
    """A report about the mail that left last."""
    sent = [each for each in stage.sends(ZOE) if each.state is SendState.SENT][-1]
    head = f"Message-ID: {sent.message_id}\r\nSubject: ours\r\n"
    stage.inboxes["ana"].deliver(a_report(a_group(ZOE, status, said), returned=head), Folder.INBOX)
    await stage.work(HOUR)


def on_list(stage: Stage) -> dict[str, str]:
    return {each.suppression.key: each.suppression.reason for each in stage.read(suppressed)}


async def test_reports_are_counted(stage: Stage) -> None:
    """The third mail that comes back from a full mailbox is the last one for 30 days."""
    stage.apply(a_loaded(steps=FOUR))
    stage.bring_in(ZOE)
    stage.enroll(ZOE)
    for days in (2, 3, 4):
        await live(stage, days)
        await a_full_report(stage)
    assert on_list(stage) == {ZOE: "unreachable"}
    ended = stage.enrollment(ZOE)
    assert (ended.state, ended.finish_reason) == (EnrollmentState.FINISHED, FinishReason.FAILED)
    await live(stage, 10)
    assert len(stage.mails(ZOE)) == 3
    assert not stage.verify().details


async def test_tries_of_one_mail_are_not_counted(stage: Stage) -> None:
    """A mail may be tried as often as it is; the address is not to blame for it yet."""
    stage.begin(ZOE)
    stage.mailers["ana"].plan(ZOE, *[FULL] * 5)
    await live(stage, 3)
    assert on_list(stage) == {}
    assert len(stage.mails(ZOE)) == 1


async def test_answers_and_reports_count_together(each_stage: Stage) -> None:
    """Whether a server says it at once or in a report makes no difference."""
    stage = each_stage
    stage.begin(ZOE)
    stage.mailers["ana"].plan(ZOE, FULL)
    await live(stage, 1)
    await a_full_report(stage)  # the same mail: it was refused twice, and counts once
    assert stage.timeline(ZOE).count("not_now") == 2
    await live(stage, 4)
    await a_full_report(stage)
    assert on_list(stage) == {}
    stage.mailers["ana"].plan(ZOE, FULL)
    await live(stage, 6)
    assert on_list(stage) == {ZOE: "unreachable"}
    last = stage.sends(ZOE)[-1]
    assert (last.step_id, last.state) == ("last-mail", SendState.REJECTED)
    assert stage.timeline(ZOE)[-3:] == ["rejected", "left_alone", "finished"]


@pytest.mark.parametrize(
    "answer",
    [
        Outcome(OutcomeKind.DEFERRED, Phase.RCPT, 421, "4.7.28", "unusual rate"),
        Outcome(OutcomeKind.DEFERRED, Phase.RCPT, 550, "5.4.5", "daily user sending limit"),
        Outcome(OutcomeKind.REJECTED, Phase.DOT, 550, "5.7.26", "unauthenticated"),
    ],
)
async def test_what_is_our_own_fault(stage: Stage, answer: Outcome) -> None:
    """A rate, a quota and a block never count against an address."""
    stage.begin(ZOE)
    for _ in STEPS:
        stage.mailers["ana"].plan(ZOE, answer)
        await live(stage, 8)
    assert "not_now" not in stage.timeline(ZOE)
    assert on_list(stage) == {}


async def left_alone(stage: Stage) -> None:
    """Have somebody whose address refused a mail for three days."""
    stage.apply(a_loaded(audience={**EVERYBODY, "again": "always"}))
    stage.bring_in(ZOE)
    stage.enroll(ZOE)
    stage.mailers["ana"].plan(ZOE, FULL)
    await stage.work()
    stage.mailers["ana"].plan(ZOE, FULL)
    await stage.work(4 * DAY)
    assert on_list(stage) == {ZOE: "unreachable"}


async def test_it_ends_by_itself(stage: Stage) -> None:
    """For 30 days nobody may enrol them, which `why` tells; after that anybody may."""
    await left_alone(stage)
    report = stage.read(why, stage.desk, ZOE, stage.clock.now())
    assert report.suppressions[0].until == stage.clock.now() + 30 * DAY
    [answer] = stage.enroll(ZOE)
    until = {each.reason: each.until for each in answer.refusals}
    assert until == {Reason.UNREACHABLE: stage.clock.now() + 30 * DAY}
    stage.clock.advance(30 * DAY)
    [answer] = stage.enroll(ZOE)
    assert answer.enrolled
    stage.mailers["ana"].plan(ZOE, FULL)  # it is counted anew
    await live(stage, 1)
    assert len(stage.mails(ZOE)) == 1


async def test_a_person_takes_it_back(stage: Stage) -> None:
    """By hand it ends earlier; what somebody said for good does not."""
    await left_alone(stage)
    lifted = stage.write(lift, ZOE.upper(), "Eva", stage.clock.now())
    assert (lifted.key, on_list(stage)) == (ZOE, {})
    assert stage.timeline(ZOE)[-1] == "lifted"
    assert stage.enroll(ZOE)[0].enrolled
    stage.write(suppress, stage.desk, ZOE, "Eva", stage.clock.now())
    with pytest.raises(NotLiftedError, match="for good"):
        stage.write(lift, ZOE, "Eva", stage.clock.now())
    with pytest.raises(NotLiftedError, match="not on the list"):
        stage.write(lift, ADA, "Eva", stage.clock.now())


async def test_for_good_outweighs_for_a_while(stage: Stage) -> None:
    """Who is left alone for a while and then opts out stays on the list for ever."""
    await left_alone(stage)
    stage.write(suppress, stage.desk, ZOE, "Eva", stage.clock.now())
    [listed] = stage.read(suppressed)
    assert (listed.suppression.reason, listed.suppression.until) == ("manual", None)


@pytest.mark.parametrize("by_report", [False, True])
async def test_a_dead_domain(stage: Stage, *, by_report: bool) -> None:
    """Its address gets nothing any more; others of the domain wait for a person's look."""
    stage.begin(ZOE)
    if by_report:
        await stage.work()
        await a_full_report(stage, "5.1.2", "553 5.1.2 domain not found")
    else:
        stage.mailers["ana"].plan(ZOE, DEAD)
        await stage.work()
    assert on_list(stage) == {ZOE: "bounced", "bank.example": "dead_domain"}
    assert stage.enrollment(ZOE).finish_reason is FinishReason.BOUNCED
    stage.bring_in(ADA)
    [answer] = stage.enroll(ADA)
    assert [each.reason for each in answer.refusals] == [Reason.DOMAIN_DEAD]


async def test_colleagues_at_a_dead_domain(each_stage: Stage) -> None:
    """Who is in a cadence already is paused for a person, and goes on once the flag is lifted."""
    stage = each_stage
    stage.begin(ADA, ZOE)
    stage.mailers["ana"].plan(ZOE, DEAD)
    stage.mailers["ana"].plan(ADA, FULL)
    await stage.work()
    await live(stage, 1)
    assert stage.enrollment(ADA).pause_reason is PauseReason.REVIEW
    assert stage.mails(ADA) == []
    stage.write(lift, "bank.example", "Eva", stage.clock.now())
    stage.write(resume, stage.desk, ADA, "Eva", stage.clock.now())
    await live(stage, 1)
    assert len(stage.mails(ADA)) == 1
