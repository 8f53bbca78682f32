"""Mails in doubt before a person: the list of them, the three words, and what follows from each."""

from datetime import timedelta

import pytest
from foreign_mails import a_mail
from stage import DAY, Stage, a_loaded

from sequencer.domain.enrollment import EnrollmentState, FinishReason, PauseReason
from sequencer.domain.ledger import Kind
from sequencer.domain.send import SendState
from sequencer.domain.task import TaskKind
from sequencer.engine.doubt_list import Doubt, doubt_list
from sequencer.engine.doubts import DoubtError, Resolved, Word, resolve, settle_as_sent
from sequencer.engine.pause import pause, resume
from sequencer.engine.stop import stop
from sequencer.mail.transaction import Blame, Outcome, OutcomeKind, Phase
from sequencer.store import ledger, tasks
from sequencer.store.tasks import StoredTask

ZOE, ADA = "zoe@bank.example", "ada@bank.example"
LOST = Outcome(OutcomeKind.UNKNOWN, Phase.DOT, text="line lost", blame=Blame.MAILBOX)
MINUTE = timedelta(minutes=1)
SETTLED = timedelta(minutes=15)


@pytest.fixture
async def parked(stage: Stage) -> Stage:
    """Zoe's first mail is parked; it had not arrived."""
    await in_doubt(stage)
    await stage.work(SETTLED)
    assert states(stage) == [SendState.PARKED]
    return stage


async def in_doubt(stage: Stage) -> None:
    """Begin with Zoe, and lose the answer to her first mail, which does not arrive."""
    stage.mailers["ana"].lost_are_accepted = False
    stage.begin(ZOE)
    stage.mailers["ana"].plan(ZOE, LOST)
    await stage.work()
    assert states(stage) == [SendState.UNKNOWN]


def states(stage: Stage) -> list[SendState]:
    return [send.state for send in stage.sends(ZOE)]


def number_of(stage: Stage) -> int:
    return stage.sends(ZOE)[0].id


def say(stage: Stage, word: Word, by: str = "Eva") -> Resolved:
    """A person's word about Zoe's first mail."""
    done: Resolved = stage.write(resolve, stage.desk, number_of(stage), word, by, stage.clock.now())
    return done


async def test_settled_by_two(stage: Stage) -> None:
    """Where two bring evidence at the same moment, the ledger tells of one end of the doubt."""
    await in_doubt(stage)
    [send] = stage.sends(ZOE)  # as both have read it
    now = stage.clock.now()
    assert stage.write(settle_as_sent, stage.desk, send, "an answer came", now)
    assert not stage.write(settle_as_sent, stage.desk, send, "found in Sent", now)
    assert stage.timeline(ZOE).count(Kind.SETTLED) == 1


def matters(stage: Stage) -> list[StoredTask]:
    found: list[StoredTask] = stage.read(tasks.open_matters, stage.person(ZOE), TaskKind.REVIEW)
    return found


def listed(stage: Stage) -> list[Doubt]:
    found: list[Doubt] = stage.read(doubt_list, stage.desk)
    return found


async def test_the_list(stage: Stage) -> None:
    """A mail in doubt is listed with when Sent is searched, a parked one with what comes after."""
    assert listed(stage) == []
    await in_doubt(stage)
    since = stage.clock.now()
    [doubt] = listed(stage)
    assert (doubt.state, doubt.looked_at) == (SendState.UNKNOWN, since + SETTLED)
    await stage.work(SETTLED)
    [doubt] = listed(stage)
    assert (doubt.number, doubt.prospect, doubt.mailbox) == (number_of(stage), ZOE, "ana")
    assert (doubt.state, doubt.looked_at, doubt.since) == (SendState.PARKED, None, since)
    assert (doubt.step, doubt.next_step) == ("intro", "bump")
    assert "proves nothing" in doubt.why


