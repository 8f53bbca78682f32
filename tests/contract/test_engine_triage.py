"""What people decide about doubtful mails, what follows from it, and how it is taken back."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from foreign_mails import a_mail
from stage import DAY, EVERYBODY, Stage, a_loaded

from sequencer.domain.enrollment import EnrollmentState, FinishReason, PauseReason
from sequencer.domain.replies import Replies
from sequencer.domain.suppression import SuppressionReason
from sequencer.domain.task import TaskKind, TaskState
from sequencer.domain.triage import Decision
from sequencer.engine.pause import pause
from sequencer.engine.pause import resume as resume_by_hand
from sequencer.engine.receive import set_aside
from sequencer.engine.suppress import suppress_address
from sequencer.engine.task_undo import undo as undo_task
from sequencer.engine.tasks import Ending, TaskError, done
from sequencer.engine.triage import Decided, decide
from sequencer.engine.triage_mail import Ruling
from sequencer.engine.triage_undo import undo
from sequencer.mail.folder import Folder
from sequencer.store import forgotten, kept_mail, suppressions, tasks
from sequencer.store.database import Connection
from sequencer.store.inbound import Place
from sequencer.store.outside_tables import InboundRow
from sequencer.store.stand import stand_of
from sequencer.store.tasks import StoredTask

ZOE, ADA, EVE = "zoe@bank.example", "ada@bank.example", "eve@mill.example"
MADRID = ZoneInfo("Europe/Madrid")
MINUTE = timedelta(minutes=1)
AWAY = "Auto-Submitted: auto-replied"
RECEIPT = 'Content-Type: multipart/report; report-type=disposition-notification; boundary="b"'
STOPS = {
    Decision.REPLY: FinishReason.REPLIED,
    Decision.OPT_OUT: FinishReason.OPTED_OUT,
    Decision.COMPANY_OPT_OUT: FinishReason.OPTED_OUT,
    Decision.BOUNCE: FinishReason.BOUNCED,
    Decision.COMPLAINT: FinishReason.COMPLAINED,
    Decision.MEETING: FinishReason.MEETING_BOOKED,
}


async def doubt(stage: Stage, address: str = ZOE, word: str = "Read.") -> StoredTask:
    """A mail comes in of which nobody knows what it means; the matter about it."""
    sent = str(stage.mails(address)[0]["Message-ID"])
    date = f"Date: {stage.clock.now():%a, %d %b %Y %H:%M:%S} +0000"
    mail = a_mail(
        f"From: {address}",
        "To: ana@seller.example",
        f"In-Reply-To: {sent}",
        RECEIPT,
        date,
        text=f"--b\n\n{word}\n--b--",
    )
    stage.inboxes["ana"].deliver(mail, Folder.INBOX)
    await stage.work(MINUTE)
    return to_do(stage, address)[-1]


def to_do(stage: Stage, address: str = ZOE, kind: TaskKind = TaskKind.TRIAGE) -> list[StoredTask]:
    found: list[StoredTask] = stage.read(tasks.open_matters, stage.person(address), kind)
    return found


async def begun(stage: Stage, *addresses: str, word: str = "Read.") -> StoredTask:
    """Everybody has had the first mail, and the first of them has sent something doubtful."""
    stage.begin(*(addresses or (ZOE,)))
    await stage.work()
    return await doubt(stage, (addresses or (ZOE,))[0], word)


def ruled(stage: Stage, task: StoredTask, decision: Decision, until: date | None = None) -> Decided:
    ruling = Ruling(decision, "ana", "she said so")
    found: Decided = stage.write(decide, stage.desk, task.id, ruling, until, stage.clock.now())
    return found


def take_back(stage: Stage, task: StoredTask) -> None:
    stage.write(undo, stage.desk, task.id, "luis", stage.clock.now())


def how(stage: Stage, *addresses: str) -> list[tuple[Any, ...]]:
    """How people's enrollments stand, and what waits for them."""
    found = []
    for address in addresses or (ZOE,):
        stored = stage.stored(address)
        mails = [(send.step_id, send.state) for send in stage.sends(address)]
        found.append((stand_of(stored), stored.enrollment.step, mails))
    return found


