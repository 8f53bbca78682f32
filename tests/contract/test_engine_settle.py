"""What Sent proves about a mail in doubt, at providers that change, drop and hide things."""

from dataclasses import replace
from datetime import timedelta

import pytest
from foreign_mails import a_mail
from stage import DAY, Stage, a_loaded

from sequencer.domain.enrollment import EnrollmentState, FinishReason, PauseReason
from sequencer.domain.send import SendState
from sequencer.domain.task import TaskKind
from sequencer.engine.pause import resume
from sequencer.mail.folder import Folder, Found, InboxError
from sequencer.mail.transaction import Blame, Outcome, OutcomeKind, Phase
from sequencer.store import tasks
from sequencer.store.tasks import StoredTask

ZOE, ADA = "zoe@bank.example", "ada@bank.example"
LOST = Outcome(OutcomeKind.UNKNOWN, Phase.DOT, text="line lost", blame=Blame.MAILBOX)
MINUTE = timedelta(minutes=1)
SETTLED = timedelta(minutes=15)
MESSAGE_ID, REF = "Message-ID", "X-Sequencer-Ref"


async def lose(stage: Stage, *people: str, mailbox: str = "luis", arrives: bool = True) -> None:
    """Begin with these people, and lose the answer to the first mail of each."""
    stage.apply(a_loaded(mailboxes=[mailbox]))
    stage.bring_in(*people)
    stage.enroll(*people)
    stage.mailers[mailbox].lost_are_accepted = arrives
    for each in people:
        stage.mailers[mailbox].plan(each, LOST)
    for _ in people:
        await stage.work(2 * MINUTE)  # a mailbox rests after a lost line


async def get_through(stage: Stage, address: str, *, filed: bool = True) -> None:
    """Send somebody a mail that is accepted, and filed in Sent as the provider does it."""
    stage.apply(a_loaded(mailboxes=["luis"]))
    stage.bring_in(address)
    stage.enroll(address)
    await stage.work()
    if filed:
        stage.inboxes["luis"].deliver(stage.mailers["luis"].accepted[-1].data, Folder.SENT)


def open_tasks(stage: Stage) -> list[StoredTask]:
    """Matters about Zoe that wait for a person."""
    found: list[StoredTask] = stage.read(tasks.open_matters, stage.person(ZOE), TaskKind.REVIEW)
    return found


def states(stage: Stage, address: str) -> list[SendState]:
    return [send.state for send in stage.sends(address)]


@pytest.mark.parametrize("dropped", [{MESSAGE_ID}, {REF}])
async def test_one_mark_is_enough(stage: Stage, dropped: set[str]) -> None:
    """A copy is known by either mark: the mail is not sent again."""
    stage.inboxes["luis"].drops = frozenset(dropped)
    await get_through(stage, ADA)
    await lose(stage, ZOE)
    stage.inboxes["luis"].deliver(stage.mailers["luis"].accepted[-1].data, Folder.SENT)
    await stage.work(SETTLED)
    assert states(stage, ZOE) == [SendState.SENT, SendState.QUEUED]
    assert len(stage.mails(ZOE)) == 1
    assert stage.verify().clean


@pytest.mark.parametrize("arrives", [True, False])
async def test_no_mark_survives(stage: Stage, *, arrives: bool) -> None:
    """Where no copy can be known, that of an accepted mail is missed too: a person decides."""
    stage.inboxes["luis"].drops = frozenset({MESSAGE_ID, REF})
    await get_through(stage, ADA)
    await lose(stage, ZOE, arrives=arrives)
    if arrives:
        stage.inboxes["luis"].deliver(stage.mailers["luis"].accepted[-1].data, Folder.SENT)
    await stage.work(SETTLED)
    await stage.work(DAY)
    assert states(stage, ZOE) == [SendState.PARKED]
    assert stage.enrollment(ZOE).pause_reason is PauseReason.REVIEW
    assert len(stage.mails(ZOE)) == arrives


async def test_first_mail_of_a_mailbox(stage: Stage) -> None:
    """The mail to itself of a moment ago bears witness, where no other mail has left yet."""
    await lose(stage, ZOE, arrives=False)
    await stage.work(SETTLED)
    assert states(stage, ZOE)[0] is SendState.SENT
    assert len(stage.mails(ZOE)) == 1


async def test_old_knowledge_is_no_witness(stage: Stage) -> None:
    """What was learned long ago proves nothing alone: a provider may have changed its ways."""
    stage.teach(probed_at=stage.clock.now() - 31 * DAY)
    await lose(stage, ZOE, arrives=False)
    await stage.work(SETTLED)
    assert states(stage, ZOE) == [SendState.PARKED]
    assert "30 days" in stage.sends(ZOE)[0].why


