from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from builders import NOON, a_prospect
from stage import STEPS, Stage, a_loaded, a_policy

from sequencer.domain.mailbox import MailboxState
from sequencer.domain.task import TaskKind
from sequencer.engine.hand import Handing, hand_over
from sequencer.engine.import_prospects import import_prospects
from sequencer.engine.look import look
from sequencer.engine.owner import Handed, assign
from sequencer.engine.pause import pause
from sequencer.engine.stop import UnknownProspectError, stop
from sequencer.files.prospects import Accepted
from sequencer.store import ledger, mailboxes, prospects, tasks

ZOE = "zoe@bank.example"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
CALL = {"id": "call", "wait": "0 minutes", "call": "call.md"}


async def begin(stage: Stage, *more: object, owner: str = "ana") -> None:
    """Somebody of Ana's has had the first mail."""
    stage.apply(
        a_loaded(
            {"call.md": "Call them.\n"}, mailboxes=["ana"], steps=[*STEPS[:1], *more, *STEPS[1:]]
        )
    )
    stage.bring_in(a_prospect(owner=owner))
    stage.enroll(ZOE)
    await stage.work()


def give(stage: Stage, rep: str) -> Handed:
    handed: Handed = stage.write(assign, stage.desk, ZOE, rep, "test", stage.clock.now())
    return handed


async def test_moves(each_stage: Stage) -> None:
    """What runs goes on from the new owner's mailbox, in its own thread, and the log says so."""
    stage = each_stage
    await begin(stage)
    assert give(stage, "Luis") == Handed(ZOE, enrollments=1)
    assert stage.enrollment(ZOE).mailbox == "luis"
    assert [send.mailbox for send in stage.sends(ZOE)] == ["ana", "luis"]
    told = [entry.detail for entry in stage.read(ledger.of_prospect, stage.person(ZOE))]
    assert any("from ana to Luis, by test" in line for line in told)
    await stage.work(3 * DAY)
    first, second = stage.mails(ZOE)
    assert "ana@" in first["From"]
    assert "luis@" in second["From"]
    assert second["In-Reply-To"] is None
    assert second["References"] is None
    assert second["Subject"] == first["Subject"]
    assert stage.verify().clean


async def test_thread_of_the_new_one(stage: Stage) -> None:
    """After the move mails of the new mailbox make a thread among themselves."""
    more = {"id": "more", "wait": "2 days", "email": "bump.md"}
    stage.apply(a_loaded(steps=[*STEPS[:2], more]))
    stage.bring_in(a_prospect(owner="ana"))
    stage.enroll(ZOE)
    await stage.work()
    give(stage, "luis")
    await stage.work(3 * DAY)
    await stage.work(2 * DAY)
    _, second, third = stage.mails(ZOE)
    assert third["In-Reply-To"] == second["Message-ID"]
    assert third["References"] == second["Message-ID"]
    assert third["Subject"] == f"Re: {second['Subject']}"


async def test_tasks_move(each_stage: Stage) -> None:
    """Open tasks about the person are the new owner's."""
    stage = each_stage
    await begin(stage, CALL)
    [task] = stage.read(tasks.of_enrollment, stage.stored(ZOE).id)
    assert task.assignee == "ana"
    assert give(stage, "luis").tasks == 1
    [task] = stage.read(tasks.of_enrollment, stage.stored(ZOE).id)
    assert task.assignee == "luis"


@pytest.mark.parametrize("how", ["unknown", "locked out"])
async def test_nowhere_to_go(stage: Stage, how: str) -> None:
    """Without a mailbox that works everything stays, and a task tells."""
    await begin(stage)
    if how == "locked out":
        stage.write(mailboxes.set_health, "luis", MailboxState.NEEDS_SIGN_IN)
    rep = "luis" if how == "locked out" else "maria"
    assert give(stage, rep) == Handed(ZOE, stayed=1)
    assert stage.enrollment(ZOE).mailbox == "ana"
    [task] = stage.read(tasks.open_matters, stage.person(ZOE), TaskKind.MAILBOX)
    assert f"{rep} has no mailbox that works" in task.about
    with stage.database.read() as connection:
        person = prospects.find(connection, ZOE)
    assert person is not None
    assert person.prospect.owner == rep