@pytest.mark.parametrize("decision", STOPS)
async def test_a_stop(each_stage: Stage, decision: Decision) -> None:
    """It ends the cadence as a sure verdict would, and taken back everything is as it was."""
    stage = each_stage
    task = await begun(stage)
    before = how(stage)
    decided = ruled(stage, task, decision)
    assert stage.enrollment(ZOE).finish_reason is STOPS[decision]
    assert (decided.finished, decided.going) == (1, 0)
    assert to_do(stage) == []
    take_back(stage, task)
    assert how(stage) == before
    assert [each.id for each in to_do(stage)] == [task.id]
    assert to_do(stage, kind=TaskKind.REPLY) == []
    assert stage.read(suppressions.listed) == []
    assert stage.verify().clean
    ruled(stage, task, Decision.NOTHING)
    await stage.work(10 * DAY)
    assert len(stage.mails(ZOE)) == 2
    assert stage.verify().clean


async def test_nothing(each_stage: Stage) -> None:
    """What the message had paused goes on, with what was left of its wait."""
    stage = each_stage
    task = await begun(stage)
    await stage.work(DAY)
    decided = ruled(stage, task, Decision.NOTHING)
    assert (decided.going, decided.waiting) == (1, 0)
    assert stage.enrollment(ZOE).state is EnrollmentState.ACTIVE
    await stage.work(2 * DAY)
    assert len(stage.mails(ZOE)) == 1
    await stage.work(DAY)
    assert len(stage.mails(ZOE)) == 2


async def test_what_was_paused_before(stage: Stage) -> None:
    """A pause that was there before the message is not the message's to end."""
    stage.begin(ZOE)
    await stage.work()
    stage.write(pause, stage.desk, ZOE, "ana", stage.clock.now())
    task = await doubt(stage)
    assert stage.enrollment(ZOE).pause_reason is PauseReason.REVIEW
    ruled(stage, task, Decision.NOTHING)
    assert stage.enrollment(ZOE).pause_reason is PauseReason.MANUAL


async def test_an_absence_before(stage: Stage) -> None:
    """Who was away before the doubtful message is away after it, until the same day."""
    stage.begin(ZOE)
    await stage.work()
    sent = str(stage.mails(ZOE)[0]["Message-ID"])
    away = a_mail(f"From: {ZOE}", f"In-Reply-To: {sent}", AWAY, text="I am away.")
    stage.inboxes["ana"].deliver(away)
    await stage.work(MINUTE)
    before = stage.enrollment(ZOE)
    assert before.pause_reason is PauseReason.AUTO_REPLY
    task = await doubt(stage)
    ruled(stage, task, Decision.NOTHING)
    assert stage.enrollment(ZOE) == before


async def test_two_doubts(each_stage: Stage) -> None:
    """Nobody goes on before everything about them is decided, whatever the order."""
    stage = each_stage
    first = await begun(stage)
    second = await doubt(stage, word="Shown.")
    decided = ruled(stage, first, Decision.NOTHING)
    assert (decided.going, decided.waiting) == (0, 1)
    assert stage.enrollment(ZOE).pause_reason is PauseReason.REVIEW
    ruled(stage, second, Decision.NOTHING)
    assert stage.enrollment(ZOE).state is EnrollmentState.ACTIVE


async def test_two_doubts_taken_back(stage: Stage) -> None:
    """Of two decisions each is taken back by itself, in either order."""
    first = await begun(stage)
    second = await doubt(stage, word="Shown.")
    before = how(stage)
    ruled(stage, first, Decision.ABSENCE, date(2026, 4, 1))
    take_back(stage, first)
    ruled(stage, second, Decision.NOTHING)
    assert how(stage) == before
    ruled(stage, first, Decision.NOTHING)
    assert stage.enrollment(ZOE).state is EnrollmentState.ACTIVE
    take_back(stage, first)
    take_back(stage, second)
    assert how(stage) == before
    assert stage.verify().clean


async def test_a_date_that_was_taken_back(stage: Stage) -> None:
    """What one decision had told another matter to give back is forgotten with it."""
    first = await begun(stage)
    second = await doubt(stage, word="Shown.")
    ruled(stage, first, Decision.ABSENCE, date(2026, 4, 1))
    take_back(stage, first)
    ruled(stage, first, Decision.NOTHING)
    ruled(stage, second, Decision.NOTHING)
    assert stage.enrollment(ZOE).state is EnrollmentState.ACTIVE


