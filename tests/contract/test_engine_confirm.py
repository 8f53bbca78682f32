"""The one mail after an opt-out by answer: only where it is wanted, to a person, and once."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from fakes.fake_mailer import FakeMailer
from foreign_mails import a_mail
from stage import DAY, Stage

from sequencer.domain.enrollment import FinishReason
from sequencer.domain.pacing import Pace
from sequencer.domain.replies import Replies
from sequencer.mail.transaction import Envelope, Outcome, OutcomeKind, Phase
from sequencer.store import notices, touches
from sequencer.store.touches import MailByHand

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


class Twin(FakeMailer):
    """While it talks to the server, another daemon hands over the confirmation, and dies."""

    def __init__(self, stage: Stage, accepted: list[Envelope]) -> None:
        """A mailer that goes on with what another one has accepted."""
        FakeMailer.__init__(self, accepted)
        self.stage = stage

    async def send(self, envelope: Envelope, hand: Callable[[], Awaitable[bool]]) -> Outcome:
        """What was planned."""
        now = self.stage.clock.now()
        self.stage.write(notices.hand, 1, now - MINUTE)
        touch = MailByHand(now - MINUTE, "ana", None, "bank.example", "notice 1")
        self.stage.write(touches.add_mail_by_hand, touch)
        return await FakeMailer.send(self, envelope, hand)


STRANGE_SENDERS = ["zoe@.", f"{'x' * 400}@bank.example", "=?utf-8?q?z=00oe=40bank.example?="]


@pytest.mark.parametrize("confirms", [True, False])
@pytest.mark.parametrize("message_id", ["<a\0b@bank.example>", f"<{'a' * 3_000}@bank.example>"])
@pytest.mark.parametrize("sender", [*STRANGE_SENDERS, ZOE])
async def test_strange_names_keep_no_opt_out_from_working(
    each_stage: Stage, sender: str, message_id: str, *, confirms: bool
) -> None:
    """What no database can store is not confirmed, or not by its name; it is obeyed."""
    replies = Replies(confirms_opt_out=confirms)
    each_stage.policy = replace(each_stage.policy, replies=replies)
    each_stage.restart()
    each_stage.begin(ZOE)
    await each_stage.work()
    sent = str(each_stage.mails(ZOE)[0]["Message-ID"])
    named = (f"From: {sender}", HEADERS[1], f"Message-ID: {message_id}", f"In-Reply-To: {sent}")
    each_stage.inboxes["ana"].deliver(a_mail(*named, text=STOP))
    for _ in range(3):
        await each_stage.work(2 * MINUTE)
    assert each_stage.enrollment(ZOE).finish_reason is FinishReason.OPTED_OUT
    assert subjects(each_stage) == (["Unsubscribed"] if confirms and sender == ZOE else [])


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


@pytest.mark.parametrize("outcome", [LOST, GREY])
async def test_what_another_daemon_has_handed_over(
    stage_that_confirms: Stage, outcome: Outcome
) -> None:
    """Of two daemons the slower one does not put back what may have left, and counts for one."""
    stage = stage_that_confirms
    twin = Twin(stage, stage.mailers["ana"].accepted)
    twin.plan(ZOE, outcome)
    stage.mailers["ana"] = twin
    stage.restart()
    await receive(stage)
    assert stage.read(touches.is_noted, "notice 1")
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