@pytest.mark.parametrize(("end", "mailbox"), [(stop, "ana"), (pause, "luis")])
async def test_what_does_not_run(stage: Stage, end: Callable[..., int], mailbox: str) -> None:
    """What has ended keeps its mailbox; what is paused goes on some day, from the new one."""
    await begin(stage)
    stage.write(end, stage.desk, ZOE, "test", NOON)
    assert give(stage, "luis") == Handed(ZOE, enrollments=end is pause)
    assert stage.enrollment(ZOE).mailbox == mailbox


async def test_a_task_of_somebody_else(stage: Stage) -> None:
    """What a third rep has been given is not taken away from them."""
    await begin(stage, CALL)
    [task] = stage.read(tasks.of_enrollment, stage.stored(ZOE).id)
    assert stage.write(tasks.assign_all, [task.id], "maria") == 1
    assert give(stage, "luis").tasks == 0
    [task] = stage.read(tasks.of_enrollment, stage.stored(ZOE).id)
    assert task.assignee == "maria"


async def test_by_import(stage: Stage) -> None:
    """A list with another owner does the same; an empty cell takes nobody from anybody."""
    await begin(stage)
    rows = [
        Accepted(2, a_prospect(owner="luis")),
        Accepted(3, a_prospect(email="n@x.example", owner="luis")),
    ]
    done = import_prospects(stage.database, stage.desk, rows, "list.csv", stage.clock.now())
    assert done.handed == [Handed(ZOE, enrollments=1)]
    assert stage.enrollment(ZOE).mailbox == "luis"
    done = import_prospects(stage.database, stage.desk, rows, "list.csv", stage.clock.now())
    assert done.handed == []
    empty = [Accepted(2, a_prospect(owner=""))]
    assert import_prospects(stage.database, stage.desk, empty, "x", NOON).handed == []
    assert stage.enrollment(ZOE).mailbox == "luis"


async def test_rep_of_a_mailbox(stage: Stage) -> None:
    """Whose mailbox it is stands in the settings; by default its name says it."""
    policy = a_policy()
    boxes = {**policy.mailboxes, "luis": replace(policy.mailboxes["luis"], rep="Luis Ortega")}
    named = Stage(stage.database, replace(policy, mailboxes=boxes))
    await begin(named)
    assert give(named, "luis").stayed == 1
    assert give(named, " luis ortega ").enrollments == 1


async def test_nobody(stage: Stage) -> None:
    """Who was never imported cannot be given to anybody."""
    with pytest.raises(UnknownProspectError):
        give(stage, "luis")


async def test_on_its_way_while_it_moves(stage: Stage) -> None:
    """A mail that is claimed while its enrollment moves goes from one mailbox only, and once."""
    await begin(stage)
    stage.clock.advance(3 * DAY)
    await stage.take_leases()
    for name in ("ana", "luis"):
        stage.write(mailboxes.mark_synced, name, stage.clock.now())
    lease = stage.runner.leases["ana"]
    assert stage.write(look, stage.desk, lease, stage.clock.now()).claimed
    assert give(stage, "luis").enrollments == 1
    stage.restart()  # the daemon dies with the mail claimed, and comes back
    await stage.work(HOUR)
    await stage.work(HOUR)
    assert ["ana@" in mail["From"] for mail in stage.mails(ZOE)] == [True, False]
    assert stage.verify().clean


async def test_on_the_line_while_it_moves(each_stage: Stage) -> None:
    """A mail that waits for its final dot while its enrollment moves gets none from there."""
    stage = each_stage
    await begin(stage)
    stage.clock.advance(3 * DAY)
    await stage.take_leases()
    now = stage.clock.now()
    for name in ("ana", "luis"):
        stage.write(mailboxes.mark_synced, name, now)
    [_, send] = stage.sends(ZOE)
    lease = stage.runner.leases["ana"]
    [claimed] = stage.write(look, stage.desk, lease, now).claimed
    assert give(stage, "luis").enrollments == 1
    assert stage.write(hand_over, stage.desk, [Handing(send.id, lease, claimed.case)], now) == [
        False
    ]
