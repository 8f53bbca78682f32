from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from builders import NOON, a_prospect
from stage import EVERYBODY, Stage, a_loaded

from sequencer.domain.disposition import Action, Disposition, by_name
from sequencer.domain.enrollment import EnrollmentState, FinishReason
from sequencer.domain.event import Stopped
from sequencer.domain.send import SendEvent, SendState
from sequencer.domain.task import TaskState
from sequencer.engine.calls import Call, Logged, log_call
from sequencer.engine.react import react
from sequencer.engine.reopen_enrollment import NotReopenedError, Request, reopen_enrollment
from sequencer.engine.stop import UnknownProspectError, stop, suppress
from sequencer.engine.tasks import Ending, TaskError, done
from sequencer.mail.transaction import Outcome, OutcomeKind, Phase
from sequencer.store import enrollments, sends, tasks

ZOE, ADA = "zoe@bank.example", "ada@bank.example"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CALLS = (
    {"id": "intro", "email": "intro.md"},
    {"id": "first-call", "wait": "1 day", "call": "bump.md"},
    {"id": "bump", "wait": "3 days", "when": "not call.connected", "email": "bump.md"},
)
DISPOSITIONS = by_name(
    [
        Disposition("interested", "connected"),
        Disposition("busy", "not_connected"),
        Disposition("no", "connected", Action.FINISH),
        Disposition("never", "connected", Action.FINISH, finish_as=FinishReason.OPTED_OUT),
    ]
)


def reopen(stage: Stage, address: str = ZOE, slug: str = "") -> None:
    wanted = Request(address, "Eva", "a wrong stop", slug)
    stage.write(reopen_enrollment, stage.desk, wanted, stage.clock.now())


def stopped(stage: Stage, reason: FinishReason, address: str = ZOE) -> None:
    event, now = Stopped(reason), stage.clock.now()
    stage.write(react, stage.desk, stage.stored(address), event, "told so", now)


async def test_it_goes_on_where_it_stood(each_stage: Stage) -> None:
    """The cancelled mail waits anew, no sooner than it was due; nothing is sent twice."""
    each_stage.begin(ZOE)
    await each_stage.work()
    await each_stage.work(DAY)
    stopped(each_stage, FinishReason.REPLIED)
    assert each_stage.sends(ZOE)[-1].state is SendState.CANCELLED
    assert each_stage.stored(ZOE).finished_at == each_stage.clock.now()
    await each_stage.work(HOUR)
    reopen(each_stage)
    assert each_stage.stored(ZOE).finished_at is None
    bump = each_stage.sends(ZOE)[-1]
    assert (bump.state, bump.due_at) == (SendState.QUEUED, NOON + 3 * DAY)
    assert each_stage.timeline(ZOE)[-2:] == ["reopened", "queued"]
    await each_stage.work(3 * DAY)
    await each_stage.work(6 * DAY)
    assert len(each_stage.mails(ZOE)) == 3
    assert each_stage.enrollment(ZOE).finish_reason is FinishReason.COMPLETED
    assert each_stage.verify().clean


async def test_a_due_time_that_has_passed(stage: Stage) -> None:
    """What was due during the stop is due now."""
    stage.begin(ZOE)
    await stage.work()
    stopped(stage, FinishReason.MEETING_BOOKED)
    await stage.work(30 * DAY)
    reopen(stage)
    assert stage.sends(ZOE)[-1].due_at == stage.clock.now()


async def test_a_mail_that_left_in_spite_of_the_stop(stage: Stage) -> None:
    """A step that was sent is never repeated: the next comes, counted from now."""
    stage.begin(ZOE)
    await stage.work()
    number = stage.sends(ZOE)[-1].id
    await stage.work(DAY)
    stage.write(sends.move, [number], SendEvent.CLAIM)
    stage.write(sends.move, [number], SendEvent.HAND, handed_at=stage.clock.now())
    stopped(stage, FinishReason.REMOVED)
    stage.write(sends.move, [number], SendEvent.ACCEPT)
    reopen(stage)
    last = stage.sends(ZOE)[-1]
    assert (last.step_id, last.due_at) == ("last-mail", stage.clock.now() + 5 * DAY)


async def test_a_mail_that_is_still_under_way(stage: Stage) -> None:
    """What is on its way is waited for."""
    stage.begin(ZOE)
    number = stage.sends(ZOE)[0].id
    stage.write(sends.move, [number], SendEvent.CLAIM)
    stopped(stage, FinishReason.REMOVED)
    reopen(stage)
    assert [each.state for each in stage.sends(ZOE)] == [SendState.CLAIMED]
    assert stage.enrollment(ZOE).state is EnrollmentState.ACTIVE


async def test_a_mail_in_doubt_counts_as_sent(stage: Stage) -> None:
    """Who re-opens has looked: what may have left is not sent again."""
    stage.begin(ZOE)
    number = stage.sends(ZOE)[0].id
    stage.write(sends.move, [number], SendEvent.PARK)
    stopped(stage, FinishReason.REMOVED)
    reopen(stage)
    assert [each.step_id for each in stage.sends(ZOE)] == ["intro", "bump"]


