from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from builders import NOON, a_prospect
from stage import EVERYBODY, Stage, a_loaded

from sequencer.domain.delay import Delay, Unit
from sequencer.domain.disposition import Action, Disposition, by_name
from sequencer.domain.enrollment import EnrollmentState, FinishReason, PauseReason
from sequencer.domain.event import Held, Resumed, StepEnded, Stopped
from sequencer.domain.send import SendState
from sequencer.domain.task import TaskKind, TaskState
from sequencer.engine.pause import pause
from sequencer.engine.react import react
from sequencer.engine.stop import stop, suppress
from sequencer.engine.task_list import TaskPage, TaskRow, task_page, task_rows
from sequencer.engine.task_send import Edited, Release, send
from sequencer.engine.task_undo import undo
from sequencer.engine.tasks import (
    Ending,
    Matter,
    TaskError,
    UnknownTaskError,
    assign,
    close_matters,
    done,
    open_matter,
    skip,
    snooze,
)
from sequencer.store import enrollments, standing, tasks
from sequencer.store.tasks import StoredTask

ZOE, ADA = "zoe@bank.example", "ada@bank.example"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GUIDES = {
    "call.md": "Ask {{ first_name }} about {{ company }}.\n",
    "note.md": "---\nsubject: For {{ company }}\n---\nDear {{ first_name }},\n",
}
CALLS = (
    {"id": "intro", "email": "intro.md"},
    {"id": "first-call", "wait": "1 day", "call": "call.md", "skip_after": "2 days"},
    {"id": "bump", "wait": "3 days", "when": "not call.connected", "email": "bump.md"},
    {"id": "last-mail", "wait": "5 days", "email": "last-mail.md"},
)
BY_HAND = (
    {"id": "note", "manual_email": "note.md", "skip_after": "2 days"},
    {"id": "bump", "wait": "3 days", "email": "bump.md"},
)
DISPOSITIONS = by_name(
    [
        Disposition("interested", "connected"),
        Disposition("busy", "not_connected", wait=Delay(6, Unit.HOURS)),
        Disposition("later", "connected", Action.GOTO, "last-mail"),
        Disposition("no", "connected", Action.FINISH),
        Disposition("booked", "connected", Action.FINISH, finish_as=FinishReason.MEETING_BOOKED),
        Disposition("never", "connected", Action.FINISH, finish_as=FinishReason.OPTED_OUT),
    ]
)


def with_dispositions(stage: Stage) -> None:
    """A workspace that knows how calls may end."""
    stage.policy = replace(stage.policy, dispositions=DISPOSITIONS)
    stage.restart()


def prepared(stage: Stage, *addresses: str, steps: Any = CALLS, **changes: Any) -> None:
    """People in a cadence with tasks, in a workspace that knows dispositions."""
    with_dispositions(stage)
    stage.apply(a_loaded(GUIDES, steps=list(steps), **changes))
    stage.bring_in(*addresses)
    assert all(answer.enrolled for answer in stage.enroll(*addresses))


async def at_the_call(stage: Stage, *addresses: str, **changes: Any) -> None:
    """The first mail is sent, and a day later the call is due."""
    prepared(stage, *(addresses or (ZOE,)), **changes)
    await stage.work()
    await stage.work(DAY)


def task(stage: Stage, address: str = ZOE) -> StoredTask:
    found: list[StoredTask] = stage.read(tasks.of_enrollment, stage.stored(address).id)
    return found[-1]


def rows(stage: Stage, **changes: Any) -> list[TaskRow]:
    with stage.database.read() as connection:
        return task_rows(connection, stage.desk, **changes)


def end(stage: Stage, disposition: str = "", address: str = ZOE, note: str = "") -> None:
    ending = Ending("Eva", disposition, note)
    stage.write(done, stage.desk, task(stage, address).id, ending, stage.clock.now())


async def test_a_call_waits_for_a_person(each_stage: Stage) -> None:
    """A call is due as its step says, blocks what follows, and the next delay counts from it."""
    await at_the_call(each_stage)
    assert task(each_stage).kind is TaskKind.CALL
    assert task(each_stage).due_at == NOON + DAY
    assert task(each_stage).skip_at == NOON + 3 * DAY
    await each_stage.work(DAY)
    assert len(each_stage.mails(ZOE)) == 1
    end(each_stage, "busy")
    assert task(each_stage).state is TaskState.DONE
    bump = each_stage.sends(ZOE)[-1]
    assert (bump.step_id, bump.due_at) == ("bump", NOON + 2 * DAY + 6 * HOUR)
    assert each_stage.timeline(ZOE)[-3:] == ["task", "done", "queued"]