@pytest.mark.parametrize(
    "known",
    [
        {"keeps_sent_copy": False},
        {"keeps_sent_copy": None},
        {"keeps_message_id": False, "keeps_custom_header": False},
        {"server": "smtp.elsewhere.example:587 imap.elsewhere.example:993"},
    ],
)
async def test_never_again_by_guess(stage: Stage, known: dict[str, bool | str | None]) -> None:
    """A setting that says so is not enough: only where a probe was found is a mail sent again."""
    await get_through(stage, ADA)
    stage.teach(**known)
    stage.restart()
    await lose(stage, ZOE, arrives=False)
    await stage.work(SETTLED)
    assert states(stage, ZOE) == [SendState.PARKED]
    assert stage.mails(ZOE) == []


@pytest.mark.parametrize("mark", ["keeps_message_id", "keeps_custom_header"])
async def test_one_learned_mark_is_enough(stage: Stage, mark: str) -> None:
    """Either mark will do for a mail that is not there to be sent again."""
    stage.teach(**{"keeps_message_id": False, "keeps_custom_header": False, mark: True})
    stage.restart()
    await lose(stage, ZOE, arrives=False)
    await stage.work(SETTLED)
    assert states(stage, ZOE)[0] is SendState.SENT


async def test_a_word_against_it(stage: Stage) -> None:
    """Where a person says that we file the copies, a missing one proves nothing."""
    boxes = stage.policy.mailboxes
    told = replace(boxes["luis"], keeps_sent_copy=False)
    stage.policy = replace(stage.policy, mailboxes={**boxes, "luis": told})
    stage.restart()
    await lose(stage, ZOE, arrives=False)
    await stage.work(SETTLED)
    assert states(stage, ZOE) == [SendState.PARKED]


async def test_a_slow_provider_is_waited_for(stage: Stage) -> None:
    """Where a copy took nine minutes, its absence proves something after twice that time."""
    stage.teach(sent_search_lag_s=540)
    stage.restart()
    await lose(stage, ZOE, arrives=False)
    await stage.work(SETTLED)
    assert states(stage, ZOE) == [SendState.UNKNOWN]
    await stage.work(3 * MINUTE)
    assert states(stage, ZOE)[0] is SendState.SENT


async def test_a_copy_settles_at_once(stage: Stage) -> None:
    """A copy that turns up in Sent ends the doubt before its time, with either mark."""
    for address, dropped in ((ZOE, MESSAGE_ID), (ADA, REF)):
        await lose(stage, address, mailbox="ana")
        stage.inboxes["ana"].drops = frozenset({dropped})
        stage.inboxes["ana"].deliver(stage.mailers["ana"].accepted[-1].data, Folder.SENT)
        await stage.work(2 * MINUTE)
        assert states(stage, address)[0] is SendState.SENT
        assert len(stage.mails(address)) == 1
    assert stage.verify().clean


async def test_a_copy_that_comes_late(stage: Stage) -> None:
    """A parked mail is settled by its copy: its task is closed, and the cadence goes on."""
    await lose(stage, ZOE, mailbox="ana")
    await stage.work(SETTLED)
    assert states(stage, ZOE) == [SendState.PARKED]
    assert [task.title for task in open_tasks(stage)] == ["Did mail 1 leave?"]
    stage.inboxes["ana"].deliver(stage.mailers["ana"].accepted[-1].data, Folder.SENT)
    await stage.work(2 * MINUTE)
    assert states(stage, ZOE) == [SendState.SENT, SendState.QUEUED]
    assert stage.enrollment(ZOE).state is EnrollmentState.ACTIVE
    assert open_tasks(stage) == []
    assert stage.verify().clean


@pytest.mark.parametrize(
    ("age", "state"),
    [(timedelta(0), SendState.SENT), (40 * DAY, SendState.PARKED)],
)
async def test_what_was_learned_gets_old(stage: Stage, age: timedelta, state: SendState) -> None:
    """A mail of more than a month ago tells nothing about the provider's ways of today."""
    await get_through(stage, ADA)
    stage.inboxes["luis"].deliver(a_mail(f"From: {ADA}", "In-Reply-To"))
    await stage.work(MINUTE)
    assert stage.enrollment(ADA).finish_reason is FinishReason.REPLIED
    stage.clock.advance(age)
    await lose(stage, ZOE, arrives=False)
    await stage.work(SETTLED)
    assert states(stage, ZOE)[0] is state