async def test_an_absence_and_another_doubt(stage: Stage) -> None:
    """The date counts once the other message is decided about too."""
    first = await begun(stage)
    second = await doubt(stage, word="Shown.")
    ruled(stage, first, Decision.ABSENCE, date(2026, 4, 1))
    assert stage.enrollment(ZOE).resume_at is None
    ruled(stage, second, Decision.NOTHING)
    enrollment = stage.enrollment(ZOE)
    assert enrollment.pause_reason is PauseReason.AUTO_REPLY
    assert enrollment.resume_at is not None
    assert enrollment.resume_at.astimezone(MADRID).date() == date(2026, 4, 1)


async def test_an_absence(each_stage: Stage) -> None:
    """A person's date counts, from the working day on; the next mail waits for it."""
    stage = each_stage
    task = await begun(stage)
    before = how(stage)
    decided = ruled(stage, task, Decision.ABSENCE, date(2026, 3, 14))  # a Saturday
    assert decided.resume_at is not None
    assert decided.resume_at.astimezone(MADRID).date() == date(2026, 3, 16)
    assert stage.enrollment(ZOE).resume_at == decided.resume_at
    take_back(stage, task)
    assert how(stage) == before
    ruled(stage, task, Decision.ABSENCE)
    resume_at = stage.enrollment(ZOE).resume_at
    assert resume_at is not None
    assert resume_at > stage.clock.now() + 13 * DAY
    await stage.work(25 * DAY)
    assert stage.enrollment(ZOE).state is EnrollmentState.ACTIVE


async def test_an_absence_heard_meanwhile(stage: Stage) -> None:
    """A sure notice that came in while somebody had yet to decide counts once they have."""
    task = await begun(stage)
    sent = str(stage.mails(ZOE)[0]["Message-ID"])
    day = f"Date: {stage.clock.now():%a, %d %b %Y %H:%M:%S} +0000"
    text = "I am out of the office until 30 March 2026."
    away = a_mail(f"From: {ZOE}", f"In-Reply-To: {sent}", AWAY, day, text=text)
    stage.inboxes["ana"].deliver(away)
    await stage.work(MINUTE)
    assert stage.enrollment(ZOE).pause_reason is PauseReason.REVIEW
    ruled(stage, task, Decision.NOTHING)
    enrollment = stage.enrollment(ZOE)
    assert enrollment.pause_reason is PauseReason.AUTO_REPLY
    assert enrollment.resume_at is not None
    assert enrollment.resume_at > stage.clock.now() + 25 * DAY


async def test_a_colleague_answers_meanwhile(stage: Stage) -> None:
    """So does the wait that a colleague's answer asks for."""
    stage.apply(a_loaded(stop_on={"colleague_reply": "pause 14 days"}, audience=EVERYBODY))
    stage.bring_in(ZOE, ADA)
    stage.enroll(ZOE, ADA)
    await stage.work()
    task = await doubt(stage)
    sent = str(stage.mails(ADA)[0]["Message-ID"])
    stage.inboxes["ana"].deliver(a_mail(f"From: {ADA}", f"In-Reply-To: {sent}", text="Call me."))
    await stage.work(MINUTE)
    ruled(stage, task, Decision.NOTHING)
    assert stage.enrollment(ZOE).pause_reason is PauseReason.COLLEAGUE_REPLIED


async def test_a_wreck_is_looked_at_again_after_a_restore(each_stage: Stage) -> None:
    """A mail that a task is about is not forgotten, whoever it may be from."""
    stage = each_stage
    stage.begin(ZOE)
    await stage.work()
    place, now = Place("ana", Folder.INBOX, 1, 77), stage.clock.now()
    raw = f"From: {ZOE}\n\nx".encode()
    stage.write(set_aside, stage.desk, place, raw, "broken", now)
    [task] = to_do(stage)
    assert stage.write(forgotten.forget_unmatched, "ana", now - DAY) == 0
    ruled(stage, task, Decision.REPLY)
    assert stage.enrollment(ZOE).finish_reason is FinishReason.REPLIED