async def test_a_call_that_reached_somebody(each_stage: Stage) -> None:
    """A guard knows what came of a call: the step is passed over, with its reason."""
    await at_the_call(each_stage)
    end(each_stage, "interested", note="likes ledgers")
    assert each_stage.enrollment(ZOE).step == "last-mail"
    assert "skipped" in each_stage.timeline(ZOE)
    assert each_stage.sends(ZOE)[-1].due_at == NOON + DAY + 5 * DAY


async def test_a_disposition_that_jumps(stage: Stage) -> None:
    """It goes on at the step that the disposition names."""
    await at_the_call(stage)
    end(stage, "later")
    assert stage.enrollment(ZOE).step == "last-mail"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("no", FinishReason.DISPOSITION),
        ("booked", FinishReason.MEETING_BOOKED),
        ("never", FinishReason.OPTED_OUT),
    ],
)
async def test_a_disposition_that_finishes(stage: Stage, name: str, reason: FinishReason) -> None:
    """It ends with the reason of the disposition; an opt-out is kept for good."""
    await at_the_call(stage)
    end(stage, name)
    assert stage.enrollment(ZOE).finish_reason is reason
    stage.apply(a_loaded(cadence="other"))
    refused = bool(stage.enroll(ZOE, slug="other")[0].refusals)
    assert refused == (name == "never")


async def test_what_is_said_on_the_telephone_holds_everywhere(stage: Stage) -> None:
    """A meeting that was booked in a call ends every cadence of the person."""
    await at_the_call(stage)
    stage.apply(a_loaded(cadence="other"))
    stage.enroll(ZOE, slug="other")
    ending = Ending("Eva", "booked")
    number = rows(stage)[0].task.id
    stage.write(done, stage.desk, number, ending, stage.clock.now())
    ended = stage.read(enrollments.of_prospect, stage.person(ZOE))
    assert {each.enrollment.finish_reason for each in ended} == {FinishReason.MEETING_BOOKED}


async def test_a_call_needs_a_disposition(stage: Stage) -> None:
    """A call without one, or with one that nobody knows, stays open, and the near one is named."""
    await at_the_call(stage)
    with pytest.raises(TaskError, match="How did the call end"):
        end(stage)
    with pytest.raises(TaskError, match="did you mean `busy`"):
        end(stage, "buzy")
    with pytest.raises(TaskError, match="no disposition"):
        end(stage, "zzzzzz")
    assert task(stage).state is TaskState.OPEN


async def test_a_task_ends_once(stage: Stage) -> None:
    """The second end is refused, and nothing is queued twice."""
    await at_the_call(stage)
    end(stage, "busy")
    with pytest.raises(TaskError, match="is done already"):
        end(stage, "busy")
    with pytest.raises(TaskError, match="is done already"):
        stage.write(skip, stage.desk, task(stage).id, "Eva", "", stage.clock.now())
    with pytest.raises(UnknownTaskError, match="no task 999"):
        stage.write(done, stage.desk, 999, Ending("Eva"), stage.clock.now())
    assert [each.step_id for each in stage.sends(ZOE)] == ["intro", "bump"]


async def test_nobody_did_it(each_stage: Stage) -> None:
    """What stays overdue for as long as its step allows is skipped, and says so."""
    await at_the_call(each_stage)
    await each_stage.work(2 * DAY - HOUR)
    assert task(each_stage).state is TaskState.OPEN
    await each_stage.work(HOUR)
    assert (task(each_stage).state, task(each_stage).why) == (
        TaskState.SKIPPED,
        "nobody did it in time",
    )
    assert each_stage.sends(ZOE)[-1].due_at == NOON + 6 * DAY
    assert each_stage.timeline(ZOE)[-2:] == ["skipped", "queued"]


async def test_skipped_by_hand(stage: Stage) -> None:
    """A rep passes over a task with a word on why; the cadence goes on."""
    await at_the_call(stage)
    stage.write(skip, stage.desk, task(stage).id, "Eva", "no number", stage.clock.now())
    assert task(stage).why == "by Eva: no number"
    assert stage.enrollment(ZOE).step == "bump"


