"""What follows from answers beyond the stop: who waits, who is asked, what the rep finds to do."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from foreign_mails import a_mail
from stage import DAY, Stage

from sequencer.domain.delay import Delay, Unit
from sequencer.domain.enrollment import EnrollmentState, FinishReason, PauseReason
from sequencer.domain.replies import Replies
from sequencer.domain.task import TaskKind
from sequencer.engine.absent import LEFT, LONG, MOVED, PERSON, SILENCE
from sequencer.engine.answered import COMPANY
from sequencer.engine.by_hand import GO_ON
from sequencer.mail.folder import Folder
from sequencer.store import suppressions, tasks
from sequencer.store.tasks import NewTask, StoredTask

ZOE, ADA, EVE = "zoe@bank.example", "ada@bank.example", "eve@mill.example"
MINUTE = timedelta(minutes=1)
MADRID = ZoneInfo("Europe/Madrid")
FROM_ZOE = f"From: Zoe <{ZOE}>"
AWAY = "Auto-Submitted: auto-replied"


async def begin(stage: Stage, *addresses: str) -> str:
    """Everybody has had the first mail; the Message-ID of the first one's."""
    stage.begin(*(addresses or (ZOE,)))
    await stage.work()
    return str(stage.mails((addresses or (ZOE,))[0])[0]["Message-ID"])


async def receive(stage: Stage, *headers: str, text: str, folder: Folder = Folder.INBOX) -> None:
    """A mail comes in, and is found by the next poll."""
    date = f"Date: {stage.clock.now():%a, %d %b %Y %H:%M:%S} +0000"
    stage.inboxes["ana"].deliver(a_mail(*headers, date, text=text), folder)
    await stage.work(MINUTE)


async def file_in_sent(stage: Stage, raw: bytes) -> None:
    """A mail by hand, an hour after ours: at the same time it would be taken for a copy of ours."""
    await stage.work(60 * MINUTE)
    stage.inboxes["ana"].deliver(raw, Folder.SENT)
    for _ in range(3):
        await stage.work(2 * MINUTE)


def to_do(stage: Stage, kind: TaskKind, address: str = ZOE) -> list[StoredTask]:
    found: list[StoredTask] = stage.read(tasks.open_matters, stage.person(address), kind)
    return found


async def test_somebody_away_for_long(stage: Stage) -> None:
    """Nobody is mailed in the middle of a long leave: a person is asked, and told who stands in."""
    sent = await begin(stage)
    text = "I am on parental leave until 1 October 2026. Please write to eve@mill.example instead."
    await receive(stage, FROM_ZOE, f"In-Reply-To: {sent}", AWAY, text=text)
    enrollment = stage.enrollment(ZOE)
    assert (enrollment.pause_reason, enrollment.resume_at) == (PauseReason.AUTO_REPLY, None)
    [task] = to_do(stage, TaskKind.REFERRAL)
    assert task.title == LONG
    assert EVE in task.about
    assert task.inbound_id is not None


@pytest.mark.parametrize(("days", "waits"), [(3, 3), (4, 6), (14, 14)])
async def test_how_long_an_undated_absence_lasts(stage: Stage, days: int, waits: int) -> None:
    """As long as the settings say, and then from the next working day on."""
    replies = Replies(undated_absence=Delay(days, Unit.DAYS))
    stage.policy = replace(stage.policy, replies=replies)
    stage.restart()
    sent = await begin(stage)
    await receive(stage, FROM_ZOE, f"In-Reply-To: {sent}", AWAY, text="I am out of the office.")
    resume_at = stage.enrollment(ZOE).resume_at
    assert resume_at is not None
    begins = resume_at.astimezone(MADRID)
    assert begins.hour == 0
    assert begins.date() == stage.clock.now().date() + timedelta(days=waits)


