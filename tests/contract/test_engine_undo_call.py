"""A call that was noted by mistake: what its disposition ended goes on as if nobody had called."""

from dataclasses import replace
from datetime import timedelta

import pytest
from stage import EVERYBODY, Stage, a_loaded

from sequencer.domain.disposition import Action, Disposition, by_name
from sequencer.domain.enrollment import FinishReason
from sequencer.domain.task import TaskKind, TaskState
from sequencer.engine.calls import Call, log_call
from sequencer.engine.stop import stop, suppress
from sequencer.engine.task_undo import undo
from sequencer.engine.tasks import Ending, TaskError
from sequencer.store import enrollments, standing, tasks
from sequencer.store.tasks import StoredTask

ZOE = "zoe@bank.example"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STEPS = (
    {"id": "intro", "email": "intro.md"},
    {"id": "first-call", "wait": "1 day", "call": "bump.md"},
    {"id": "bump", "wait": "3 days", "when": "not call.connected", "email": "bump.md"},
)
DISPOSITIONS = by_name(
    [
        Disposition("interested", "connected"),
        Disposition("busy", "not_connected"),
        Disposition("no", "connected", Action.FINISH),
        Disposition("booked", "connected", Action.FINISH, finish_as=FinishReason.MEETING_BOOKED),
        Disposition("never", "connected", Action.FINISH, finish_as=FinishReason.OPTED_OUT),
    ]
)


def begun(stage: Stage) -> None:
    """Zoe waits in two cadences, one of which has a call."""
    stage.policy = replace(stage.policy, dispositions=DISPOSITIONS)
    stage.restart()
    stage.apply(a_loaded(steps=list(STEPS)), a_loaded(cadence="other"))
    stage.bring_in(ZOE)
    stage.enroll(ZOE)
    stage.enroll(ZOE, slug="other")


def ring(stage: Stage, disposition: str) -> StoredTask:
    """The note of a call that came in."""
    call = Call(ZOE, inbound=True, ending=Ending("Eva", disposition, "rang at noon"))
    stage.write(log_call, stage.desk, call, stage.clock.now())
    noted: list[StoredTask] = stage.read(tasks.calls_since, stage.person(ZOE), stage.clock.now())
    return noted[-1]


def take_back(stage: Stage, task: StoredTask) -> None:
    stage.write(undo, stage.desk, task.id, "Eva", stage.clock.now())


def states(stage: Stage) -> dict[str, str]:
    """State or finish reason of Zoe's newest enrollment in each cadence."""
    every = stage.read(enrollments.of_prospect, stage.person(ZOE))
    return {
        each.slug: str(each.enrollment.finish_reason or each.enrollment.state)
        for each in reversed(every)
    }


@pytest.mark.parametrize("disposition", ["no", "booked"])
async def test_what_it_ended_goes_on(each_stage: Stage, disposition: str) -> None:
    """Every enrollment that the call ended stands where it stood, and comes to its own end."""
    begun(each_stage)
    await each_stage.work()
    await each_stage.work(DAY)
    noted = ring(each_stage, disposition)
    assert set(states(each_stage).values()) == {
        "disposition" if disposition == "no" else "meeting_booked"
    }
    each_stage.clock.advance(HOUR)
    take_back(each_stage, noted)
    assert set(states(each_stage).values()) == {"active"}
    assert each_stage.read(tasks.find, noted.id).state is TaskState.SKIPPED
    person = each_stage.person(ZOE)
    last = each_stage.read(standing.last_touches, [person])[person]
    assert last < noted.created_at
    for _ in range(12):
        await each_stage.work(DAY)
    assert states(each_stage)["other"] == "completed"
    assert len(each_stage.mails(ZOE)) == 4
    assert each_stage.verify().clean


async def test_the_call_that_it_ended_waits_again(each_stage: Stage) -> None:
    """The call of a cadence that was ended along with it is open again."""
    begun(each_stage)
    await each_stage.work()
    await each_stage.work(DAY)
    noted = ring(each_stage, "interested")
    assert states(each_stage)["fintech-intro"] == "completed"
    take_back(each_stage, noted)
    assert states(each_stage)["fintech-intro"] == "active"
    calls = [
        task
        for each in each_stage.read(enrollments.of_prospect, each_stage.person(ZOE))
        for task in each_stage.read(tasks.of_enrollment, each.id)
        if task.kind is TaskKind.CALL
    ]
    assert [(task.step_id, task.state) for task in calls] == [("first-call", TaskState.OPEN)]


async def test_a_call_that_ended_nothing(stage: Stage) -> None:
    """Only the note is taken back, once."""
    begun(stage)
    noted = ring(stage, "busy")
    before = states(stage)
    take_back(stage, noted)
    assert states(stage) == before
    with pytest.raises(TaskError, match=f"Task {noted.id} is taken back already"):
        take_back(stage, noted)


async def test_what_ended_otherwise_stays(stage: Stage) -> None:
    """Who was stopped by somebody else, before or after, is not let in again by an undo."""
    begun(stage)
    stage.write(stop, stage.desk, ZOE, "Luis", stage.clock.now())
    stage.clock.advance(HOUR)
    take_back(stage, ring(stage, "no"))
    assert set(states(stage).values()) == {"removed"}


async def test_an_opt_out_on_the_telephone_stays(stage: Stage) -> None:
    """Whoever has said that they want no more mail is not brought back with one command."""
    begun(stage)
    noted = ring(stage, "never")
    with pytest.raises(TaskError, match="has ended: opted_out"):
        take_back(stage, noted)
    assert set(states(stage).values()) == {"opted_out"}
    assert stage.read(tasks.find, noted.id).state is TaskState.DONE


async def test_the_gate_is_asked(stage: Stage) -> None:
    """Who has been suppressed since does not go on."""
    begun(stage)
    noted = ring(stage, "no")
    stage.clock.advance(HOUR)
    stage.write(suppress, stage.desk, ZOE, "by hand", stage.clock.now())
    with pytest.raises(TaskError, match="suppressed"):
        take_back(stage, noted)
    assert set(states(stage).values()) == {"disposition"}


async def test_another_run_since(stage: Stage) -> None:
    """Who has been through the cadence again since is not taken back to where they stood."""
    begun(stage)
    noted = ring(stage, "no")
    stage.clock.advance(HOUR)
    stage.apply(a_loaded(steps=list(STEPS), audience={**EVERYBODY, "again": "always"}))
    stage.enroll(ZOE)
    assert states(stage)["fintech-intro"] in {"pending", "active"}
    with pytest.raises(TaskError, match="enrolled in fintech-intro again since"):
        take_back(stage, noted)


async def test_a_step_that_was_done_since(stage: Stage) -> None:
    """The call that was ended along with it is only taken back while nothing has followed."""
    begun(stage)
    await stage.work()
    await stage.work(DAY)
    noted = ring(stage, "busy")
    await stage.work(4 * DAY)
    with pytest.raises(TaskError, match="bump has left"):
        take_back(stage, noted)
    assert stage.read(tasks.find, noted.id).state is TaskState.DONE