async def test_put_off_and_passed_on(stage: Stage) -> None:
    """A task that is put off is due later and skipped later; it may go to somebody else."""
    await at_the_call(stage)
    until = NOON + 9 * DAY
    stage.write(snooze, task(stage).id, until, "Eva", stage.clock.now())
    assert (task(stage).due_at, task(stage).skip_at) == (until, until + 2 * DAY)
    stage.write(assign, task(stage).id, "luis", "Eva", stage.clock.now())
    assert rows(stage, due_by=stage.clock.now()) == []
    assert [row.task.assignee for row in rows(stage, assignee="luis")] == ["luis"]
    for nobody in (" ", "Ana\nLuis"):
        with pytest.raises(TaskError, match="Name somebody"):
            stage.write(assign, task(stage).id, nobody, "Eva", stage.clock.now())
    for bad in (stage.clock.now(), NOON + 400 * DAY):
        with pytest.raises(TaskError, match="next 365 days"):
            stage.write(snooze, task(stage).id, bad, "Eva", stage.clock.now())
    end(stage, "busy")
    with pytest.raises(TaskError, match="is done already"):
        stage.write(snooze, task(stage).id, until, "Eva", stage.clock.now())
    with pytest.raises(TaskError, match="is done already"):
        stage.write(assign, task(stage).id, "luis", "Eva", stage.clock.now())


async def test_a_pause_keeps_the_rest_of_the_wait(each_stage: Stage) -> None:
    """A paused person's task is not due; after the pause the rest of the wait follows."""
    prepared(each_stage, ZOE)
    await each_stage.work()
    each_stage.clock.advance(8 * HOUR)
    each_stage.write(pause, each_stage.desk, ZOE, "Eva", each_stage.clock.now())
    assert each_stage.enrollment(ZOE).remaining == 16 * HOUR
    await each_stage.work(5 * DAY)
    assert rows(each_stage) == []
    assert [row.held for row in rows(each_stage, include_held=True)] == ["manual"]
    assert task(each_stage).state is TaskState.OPEN
    resume(each_stage)
    now = each_stage.clock.now()
    assert (task(each_stage).due_at, task(each_stage).skip_at) == (
        now + 16 * HOUR,
        now + 16 * HOUR + 2 * DAY,
    )


def resume(stage: Stage, address: str = ZOE) -> None:
    stored = stage.stored(address)
    stage.write(react, stage.desk, stored, Resumed(), "by hand", stage.clock.now())


async def test_a_task_opened_during_a_pause(stage: Stage) -> None:
    """What became due while somebody was paused is due afterwards, not overdue since."""
    prepared(stage, ZOE)
    stored = stage.stored(ZOE)
    stage.write(react, stage.desk, stored, Held(PauseReason.MANUAL), "by hand", stage.clock.now())
    ended = StepEnded("intro")
    stage.write(react, stage.desk, stage.stored(ZOE), ended, "was on its way", stage.clock.now())
    stage.clock.advance(9 * DAY)
    resume(stage)
    now = stage.clock.now()
    assert (task(stage).due_at, task(stage).skip_at) == (now, now + 2 * DAY)


async def test_a_stop_closes_tasks(each_stage: Stage) -> None:
    """Whatever ends the enrollment closes its task, with the reason."""
    await at_the_call(each_stage)
    each_stage.write(stop, each_stage.desk, ZOE, "Eva", each_stage.clock.now())
    assert task(each_stage).state is TaskState.SKIPPED
    assert task(each_stage).why == "the enrollment ended: removed"
    assert rows(each_stage, include_held=True) == []


async def test_a_done_call_is_a_touch(stage: Stage) -> None:
    """Who was called has been touched; taking it back forgets it."""
    await at_the_call(stage)
    end(stage, "busy")
    touched = stage.read(standing.last_touches, [stage.person(ZOE)], [])
    assert touched[stage.person(ZOE)] == stage.clock.now()
    stage.write(undo, stage.desk, task(stage).id, "Eva", stage.clock.now())
    touched = stage.read(standing.last_touches, [stage.person(ZOE)], [])
    assert touched[stage.person(ZOE)] < stage.clock.now()