async def test_the_task(parked: Stage) -> None:
    """The rep gets one task, which names the mail and the command."""
    await parked.work(DAY)
    [task] = matters(parked)
    assert task.assignee == "ana"
    assert f"sequencer sends resolve {number_of(parked)} --sent" in task.about
    assert ZOE in task.about


async def test_it_left(parked: Stage) -> None:
    """Counted as sent, the cadence goes on with the next step, and the task is closed."""
    done = say(parked, Word.SENT)
    assert (done.state, done.enrollment) == (SendState.SENT, EnrollmentState.ACTIVE)
    assert states(parked) == [SendState.SENT, SendState.QUEUED]
    assert matters(parked) == []
    assert listed(parked) == []
    entries = parked.read(ledger.of_prospect, parked.person(ZOE))
    assert "counted as sent by Eva" in [each.detail for each in entries]
    await parked.work(3 * DAY)
    assert [mail["Subject"] for mail in parked.mails(ZOE)] != []
    findings = parked.verify()
    assert findings.clean, findings.details


async def test_send_it_again(parked: Stage) -> None:
    """Sent again it has the same Message-ID and the same bytes, and the cadence goes on."""
    before = parked.mail_of(parked.sends(ZOE)[0])
    assert say(parked, Word.AGAIN).state is SendState.QUEUED
    await parked.work(MINUTE)
    assert states(parked) == [SendState.SENT, SendState.QUEUED]
    [mail] = parked.mailers["ana"].accepted
    assert mail.data == before
    assert matters(parked) == []
    assert "resent" in parked.timeline(ZOE)
    findings = parked.verify()
    assert findings.clean, findings.details


async def test_lost_again(parked: Stage) -> None:
    """A mail whose line breaks once more is in doubt once more, with a new task."""
    parked.mailers["ana"].plan(ZOE, LOST)
    say(parked, Word.AGAIN)
    await parked.work(MINUTE)
    assert states(parked) == [SendState.UNKNOWN]
    await parked.work(SETTLED)
    assert states(parked) == [SendState.PARKED]
    assert parked.enrollment(ZOE).pause_reason is PauseReason.REVIEW
    assert len(matters(parked)) == 1


async def test_drop_it(parked: Stage) -> None:
    """Dropped, the step is passed over with its reason, and the next one comes after its wait."""
    done = say(parked, Word.DROP)
    assert (done.state, done.enrollment) == (SendState.CANCELLED, EnrollmentState.ACTIVE)
    assert parked.enrollment(ZOE).step == "bump"
    assert "skipped" in parked.timeline(ZOE)
    assert matters(parked) == []
    assert listed(parked) == []
    findings = parked.verify()
    assert findings.clean, findings.details


async def test_drop_the_last(stage: Stage) -> None:
    """Where nothing comes after it, the cadence ends as completed."""
    stage.apply(a_loaded(steps=[{"id": "intro", "email": "intro.md"}]))
    stage.bring_in(ZOE)
    stage.enroll(ZOE)
    stage.mailers["ana"].plan(ZOE, LOST)
    await stage.work()
    await stage.work(SETTLED)
    say(stage, Word.DROP)
    assert stage.enrollment(ZOE).finish_reason is FinishReason.COMPLETED


@pytest.mark.parametrize("word", list(Word))
async def test_once(parked: Stage, word: Word) -> None:
    """A word is said once: what is not in doubt any more cannot be resolved."""
    say(parked, word)
    for other in Word:
        with pytest.raises(DoubtError, match="nothing is in doubt"):
            say(parked, other)


async def test_no_such_mail(stage: Stage) -> None:
    """A number that no mail has is answered with where to look."""
    with pytest.raises(DoubtError, match="sends unknown"):
        stage.write(resolve, stage.desk, 7, Word.SENT, "Eva", stage.clock.now())


async def test_too_early(stage: Stage) -> None:
    """Before Sent has been searched a mail is neither sent again nor dropped; it may count."""
    await in_doubt(stage)
    for word in (Word.AGAIN, Word.DROP):
        with pytest.raises(DoubtError, match="may still arrive"):
            say(stage, word)
    assert say(stage, Word.SENT).state is SendState.SENT