async def test_somebody_who_has_left(stage: Stage) -> None:
    """Every cadence ends; nobody new is enrolled, a person is told whom to ask."""
    sent = await begin(stage)
    text = "Zoe no longer works at the bank. Please contact Eve Mill (eve@mill.example)."
    await receive(stage, FROM_ZOE, f"In-Reply-To: {sent}", AWAY, text=text)
    assert stage.enrollment(ZOE).finish_reason is FinishReason.REMOVED
    [task] = to_do(stage, TaskKind.REFERRAL)
    assert task.title == LEFT
    assert EVE in task.about
    assert stage.mails(EVE) == []


async def test_somebody_with_a_new_address(stage: Stage) -> None:
    """A person decides whether the new address is theirs."""
    sent = await begin(stage)
    text = "My e-mail address has changed. My new address is zoe@new.example."
    await receive(stage, FROM_ZOE, f"In-Reply-To: {sent}", AWAY, text=text)
    assert stage.enrollment(ZOE).pause_reason is PauseReason.REVIEW
    [task] = to_do(stage, TaskKind.REFERRAL)
    assert task.title == MOVED
    assert "zoe@new.example" in task.about


async def test_a_receipt_of_a_ticket_system(stage: Stage) -> None:
    """That a mail has arrived stops nothing."""
    sent = await begin(stage)
    text = "We have received your message and opened ticket 4711. We will get back to you."
    await receive(
        stage, FROM_ZOE, f"In-Reply-To: {sent}", "Auto-Submitted: auto-generated", text=text
    )
    assert stage.enrollment(ZOE).state is EnrollmentState.ACTIVE
    assert to_do(stage, TaskKind.REFERRAL) == []


async def test_a_whole_company_opts_out(stage: Stage) -> None:
    """Who speaks for the company silences it: colleagues get nothing either."""
    sent = await begin(stage, ZOE, ADA)
    text = "Please take our company off your list."
    await receive(stage, FROM_ZOE, f"In-Reply-To: {sent}", text=text)
    keys = {each.suppression.key for each in stage.read(suppressions.listed)}
    assert {"bank.example", ZOE} <= keys
    for address in (ZOE, ADA):
        assert stage.enrollment(address).finish_reason is FinishReason.OPTED_OUT


@pytest.mark.parametrize("sender", ["eve@mill.example", "zoe@sub.bank.example"])
async def test_who_speaks_for_a_company(stage: Stage, sender: str) -> None:
    """Somebody from elsewhere silences the person we wrote to; the company is for a person."""
    sent = await begin(stage, ZOE, ADA)
    text = "Please take our company off your list."
    await receive(stage, f"From: {sender}", f"In-Reply-To: {sent}", text=text)
    assert stage.enrollment(ZOE).finish_reason is FinishReason.OPTED_OUT
    assert stage.enrollment(ADA).state is EnrollmentState.ACTIVE
    [task] = to_do(stage, TaskKind.TRIAGE)
    assert task.title == COMPANY


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Yes, can we talk on Thursday?", PERSON),
        ("Do not contact me again. Take me off your list.", SILENCE),
    ],
)
async def test_what_a_help_desk_passes_on(stage: Stage, text: str, title: str) -> None:
    """A mark of a machine without a word of one may be a person's answer: nothing more leaves."""
    sent = await begin(stage)
    generated = "Auto-Submitted: auto-generated"
    await receive(stage, FROM_ZOE, f"In-Reply-To: {sent}", generated, text=text)
    assert stage.enrollment(ZOE).pause_reason is PauseReason.REVIEW
    assert title in {task.title for task in to_do(stage, TaskKind.TRIAGE)}
    await stage.work(20 * DAY)
    assert len(stage.mails(ZOE)) == 1


async def test_nobody_speaks_for_all_of_a_free_provider(stage: Stage) -> None:
    """Somebody at a provider of free mail silences only themselves."""
    zoe = "zoe@gmail.com"
    sent = await begin(stage, zoe)
    text = "Please take our company off your list."
    await receive(stage, f"From: {zoe}", f"In-Reply-To: {sent}", text=text)
    keys = {each.suppression.key for each in stage.read(suppressions.listed)}
    assert keys == {zoe}