async def test_a_young_mail_is_no_witness(stage: Stage) -> None:
    """A copy may be filed late: a mail of a moment ago says nothing, found or not."""
    stage.teach(probed_at=stage.clock.now() - 31 * DAY)
    await lose(stage, ZOE, arrives=False)
    stage.clock.advance(SETTLED - 3 * MINUTE)
    await get_through(stage, ADA)
    await stage.work(3 * MINUTE)
    assert states(stage, ZOE) == [SendState.PARKED]


async def test_a_clock_that_leaps_settles_nothing(stage: Stage) -> None:
    """A doubt gets old by the boot clock: the copy may be late, whatever the wall clock says."""
    await get_through(stage, ADA)
    await stage.work(SETTLED)
    await lose(stage, ZOE)
    stage.clock.instant += DAY / 8
    await stage.work(MINUTE)
    assert states(stage, ZOE) == [SendState.UNKNOWN]
    stage.inboxes["luis"].deliver(stage.mailers["luis"].accepted[-1].data, Folder.SENT)
    await stage.work(SETTLED)
    assert states(stage, ZOE)[0] is SendState.SENT
    assert len(stage.mails(ZOE)) == 1


async def test_without_sent(stage: Stage) -> None:
    """Where there is no Sent to look into, each doubt is left to a person, and with the reason."""
    stage.inboxes["ana"].boxes.pop(Folder.SENT)
    await lose(stage, ZOE, ADA, mailbox="ana")
    await stage.work(SETTLED)
    for address in (ZOE, ADA):
        assert states(stage, address) == [SendState.PARKED]
        assert stage.enrollment(address).pause_reason is PauseReason.REVIEW
        assert "no Sent" in stage.sends(address)[0].why
    assert stage.verify().clean


async def test_a_failed_look_rests(stage: Stage) -> None:
    """Sent is not looked into at each tick while it does not answer, nor is the doubt ended."""
    await lose(stage, ZOE)
    inbox, asked = stage.inboxes["luis"], []

    class Deaf:
        """An inbox that can be read, but for Sent."""

        scan, wait, close, keep_copy = inbox.scan, inbox.wait, inbox.close, inbox.keep_copy

        async def find(self, *about: object) -> Found:
            asked.append(about)
            raise InboxError("no answer", permanent=True)

    stage.inboxes["luis"] = Deaf()  # type: ignore[assignment]  # as good an inbox as any
    stage.restart()
    await stage.work()
    await stage.work(SETTLED)
    for _ in range(5):
        await stage.work(timedelta(seconds=10))
    assert (len(asked), states(stage, ZOE)) == (1, [SendState.UNKNOWN])
    await stage.work(timedelta(seconds=10))
    assert len(asked) == 2


async def test_the_word_of_a_person(stage: Stage) -> None:
    """A mail that a person counts as sent needs no record of a server: it may never have left."""
    await lose(stage, ZOE, arrives=False)
    await stage.work(SETTLED)
    stage.write(resume, stage.desk, ZOE, "Eva", stage.clock.now())
    assert states(stage, ZOE) == [SendState.SENT, SendState.QUEUED]
    findings = stage.verify()
    assert findings.clean, findings.details


async def test_a_doubt_of_another_process(stage: Stage) -> None:
    """A doubt counts from when it is seen, by the clock that nobody sets: others may run ahead."""
    await get_through(stage, ADA)
    await lose(stage, ZOE)
    stage.restart()
    stage.clock.instant += timedelta(hours=1)
    await stage.work()
    assert states(stage, ZOE) == [SendState.UNKNOWN]
    stage.inboxes["luis"].deliver(stage.mailers["luis"].accepted[-1].data, Folder.SENT)
    await stage.work(SETTLED)
    assert states(stage, ZOE)[0] is SendState.SENT
    assert len(stage.mails(ZOE)) == 1


@pytest.mark.parametrize("parked", [True, False])
async def test_an_answer_settles(stage: Stage, *, parked: bool) -> None:
    """Who answers a mail in doubt has it: it counts as sent, and the answer ends the cadence."""
    await lose(stage, ZOE, mailbox="ana")
    if parked:
        await stage.work(SETTLED)
    answered = stage.sends(ZOE)[0].message_id
    stage.inboxes["ana"].deliver(a_mail(f"From: {ZOE}", f"In-Reply-To: {answered}"))
    await stage.work(2 * MINUTE)
    assert states(stage, ZOE) == [SendState.SENT, SendState.CANCELLED]
    assert stage.enrollment(ZOE).finish_reason is FinishReason.REPLIED
    assert open_tasks(stage) == []
    findings = stage.verify()
    assert findings.clean, findings.details