@pytest.mark.parametrize("until", [date(2026, 3, 1), date(2030, 1, 1), date(1, 1, 1), date.max])
async def test_an_absurd_date(stage: Stage, until: date) -> None:
    """A date that is past, or years away, is nothing to wait for."""
    task = await begun(stage)
    with pytest.raises(TaskError, match="365"):
        ruled(stage, task, Decision.ABSENCE, until)
    assert stage.enrollment(ZOE).pause_reason is PauseReason.REVIEW


async def test_a_date_for_something_else(stage: Stage) -> None:
    """A date is refused where it would be ignored."""
    task = await begun(stage)
    with pytest.raises(TaskError, match="absence"):
        ruled(stage, task, Decision.REPLY, date(2026, 4, 1))


async def test_twice(stage: Stage) -> None:
    """What is decided is decided, until somebody takes it back."""
    task = await begun(stage)
    ruled(stage, task, Decision.NOTHING)
    with pytest.raises(TaskError, match="already"):
        ruled(stage, task, Decision.REPLY)
    take_back(stage, task)
    with pytest.raises(TaskError, match="open"):
        take_back(stage, task)


async def test_a_company(each_stage: Stage) -> None:
    """The domain is listed and every colleague stopped; all of them come back."""
    stage = each_stage
    task = await begun(stage, ZOE, ADA, EVE)
    before = how(stage, ZOE, ADA)
    decided = ruled(stage, task, Decision.COMPANY_OPT_OUT)
    assert decided.finished == 2
    assert set(decided.listed) == {ZOE, "bank.example"}
    assert stage.enrollment(EVE).state is EnrollmentState.ACTIVE
    take_back(stage, task)
    assert how(stage, ZOE, ADA) == before
    assert stage.read(suppressions.listed) == []
    assert stage.verify().clean


@pytest.mark.parametrize("rule", ["finish", "pause 14 days"])
async def test_colleagues_of_a_reply(stage: Stage, rule: str) -> None:
    """What an answer meant to colleagues is taken back with it."""
    stop = {"colleague_reply": rule}
    stage.apply(a_loaded(stop_on=stop, audience=EVERYBODY))
    stage.bring_in(ZOE, ADA)
    stage.enroll(ZOE, ADA)
    await stage.work()
    task = await doubt(stage)
    before = how(stage, ZOE, ADA)
    ruled(stage, task, Decision.REPLY)
    assert stage.enrollment(ADA).state is not EnrollmentState.ACTIVE
    take_back(stage, task)
    assert [each[:2] for each in how(stage, ZOE, ADA)] == [each[:2] for each in before]
    assert stage.verify().clean


async def test_listed_by_others_since(stage: Stage) -> None:
    """An opt-out that somebody else has brought in since stays, and so does the end."""
    task = await begun(stage)
    ruled(stage, task, Decision.OPT_OUT)
    stage.clock.advance(MINUTE)
    reason, now = SuppressionReason.OPTED_OUT, stage.clock.now()
    stage.write(suppress_address, stage.desk, ZOE, reason, "the link in a mail", now)
    with pytest.raises(TaskError, match="cannot go on"):
        take_back(stage, task)
    assert stage.enrollment(ZOE).finish_reason is FinishReason.OPTED_OUT
    assert to_do(stage) == []


@pytest.mark.parametrize("leaves", [False, True])
async def test_a_confirmation(stage: Stage, leaves: bool) -> None:
    """A confirmation of the opt-out is withdrawn with it; once it is out, the opt-out stands."""
    stage.policy = replace(stage.policy, replies=Replies(confirms_opt_out=True))
    stage.restart()
    task = await begun(stage)
    sent = len(stage.mails(ZOE))
    ruled(stage, task, Decision.OPT_OUT)
    if leaves:
        await stage.work(MINUTE)
        assert len(stage.mails(ZOE)) == sent + 1
        with pytest.raises(TaskError, match="it stands"):
            take_back(stage, task)
        return
    take_back(stage, task)
    await stage.work(MINUTE)
    assert len(stage.mails(ZOE)) == sent
    ruled(stage, task, Decision.OPT_OUT)
    await stage.work(MINUTE)
    assert len(stage.mails(ZOE)) == sent + 1