async def test_an_answer_is_something_to_do(stage: Stage) -> None:
    """The rep finds the answer in the list, and it goes from there when they have written back."""
    sent = await begin(stage)
    await receive(stage, FROM_ZOE, f"In-Reply-To: {sent}", text="Can you send me your prices?")
    [task] = to_do(stage, TaskKind.REPLY)
    assert "prices" in task.about
    answer = f"To: {ZOE}\r\nFrom: ana@seller.example\r\nIn-Reply-To: <r1@prospect.example>\r\n\r\n."
    await file_in_sent(stage, answer.encode())
    assert to_do(stage, TaskKind.REPLY) == []


@pytest.mark.parametrize(
    ("answers", "apart", "left"),
    [("", 5 * MINUTE, 1), ("", -5 * MINUTE, 0), ("In-Reply-To: <r1@x.example>\r\n", MINUTE, 0)],
)
async def test_what_was_sent_before_an_answer_is_none_to_it(
    stage: Stage, answers: str, apart: timedelta, left: int
) -> None:
    """Of a mail by hand that is seen late its own date counts; one in the thread may be early."""
    sent = await begin(stage)
    await stage.work(60 * MINUTE)
    await receive(stage, FROM_ZOE, f"In-Reply-To: {sent}", text="Can you send me your prices?")
    date = f"Date: {stage.clock.now() - apart:%a, %d %b %Y %H:%M:%S} +0000\r\n"
    head = f"To: {ZOE}\r\nFrom: ana@seller.example\r\n{answers}{date}\r\n"
    await file_in_sent(stage, head.encode())
    assert len(to_do(stage, TaskKind.REPLY)) == left


async def test_a_no_is_nothing_to_do(stage: Stage) -> None:
    """Who is not interested has been heard, and is left alone."""
    sent = await begin(stage)
    await receive(stage, FROM_ZOE, f"In-Reply-To: {sent}", text="No thanks, we are not interested.")
    assert stage.enrollment(ZOE).finish_reason is FinishReason.REPLIED
    assert to_do(stage, TaskKind.REPLY) == []


def an_answer_by_hand() -> bytes:
    lines = (
        f"To: {ZOE}",
        "From: ana@seller.example",
        "Message-ID: <1@program.example>",
        "In-Reply-To: <anything@bank.example>",
        "Subject: Re: our talk",
    )
    return "\r\n".join([*lines, "", "As discussed ...", ""]).encode()


async def test_the_rep_takes_over(stage: Stage) -> None:
    """A hand-written answer pauses the cadence until the rep has decided; it is no stop."""
    await begin(stage)
    await file_in_sent(stage, an_answer_by_hand())
    enrollment = stage.enrollment(ZOE)
    assert (enrollment.state, enrollment.pause_reason) == (
        EnrollmentState.PAUSED,
        PauseReason.REVIEW,
    )
    [task] = to_do(stage, TaskKind.TRIAGE)
    assert task.title == GO_ON
    await stage.work(10 * DAY)
    assert len(stage.mails(ZOE)) == 1


async def test_a_mail_that_a_task_had_asked_for(stage: Stage) -> None:
    """The mail of a task is part of the cadence, and takes nothing over."""
    await begin(stage)
    now = stage.clock.now()
    new = NewTask(stage.person(ZOE), TaskKind.MANUAL_EMAIL, "ana", "Write", now)
    stage.write(tasks.add, new, now)
    await file_in_sent(stage, an_answer_by_hand())
    assert stage.enrollment(ZOE).state is EnrollmentState.ACTIVE


async def test_a_doubtful_mail_is_in_the_list_with_what_was_made_of_it(stage: Stage) -> None:
    """What a person has to decide about leads to the message and to its verdict."""
    sent = await begin(stage)
    receipt = 'Content-Type: multipart/report; report-type=disposition-notification; boundary="b"'
    await receive(stage, FROM_ZOE, f"In-Reply-To: {sent}", receipt, text="--b\n\nRead.\n--b--")
    [task] = to_do(stage, TaskKind.TRIAGE)
    assert task.inbound_id is not None
    assert stage.enrollment(ZOE).pause_reason is PauseReason.REVIEW