async def test_undo(each_stage: Stage) -> None:
    """A wrong end is taken back: what followed is cancelled, and comes after the right one."""
    await at_the_call(each_stage)
    end(each_stage, "interested")
    each_stage.write(undo, each_stage.desk, task(each_stage).id, "Eva", each_stage.clock.now())
    assert task(each_stage).state is TaskState.OPEN
    assert each_stage.enrollment(ZOE).step == "first-call"
    assert each_stage.sends(ZOE)[-1].state is SendState.CANCELLED
    await each_stage.work(HOUR)
    end(each_stage, "later")
    assert [each.step_id for each in each_stage.sends(ZOE)] == ["intro", "last-mail"]
    assert each_stage.sends(ZOE)[-1].state is SendState.QUEUED
    await each_stage.work(6 * DAY)
    subject = each_stage.mails(ZOE)[-1]["Subject"]
    assert subject == "Re: A question about Bank Example"
    assert each_stage.verify().clean


async def test_undo_of_an_end(stage: Stage) -> None:
    """A disposition that ended everything by mistake is taken back too."""
    await at_the_call(stage)
    end(stage, "no")
    stage.write(undo, stage.desk, task(stage).id, "Eva", stage.clock.now())
    assert stage.enrollment(ZOE).state is EnrollmentState.ACTIVE
    assert task(stage).state is TaskState.OPEN
    end(stage, "busy")
    assert stage.enrollment(ZOE).step == "bump"


async def test_undo_comes_too_late(stage: Stage) -> None:
    """What a person has had since cannot be taken back, and an opt-out never is."""
    await at_the_call(stage, ZOE, ADA)
    with pytest.raises(TaskError, match="is open"):
        stage.write(undo, stage.desk, task(stage).id, "Eva", stage.clock.now())
    end(stage, "never", ADA)
    with pytest.raises(TaskError, match="has ended: opted_out"):
        stage.write(undo, stage.desk, task(stage, ADA).id, "Eva", stage.clock.now())
    end(stage, "busy")
    await stage.work(6 * HOUR)
    with pytest.raises(TaskError, match="bump has left"):
        stage.write(undo, stage.desk, task(stage).id, "Eva", stage.clock.now())


async def test_undo_after_another_end(stage: Stage) -> None:
    """A stop that came from elsewhere is not undone with a task."""
    await at_the_call(stage)
    end(stage, "busy")
    stored, now = stage.stored(ZOE), stage.clock.now() + HOUR
    stage.write(react, stage.desk, stored, Stopped(FinishReason.REPLIED), "a reply", now)
    with pytest.raises(TaskError, match="has ended: replied"):
        stage.write(undo, stage.desk, task(stage).id, "Eva", now)


async def test_undo_of_the_last_step(each_stage: Stage) -> None:
    """It can be taken back as well: the cadence ended because nothing more was for the person."""
    stage = each_stage
    steps = (CALLS[1], {**CALLS[2], "email": "intro.md"})
    prepared(stage, ZOE, steps=steps)
    end(stage, "interested")
    assert stage.enrollment(ZOE).finish_reason is FinishReason.COMPLETED
    stage.write(undo, stage.desk, task(stage).id, "Eva", stage.clock.now())
    assert stage.timeline(ZOE)[-2:] == ["reopened", "taken_back"]
    assert task(stage).state is TaskState.OPEN
    end(stage, "busy")
    await stage.work(6 * HOUR)
    assert len(stage.mails(ZOE)) == 1
    assert stage.verify().clean


async def test_undo_of_what_a_stop_closed(stage: Stage) -> None:
    """A task that was closed because somebody answered is no way to take the answer back."""
    await at_the_call(stage)
    stored, now = stage.stored(ZOE), stage.clock.now()
    stage.write(react, stage.desk, stored, Stopped(FinishReason.REPLIED), "a reply", now)
    with pytest.raises(TaskError, match="has ended: replied"):
        stage.write(undo, stage.desk, task(stage).id, "Eva", now)


async def test_undo_after_another_run(stage: Stage) -> None:
    """Who has been enrolled again since is not put back to where the first run had ended."""
    steps = (CALLS[1], CALLS[3])
    prepared(stage, ZOE, steps=steps, audience={**EVERYBODY, "again": "always"})
    first = task(stage).id
    end(stage, "no")
    assert stage.enroll(ZOE)[0].enrolled
    stage.write(stop, stage.desk, ZOE, "Eva", stage.clock.now())
    with pytest.raises(TaskError, match="again since"):
        stage.write(undo, stage.desk, first, "Eva", stage.clock.now())