async def test_a_mail_that_was_refused_is_tried_again(stage: Stage) -> None:
    """A definite refusal left nothing: after the cause is mended the mail is composed anew."""
    stage.begin(ZOE)
    refusal = Outcome(OutcomeKind.REJECTED, Phase.MAIL, 552, "", "too large")
    stage.mailers["ana"].plan(ZOE, refusal)
    await stage.work()
    assert stage.enrollment(ZOE).finish_reason is FinishReason.FAILED
    reopen(stage)
    await stage.work(HOUR)
    assert len(stage.mails(ZOE)) == 1


async def test_a_task_is_opened_again(each_stage: Stage) -> None:
    """A call that a stop had closed waits again, and a done one is not asked for twice."""
    called(each_stage, ZOE)
    await each_stage.work()
    await each_stage.work(DAY)
    stopped(each_stage, FinishReason.COLLEAGUE_REPLIED)
    assert open_tasks(each_stage) == []
    reopen(each_stage)
    assert open_tasks(each_stage) == ["first-call"]
    number = each_stage.read(tasks.of_enrollment, each_stage.stored(ZOE).id)[0].id
    ending = Ending("Eva", "no")
    each_stage.write(done, each_stage.desk, number, ending, each_stage.clock.now())
    assert each_stage.enrollment(ZOE).finish_reason is FinishReason.DISPOSITION
    with pytest.raises(NotReopenedError, match="No step is left"):
        reopen(each_stage)  # the last mail is not for somebody whom a call has reached
    assert each_stage.enrollment(ZOE).finish_reason is FinishReason.DISPOSITION
    assert each_stage.timeline(ZOE)[-1] == "finished"


async def test_only_the_last_run(each_stage: Stage) -> None:
    """Who has been through the cadence again since is not taken back to an older place in it."""
    stage = each_stage
    stage.apply(a_loaded(audience={**EVERYBODY, "again": "always"}))
    stage.bring_in(ZOE)
    stage.enroll(ZOE)
    stopped(stage, FinishReason.REMOVED)
    stage.enroll(ZOE)
    for wait in (HOUR, 3 * DAY, 5 * DAY):
        await stage.work(wait)
    assert stage.enrollment(ZOE).finish_reason is FinishReason.COMPLETED
    with pytest.raises(NotReopenedError, match="fintech-intro: completed"):
        reopen(stage)
    assert stage.enroll(ZOE)[0].enrolled


@pytest.mark.parametrize(
    "reason",
    [
        FinishReason.OPTED_OUT,
        FinishReason.BOUNCED,
        FinishReason.COMPLAINED,
        FinishReason.SUPPRESSED,
        FinishReason.COMPLETED,
    ],
)
async def test_what_stays_stopped(stage: Stage, reason: FinishReason) -> None:
    """The word of the recipient, or of a server, is not taken back by us."""
    stage.begin(ZOE)
    stopped(stage, reason)
    with pytest.raises(NotReopenedError, match=str(reason)):
        reopen(stage)


async def test_the_gate_is_asked(stage: Stage) -> None:
    """Who may not be written to any more is not taken up again, and the reason is named."""
    stage.begin(ZOE, ADA)
    for address in (ZOE, ADA):
        stopped(stage, FinishReason.REPLIED, address)
    stage.write(suppress, stage.desk, ZOE, "Eva", stage.clock.now())
    with pytest.raises(NotReopenedError, match="suppressed_address"):
        reopen(stage)
    stage.bring_in(a_prospect(email=ADA, first_name=" "))
    with pytest.raises(NotReopenedError, match="missing_variable"):
        reopen(stage, ADA)


@pytest.mark.parametrize("heard", [False, True])
async def test_a_mailbox_that_is_gone(stage: Stage, *, heard: bool) -> None:
    """Before the first mail another one of the cadence takes over; later nobody does."""
    stage.apply(a_loaded(mailboxes=["ana", "luis"]))
    stage.bring_in(ZOE)
    stage.enroll(ZOE)
    if heard:
        await stage.work()
    stopped(stage, FinishReason.REMOVED)
    boxes = {"luis": stage.policy.mailboxes["luis"]}
    later = Stage(stage.database, replace(stage.policy, mailboxes=boxes))
    if heard:
        with pytest.raises(NotReopenedError, match="ana is not in the settings"):
            reopen(later)
        return
    reopen(later)
    await later.work(HOUR)
    await later.work(HOUR)
    assert later.enrollment(ZOE).mailbox == "luis"
    assert len(later.mails(ZOE)) == 1


async def test_nothing_to_reopen(stage: Stage) -> None:
    """Strangers, people who run, people who were never enrolled."""
    stage.begin(ZOE)
    stage.bring_in(ADA)
    with pytest.raises(UnknownProspectError):
        reopen(stage, "nobody@bank.example")
    with pytest.raises(NotReopenedError, match="fintech-intro: active"):
        reopen(stage)
    with pytest.raises(NotReopenedError, match="not enrolled"):
        reopen(stage, ADA)
    stopped(stage, FinishReason.REMOVED)
    with pytest.raises(NotReopenedError, match="not enrolled"):
        reopen(stage, slug="other")
    reopen(stage, slug="fintech-intro")