async def test_a_mail_has_left_since(stage: Stage) -> None:
    """Silence cannot be had back once the next mail is out."""
    task = await begun(stage)
    ruled(stage, task, Decision.NOTHING)
    await stage.work(4 * DAY)
    assert len(stage.mails(ZOE)) == 2
    with pytest.raises(TaskError, match="has left"):
        take_back(stage, task)


async def test_enrolled_again_since(stage: Stage) -> None:
    """Nobody is in one cadence twice at a time."""
    stage.apply(a_loaded(audience={**EVERYBODY, "again": "always"}))
    stage.bring_in(ZOE)
    stage.enroll(ZOE)
    await stage.work()
    task = await doubt(stage)
    ruled(stage, task, Decision.MEETING)
    stage.clock.advance(400 * DAY)
    assert stage.enroll(ZOE)[0].enrolled
    with pytest.raises(TaskError, match="again since"):
        take_back(stage, task)


async def test_something_else_since(stage: Stage) -> None:
    """What somebody else has done since is not undone with it."""
    task = await begun(stage)
    ruled(stage, task, Decision.NOTHING)
    stage.write(pause, stage.desk, ZOE, "ana", stage.clock.now())
    with pytest.raises(TaskError, match="something else"):
        take_back(stage, task)
    assert stage.enrollment(ZOE).pause_reason is PauseReason.MANUAL


async def test_the_answer_was_given_since(stage: Stage) -> None:
    """Once the task is done that came of it, the decision stands."""
    task = await begun(stage)
    ruled(stage, task, Decision.REPLY)
    [answer] = to_do(stage, kind=TaskKind.REPLY)
    stage.write(done, stage.desk, answer.id, Ending("ana"), stage.clock.now())
    with pytest.raises(TaskError, match="has been done since"):
        take_back(stage, task)


async def test_resumed_by_hand(stage: Stage) -> None:
    """Who was let go on by hand before the decision is paused by nothing that is given back."""
    task = await begun(stage)
    stage.write(resume_by_hand, stage.desk, ZOE, "ana", stage.clock.now())
    decided = ruled(stage, task, Decision.NOTHING)
    assert (decided.going, decided.paused) == (0, 0)
    take_back(stage, task)
    assert stage.enrollment(ZOE).state is EnrollmentState.ACTIVE


async def test_paused_by_hand(stage: Stage) -> None:
    """A pause that a person has set since the message came in is theirs to end."""
    task = await begun(stage)
    stage.write(resume_by_hand, stage.desk, ZOE, "ana", stage.clock.now())
    stage.write(pause, stage.desk, ZOE, "ana", stage.clock.now())
    ruled(stage, task, Decision.NOTHING)
    assert stage.enrollment(ZOE).pause_reason is PauseReason.MANUAL


async def test_who_decides(stage: Stage) -> None:
    """A matter is for the owner of the person, else for whose mailbox they hear from."""
    boxes = dict(stage.policy.mailboxes)
    boxes["ana"] = replace(boxes["ana"], rep="ana ruiz")
    stage.policy = replace(stage.policy, mailboxes=boxes)
    stage.restart()
    assert (await begun(stage)).assignee == "ana ruiz"


async def test_who_has_not_begun(each_stage: Stage) -> None:
    """Somebody whose turn has not come is decided about and taken back like all others."""
    stage = each_stage
    stage.apply(a_loaded(audience=EVERYBODY, throttle={"new_per_day": 1}))
    stage.bring_in(ZOE, EVE)
    stage.enroll(ZOE, EVE)
    await stage.work()
    waiting = next(each for each in (ZOE, EVE) if not stage.mails(each))
    assert stage.enrollment(waiting).state is EnrollmentState.PENDING
    place, raw = Place("ana", Folder.INBOX, 1, 77), f"From: {waiting}\n\nx".encode()
    stage.write(set_aside, stage.desk, place, raw, "broken", stage.clock.now())
    [task] = to_do(stage, waiting)
    before = how(stage, waiting)
    for decision in (Decision.REPLY, Decision.OPT_OUT, Decision.NOTHING, Decision.ABSENCE):
        ruled(stage, task, decision)
        take_back(stage, task)
        assert how(stage, waiting) == before
    ruled(stage, task, Decision.NOTHING)
    assert stage.enrollment(waiting).state is EnrollmentState.PENDING
    await stage.work(2 * DAY)
    assert len(stage.mails(waiting)) == 1
    assert stage.verify().clean