async def test_undo_asks_the_gate(stage: Stage) -> None:
    """Who is in another cadence since, or suppressed, is not let in again by an undo."""
    await at_the_call(stage, ZOE, ADA, audience={**EVERYBODY, "exclusive": "all"})
    ended = {address: task(stage, address).id for address in (ZOE, ADA)}
    for address in (ZOE, ADA):
        end(stage, "no", address)
    stage.apply(a_loaded(cadence="other"))
    assert stage.enroll(ZOE, slug="other")[0].enrolled
    stage.write(suppress, stage.desk, ADA, "Eva", stage.clock.now())
    for address, code in ((ZOE, "exclusive_conflict"), (ADA, "suppressed_address")):
        with pytest.raises(TaskError, match=code):
            stage.write(undo, stage.desk, ended[address], "Eva", stage.clock.now())


async def test_undo_of_a_step_that_lies_ahead(stage: Stage) -> None:
    """What was withdrawn with the step before it is not opened before its turn."""
    steps = (
        {"id": "first", "call": "call.md"},
        {"id": "second", "wait": "0 minutes", "call": "call.md"},
    )
    prepared(stage, ZOE, steps=steps)
    first = task(stage).id
    end(stage, "busy")
    stage.write(undo, stage.desk, first, "Eva", stage.clock.now())
    assert task(stage).state is TaskState.SKIPPED
    with pytest.raises(TaskError, match="does not stand behind task 2"):
        stage.write(undo, stage.desk, task(stage).id, "Eva", stage.clock.now())
    assert task(stage).state is TaskState.SKIPPED


async def test_a_mail_by_hand(each_stage: Stage) -> None:
    """A rep reads it, edits it, releases it: it leaves by the same gate, and the step ends then."""
    prepared(each_stage, ZOE, steps=BY_HAND)
    await each_stage.work(HOUR)
    assert each_stage.mails(ZOE) == []
    page: TaskPage = each_stage.read(task_page, each_stage.desk, task(each_stage).id)
    assert (page.subject, page.text) == ("For Bank Example", "Dear Zoë,\n")
    edited = Edited("For Zoë", "Dear Zoë,\n\nhow is the bank?")
    now = each_stage.clock.now()
    each_stage.write(send, each_stage.desk, task(each_stage).id, Release("Eva", edited), now)
    assert each_stage.enrollment(ZOE).step == "note"
    await each_stage.work(HOUR)
    mail = each_stage.mails(ZOE)[0]
    assert "how is the bank?" in str(mail.get_payload())
    assert each_stage.enrollment(ZOE).step == "bump"
    assert each_stage.sends(ZOE)[-1].due_at == each_stage.clock.now() + 3 * DAY
    await each_stage.work(3 * DAY)
    assert each_stage.mails(ZOE)[1]["In-Reply-To"] == mail["Message-ID"]
    assert each_stage.verify().clean


async def test_a_mail_by_hand_as_it_stands(stage: Stage) -> None:
    """Unedited it leaves as its template says, and can be taken back until it has left."""
    prepared(stage, ZOE, steps=BY_HAND)
    await stage.work(HOUR)
    number = task(stage).id
    stage.write(send, stage.desk, number, Release("Eva"), stage.clock.now())
    stage.write(undo, stage.desk, number, "Eva", stage.clock.now())
    assert stage.sends(ZOE)[0].state is SendState.CANCELLED
    await stage.work(HOUR)
    assert stage.mails(ZOE) == []
    stage.write(send, stage.desk, number, Release("Eva"), stage.clock.now())
    await stage.work(HOUR)
    assert [mail["Subject"] for mail in stage.mails(ZOE)] == ["For Bank Example"]
    with pytest.raises(TaskError, match="note has left"):
        stage.write(undo, stage.desk, number, "Eva", stage.clock.now())


@pytest.mark.parametrize(
    ("edited", "words"),
    [
        (Edited("x", " \n"), "no text"),
        (Edited("a\nb", "x"), "one line"),
        (Edited("x" * 251, "x"), "at most 250"),
        (Edited("x", "x" * 50_001), "at most 50000"),
        (Edited("x", "a\x00b"), "control characters"),
    ],
)
async def test_what_cannot_be_sent(stage: Stage, edited: Edited, words: str) -> None:
    """A mail that is no mail is refused, and the task stays open."""
    prepared(stage, ZOE, steps=BY_HAND)
    with pytest.raises(TaskError, match=words):
        stage.write(send, stage.desk, task(stage).id, Release("Eva", edited), stage.clock.now())
    assert task(stage).state is TaskState.OPEN


