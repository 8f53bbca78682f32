"""The one mail after an opt-out by answer: only where it is wanted, to a person, and once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from foreign_mails import a_mail
from stage import DAY, Stage

from sequencer.domain.pacing import Pace
from sequencer.domain.replies import Replies
from sequencer.mail.transaction import Outcome, OutcomeKind, Phase

ZOE = "zoe@bank.example"
MINUTE = timedelta(minutes=1)
HEADERS = (f"From: Zoe <{ZOE}>", "To: ana@seller.example")
LOST = Outcome(OutcomeKind.UNKNOWN, Phase.DOT, text="line lost")
GREY = Outcome(OutcomeKind.DEFERRED, Phase.RCPT, 450, "4.2.0", "greylisted")
STOP = "Please remove me from your list."


@pytest.fixture
async def stage_that_confirms(stage: Stage) -> Stage:
    """Somebody has had the first mail from a workspace that confirms opt-outs."""
    stage.policy = replace(stage.policy, replies=Replies(confirms_opt_out=True))
    stage.restart()
    stage.begin(ZOE)
    await stage.work()
    return stage


async def receive(stage: Stage, *headers: str, text: str = STOP) -> None:
    sent = str(stage.mails(ZOE)[0]["Message-ID"])
    named = [*HEADERS, f"In-Reply-To: {sent}", *headers]
    stage.inboxes["ana"].deliver(a_mail(*named, text=text))
    for _ in range(3):
        await stage.work(2 * MINUTE)


def subjects(stage: Stage) -> list[str]:
    return [str(mail["Subject"]) for mail in stage.mails(ZOE)[1:]]


async def test_once(stage_that_confirms: Stage) -> None:
    """Whoever asks twice is told once, and hears nothing more."""
    stage = stage_that_confirms
    await receive(stage)
    assert subjects(stage) == ["Unsubscribed"]
    assert "confirming" in stage.timeline(ZOE)
    await receive(stage, "Message-ID: <r2@bank.example>", text="Unsubscribe me!")
    await stage.work(20 * DAY)
    assert subjects(stage) == ["Unsubscribed"]
    findings = stage.verify()
    assert findings.clean, findings.details


async def test_not_unless_it_is_wanted(stage: Stage) -> None:
    """By default nothing leaves after an opt-out."""
    stage.begin(ZOE)
    await stage.work()
    await receive(stage)
    assert subjects(stage) == []


async def test_not_to_a_machine(stage_that_confirms: Stage) -> None:
    """The button of a mail program is heard without an answer."""
    await receive(stage_that_confirms, "Return-Path: <>")
    assert subjects(stage_that_confirms) == []
    assert stage_that_confirms.enrollment(ZOE).finish_reason == "opted_out"


async def test_not_again_where_nobody_knows(stage_that_confirms: Stage) -> None:
    """A line lost after the dot is no reason to send it a second time."""
    stage = stage_that_confirms
    stage.mailers["ana"].lost_are_accepted = False
    stage.mailers["ana"].plan(ZOE, LOST)
    await receive(stage)
    await stage.work(2 * DAY)
    assert subjects(stage) == []


async def test_later_where_the_server_says_so(stage_that_confirms: Stage) -> None:
    """Greylisting puts it off, and no more."""
    stage = stage_that_confirms
    stage.mailers["ana"].plan(ZOE, GREY)
    await receive(stage)
    assert subjects(stage) == []
    await stage.work(31 * MINUTE)
    assert subjects(stage) == ["Unsubscribed"]


async def test_within_the_pace_of_the_mailbox(stage: Stage) -> None:
    """It counts like any other mail: a mailbox that has sent all it may sends it tomorrow."""
    boxes = {
        name: replace(each, pace=Pace(per_day=1, per_hour=1, gap=timedelta(0)))
        for name, each in stage.policy.mailboxes.items()
    }
    stage.policy = replace(stage.policy, mailboxes=boxes, replies=Replies(confirms_opt_out=True))
    stage.restart()
    stage.begin(ZOE)
    await stage.work()
    await receive(stage)
    assert subjects(stage) == []
    await stage.work(DAY)
    await stage.work(2 * MINUTE)
    assert subjects(stage) == ["Unsubscribed"]