async def test_undone_as_a_task(stage: Stage) -> None:
    """The plain way back of tasks knows nothing of what was decided, and says where to go."""
    task = await begun(stage)
    ruled(stage, task, Decision.REPLY)
    with pytest.raises(TaskError, match="sequencer triage undo"):
        stage.write(undo_task, stage.desk, task.id, "ana", stage.clock.now())


async def test_ended_without_a_decision(stage: Stage) -> None:
    """A matter that somebody only ticked off has nothing to take back here."""
    task = await begun(stage)
    stage.write(done, stage.desk, task.id, Ending("ana"), stage.clock.now())
    with pytest.raises(TaskError, match="without a decision"):
        take_back(stage, task)


async def test_a_task_of_another_kind(stage: Stage) -> None:
    """Only what is in the list of triage can be decided."""
    task = await begun(stage)
    ruled(stage, task, Decision.REPLY)
    [answer] = to_do(stage, kind=TaskKind.REPLY)
    with pytest.raises(TaskError, match="nothing to triage"):
        ruled(stage, answer, Decision.NOTHING)


async def test_what_the_mail_is(stage: Stage) -> None:
    """The person's word counts for the figures, and goes with the decision."""
    task = await begun(stage)

    def kind() -> str:
        mail = stage.read(kept_mail.find, task.inbound_id)
        return str(mail.kind)

    assert kind() == "other"
    ruled(stage, task, Decision.REPLY)
    assert kind() == "reply"
    take_back(stage, task)
    assert kind() == "other"


async def test_a_mail_without_bytes(stage: Stage) -> None:
    """Also one whose bytes were removed, or could not be read, can be decided about."""
    task = await begun(stage)
    stage.write(_without_bytes, task.inbound_id)
    ruled(stage, task, Decision.OPT_OUT)
    assert stage.enrollment(ZOE).finish_reason is FinishReason.OPTED_OUT


def _without_bytes(connection: Connection, number: int) -> None:
    gone = sa.update(InboundRow).where(InboundRow.id == number).values(raw=sa.null())
    connection.execute(gone)


async def test_the_answer_of_a_rep(stage: Stage) -> None:
    """What was only seen in Sent is decided about like everything else."""
    stage.begin(ZOE)
    await stage.work()
    headers = (f"To: {ZOE}", "From: ana@seller.example", "Message-ID: <1@program.example>")
    answer = "\r\n".join((*headers, "In-Reply-To: <x@bank.example>", "Subject: Re", "", "Yes."))
    await stage.work(60 * MINUTE)  # at the same time it would be taken for a copy of ours
    stage.inboxes["ana"].deliver(answer.encode(), Folder.SENT)
    for _ in range(3):
        await stage.work(2 * MINUTE)
    [task] = to_do(stage)
    assert task.inbound_id is None
    before = how(stage)
    ruled(stage, task, Decision.REPLY)
    assert stage.enrollment(ZOE).finish_reason is FinishReason.REPLIED
    take_back(stage, task)
    assert how(stage) == before
    ruled(stage, task, Decision.NOTHING)
    assert stage.enrollment(ZOE).state is EnrollmentState.ACTIVE


async def test_somebody_in_no_cadence(stage: Stage) -> None:
    """Of somebody who was never in a cadence only the list can be told, and how is said."""
    stage.apply()
    stage.bring_in(ZOE)
    wreck = b"From: " + ZOE.encode() + b"\n\n"
    stage.inboxes["ana"].deliver(wreck, Folder.INBOX)
    await stage.work(MINUTE)
    assert to_do(stage) == []  # nobody is held, so nobody is asked


async def test_the_matter_is_told(stage: Stage) -> None:
    """The timeline has who decided what and why, and who took it back."""
    task = await begun(stage)
    ruled(stage, task, Decision.OPT_OUT)
    take_back(stage, task)
    assert stage.timeline(ZOE)[-9:].count("taken_back") == 1
    assert "lifted" in stage.timeline(ZOE)
    [open_again] = to_do(stage)
    assert open_again.state is TaskState.OPEN