async def test_nothing_is_sent_for_who_is_paused(stage: Stage) -> None:
    """Neither a call nor a paused person's mail is released."""
    prepared(stage, ZOE, steps=BY_HAND)
    stage.write(pause, stage.desk, ZOE, "Eva", stage.clock.now())
    with pytest.raises(TaskError, match="is paused"):
        stage.write(send, stage.desk, task(stage).id, Release("Eva"), stage.clock.now())


async def test_a_call_is_no_mail(stage: Stage) -> None:
    """Only a mail can be released."""
    await at_the_call(stage)
    with pytest.raises(TaskError, match="is no mail"):
        stage.write(send, stage.desk, task(stage).id, Release("Eva"), stage.clock.now())


async def test_a_guide_that_cannot_be_filled_in(stage: Stage) -> None:
    """A value that is missing holds the enrollment before anybody calls, and the page says why."""
    with_dispositions(stage)
    stage.apply(a_loaded(GUIDES, steps=list(CALLS)))
    stage.bring_in(a_prospect(email=ZOE))
    stage.enroll(ZOE)
    await stage.work()
    stage.bring_in(a_prospect(email=ZOE, company=" "))
    await stage.work(DAY)
    assert stage.enrollment(ZOE).pause_reason is PauseReason.REVIEW
    page: TaskPage = stage.read(task_page, stage.desk, task(stage).id)
    assert "company" in page.problem


async def test_a_guard_is_asked_again_when_it_is_due(stage: Stage) -> None:
    """A mail or task that is not for the person any more is passed over when its time comes."""
    steps = (
        {"id": "intro", "when": 'stage != "customer"', "email": "intro.md", "wait": "1 day"},
        {"id": "call", "wait": "1 day", "when": 'stage != "partner"', "call": "call.md"},
        {"id": "last-mail", "wait": "1 day", "email": "last-mail.md"},
    )
    prepared(stage, ZOE, ADA, steps=steps)
    stage.bring_in(a_prospect(email=ZOE, stage="customer"))
    await stage.work(DAY)
    assert [len(stage.mails(each)) for each in (ZOE, ADA)] == [0, 1]
    assert stage.sends(ZOE)[0].state is SendState.CANCELLED
    assert stage.timeline(ZOE)[-2:] == ["skipped", "task"]
    assert stage.enrollment(ZOE).step == "call"
    stage.bring_in(a_prospect(email=ADA, stage="partner"))
    await stage.work(DAY)
    assert task(stage, ADA).state is TaskState.SKIPPED
    assert stage.enrollment(ADA).step == "last-mail"
    assert task(stage).state is TaskState.OPEN


async def test_a_thread_without_its_first_mail(stage: Stage) -> None:
    """A mail that would answer one that was never sent, and has no subject, is held."""
    steps = (BY_HAND[0], {**BY_HAND[1], "wait": "1 day"})
    prepared(stage, ZOE, steps=steps)
    stage.write(skip, stage.desk, task(stage).id, "Eva", "", stage.clock.now())
    await stage.work(DAY)
    assert stage.mails(ZOE) == []
    assert stage.enrollment(ZOE).pause_reason is PauseReason.REVIEW


def test_matters(each_stage: Stage) -> None:
    """A matter by itself is listed with what it is about, ended, taken back, or closed."""
    each_stage.bring_in(ZOE)
    person, now = each_stage.person(ZOE), each_stage.clock.now()
    matter = Matter(TaskKind.REVIEW, "Look at this", "an odd mail", assignee="ana")
    number = each_stage.write(open_matter, person, matter, now)
    row = rows(each_stage)[0]
    assert (row.task.about, row.slug, row.address) == ("an odd mail", "", ZOE)
    page: TaskPage = each_stage.read(task_page, each_stage.desk, number)
    assert page.text == "an odd mail"
    each_stage.write(done, each_stage.desk, number, Ending("Eva"), now)
    assert rows(each_stage) == []
    each_stage.write(undo, each_stage.desk, number, "Eva", now)
    for titles, closed in ((["Another"], 0), (["Look at this"], 1)):
        done_so = (TaskKind.REVIEW, titles, "settled", now)
        assert each_stage.write(close_matters, person, *done_so) == closed
    assert rows(each_stage) == []
    assert each_stage.timeline(ZOE) == ["task", "done", "taken_back", "skipped"]


def test_the_engine_asks_nobody(stage: Stage) -> None:
    """No task is opened for steps that the engine does by itself."""
    stage.begin(ZOE)
    assert stage.read(tasks.of_enrollment, stage.stored(ZOE).id) == []