def called(stage: Stage, *addresses: str) -> None:
    """People in a cadence with a call, in a workspace that knows dispositions."""
    stage.policy = replace(stage.policy, dispositions=DISPOSITIONS)
    stage.restart()
    stage.apply(a_loaded(steps=list(CALLS)))
    stage.bring_in(*addresses)
    stage.enroll(*addresses)


def open_tasks(stage: Stage, address: str = ZOE) -> list[Any]:
    found = stage.read(tasks.of_enrollment, stage.stored(address).id)
    return [task.step_id for task in found if task.state is TaskState.OPEN]


def ring(stage: Stage, disposition: str, *, inbound: bool = True, address: str = ZOE) -> Logged:
    call = Call(address, inbound, Ending("Eva", disposition, "rang at noon"))
    logged: Logged = stage.write(log_call, stage.desk, call, stage.clock.now())
    return logged


async def test_somebody_rings(each_stage: Stage) -> None:
    """A call that comes in ends the call that waits, and guards know that they were reached."""
    called(each_stage, ZOE)
    await each_stage.work()
    await each_stage.work(DAY)
    assert ring(each_stage, "interested") == Logged(1, 0)
    assert each_stage.enrollment(ZOE).finish_reason is FinishReason.COMPLETED
    assert "called" in each_stage.timeline(ZOE)


async def test_somebody_rings_before_any_call_is_due(stage: Stage) -> None:
    """It is noted, it counts for later guards, and the call of the cadence still comes."""
    called(stage, ZOE)
    await stage.work()
    stage.clock.advance(HOUR)
    stored = stage.stored(ZOE)
    assert ring(stage, "busy") == Logged(1, 0)
    assert stage.stored(ZOE).id == stored.id
    assert stage.enrollment(ZOE).step == "bump"
    await stage.work(HOUR)
    assert ring(stage, "interested", inbound=False) == Logged(0, 0)
    await stage.work(4 * DAY)
    assert len(stage.mails(ZOE)) == 1
    assert stage.enrollment(ZOE).finish_reason is FinishReason.COMPLETED


async def test_somebody_rings_to_end_it(stage: Stage) -> None:
    """A no on the telephone ends everything; a wish for silence is kept for good."""
    called(stage, ZOE, ADA)
    stage.apply(a_loaded(cadence="other"))
    stage.enroll(ZOE, slug="other")
    assert ring(stage, "no") == Logged(0, 2)
    ended = stage.read(enrollments.of_prospect, stage.person(ZOE))
    assert {each.enrollment.finish_reason for each in ended} == {FinishReason.DISPOSITION}
    assert ring(stage, "never", address=ADA) == Logged(0, 1)
    assert stage.enrollment(ADA).finish_reason is FinishReason.OPTED_OUT
    assert "suppressed" in stage.timeline(ADA)


async def test_a_call_of_a_stranger(stage: Stage) -> None:
    """Nobody has that address, and a call needs to have ended somehow."""
    called(stage, ZOE)
    with pytest.raises(UnknownProspectError):
        ring(stage, "no", address="nobody@bank.example")
    with pytest.raises(TaskError, match="How did the call end"):
        ring(stage, "")
    stage.write(stop, stage.desk, ZOE, "Eva", stage.clock.now())
    assert ring(stage, "no") == Logged(0, 0)


def left(stage: Stage, step_id: str) -> None:
    """Let Sent have told, after a restore, that the mail of a step has left."""
    number, now = stage.stored(ZOE).id, stage.clock.now()
    known = {each.step_id: each.id for each in stage.sends(ZOE)}
    if step_id in known:
        stage.write(sends.move, [known[step_id]], SendEvent.REQUEUE)
    else:
        queued = sends.Queued(number, step_id, "ana", follow_up=True, due_at=now, why="")
        stage.write(sends.queue, queued)
    [send] = [each.id for each in stage.sends(ZOE) if each.step_id == step_id]
    stage.write(sends.move, [send], SendEvent.CLAIM)
    stage.write(sends.move, [send], SendEvent.HAND, handed_at=now)
    stage.write(sends.move, [send], SendEvent.ACCEPT)


async def test_more_has_left_than_it_knew_of(each_stage: Stage) -> None:
    """What Sent told of after a restore is passed over, though it had stopped before that step."""
    stage = each_stage
    stage.begin(ZOE)
    stopped(stage, FinishReason.REMOVED)
    left(stage, "intro")
    left(stage, "bump")
    reopen(stage)
    last = stage.sends(ZOE)[-1]
    assert (last.step_id, last.state) == ("last-mail", SendState.QUEUED)
    assert stage.enrollment(ZOE).step == "last-mail"


async def test_all_has_left(stage: Stage) -> None:
    """Where the last mail was found to have left there is nothing to go on with."""
    stage.begin(ZOE)
    await stage.work()
    stopped(stage, FinishReason.REMOVED)
    left(stage, "last-mail")
    with pytest.raises(NotReopenedError, match="No step is left"):
        reopen(stage)