@pytest.mark.parametrize("word", [Word.AGAIN, Word.DROP])
async def test_sent_that_never_answers(stage: Stage, word: Word) -> None:
    """Where Sent cannot be searched for long, a person need not wait for it."""
    await in_doubt(stage)
    stage.clock.advance(SETTLED)
    assert say(stage, word).state is not SendState.UNKNOWN


async def test_a_reply_meanwhile(parked: Stage) -> None:
    """Who has answered gets nothing again; the doubt may still be ended for the record."""
    parked.inboxes["ana"].deliver(a_mail(f"From: {ZOE}", "In-Reply-To"))
    await parked.work(MINUTE)
    assert parked.enrollment(ZOE).finish_reason is FinishReason.REPLIED
    with pytest.raises(DoubtError, match="has ended"):
        say(parked, Word.AGAIN)
    assert say(parked, Word.SENT).enrollment is EnrollmentState.FINISHED
    assert matters(parked) == []


async def test_another_pause(stage: Stage) -> None:
    """A pause by hand is not the doubt's to end, whatever the word."""
    await in_doubt(stage)
    stage.write(pause, stage.desk, ZOE, "Eva", stage.clock.now())
    await stage.work(SETTLED)
    done = say(stage, Word.SENT)
    assert done.enrollment is EnrollmentState.PAUSED


async def test_a_mail_since(parked: Stage) -> None:
    """Nor is silence that a mail in between may have asked for."""
    parked.inboxes["ana"].deliver(a_mail(f"From: {ZOE}", "In-Reply-To", "List-Id: x"))
    await parked.work(MINUTE)
    assert parked.timeline(ZOE)[-1] == "received"
    assert say(parked, Word.SENT).enrollment is EnrollmentState.PAUSED


async def test_a_colleague_answered_meanwhile(stage: Stage) -> None:
    """The word ends the doubt, and not the pause for which a colleague's answer asks."""
    stage.mailers["ana"].lost_are_accepted = False
    stage.apply(a_loaded(stop_on={"colleague_reply": "pause 14 days"}))
    stage.bring_in(ZOE, ADA)
    stage.enroll(ZOE, ADA)
    stage.mailers["ana"].plan(ZOE, LOST)
    await stage.work()
    await stage.work(SETTLED)
    assert states(stage) == [SendState.PARKED]
    stage.inboxes["ana"].deliver(a_mail(f"From: {ADA}"))
    await stage.work(MINUTE)
    answered_at = stage.clock.now()
    await stage.work(DAY)
    done = say(stage, Word.AGAIN)
    assert done.pause_reason is PauseReason.COLLEAGUE_REPLIED
    assert stage.enrollment(ZOE).resume_at == answered_at + 14 * DAY
    await stage.work(12 * DAY)
    assert stage.mails(ZOE) == []
    await stage.work(2 * DAY)
    assert len(stage.mails(ZOE)) == 1


async def test_resumed_by_a_person(parked: Stage) -> None:
    """Who resumes the person has looked: the mail counts as sent, and the task is closed."""
    parked.write(resume, parked.desk, ZOE, "Eva", parked.clock.now())
    assert states(parked) == [SendState.SENT, SendState.QUEUED]
    assert matters(parked) == []


async def test_nobody_is_asked_in_vain(stage: Stage) -> None:
    """Where the cadence has ended meanwhile nothing hangs on it: no task, and the list has it."""
    await in_doubt(stage)
    stage.write(stop, stage.desk, ZOE, "Eva", stage.clock.now())
    await stage.work(SETTLED)
    assert states(stage) == [SendState.PARKED]
    assert [task.title for task in matters(stage)] == []
    assert [each.enrollment for each in listed(stage)] == [EnrollmentState.FINISHED]
