"""A mail in doubt that was dropped may have left: nothing that is taken back sends it anew."""

from datetime import timedelta

import pytest
from stage import Stage, a_loaded

from sequencer.domain.send import SendState
from sequencer.engine import tasks as engine_tasks
from sequencer.engine.doubts import Word, resolve
from sequencer.engine.reopen_enrollment import Request, reopen_enrollment
from sequencer.engine.stop import stop
from sequencer.engine.task_undo import undo
from sequencer.engine.tasks import TaskError
from sequencer.mail.transaction import Outcome, OutcomeKind, Phase
from sequencer.store import tasks

EVA = "eva@firm.example"
LOST = Outcome(OutcomeKind.UNKNOWN, Phase.DOT, None, "", "lost")
WHILE = timedelta(minutes=20)
STEPS = [
    {"id": "ring", "call": "bump.md"},
    {"id": "intro", "email": "intro.md"},
    {"id": "bump", "wait": "3 days", "email": "bump.md"},
]


async def parked(stage: Stage) -> int:
    """Number of Eva's first mail, whose answer was lost, once nothing can settle that."""
    stage.mailers["ana"].plan(EVA, LOST)
    for _ in range(4):
        await stage.work(WHILE)
    [mail] = [each for each in stage.sends(EVA) if each.step_id == "intro"]
    assert mail.state is SendState.PARKED
    return mail.id


async def test_reopened_after_it_was_dropped(stage: Stage) -> None:
    """The enrollment goes on with the next step."""
    stage.begin(EVA)
    number = await parked(stage)
    now = stage.clock.now()
    stage.write(stop, stage.desk, EVA, "test", now)
    stage.write(resolve, stage.desk, number, Word.DROP, "rep", now)
    stage.write(reopen_enrollment, stage.desk, Request(EVA, "rep", "wrong stop"), now)
    await stage.work(WHILE)
    assert len(stage.mails(EVA)) == 1
    assert stage.enrollment(EVA).step == "bump"


async def test_a_task_before_it_is_taken_back(stage: Stage) -> None:
    """A task whose mail was dropped cannot be taken back: the mail may have been read."""
    stage.apply(a_loaded(steps=STEPS))
    stage.bring_in(EVA)
    stage.enroll(EVA)
    [task] = stage.read(tasks.of_enrollment, stage.stored(EVA).id)
    stage.write(engine_tasks.skip, stage.desk, task.id, "rep", "no", stage.clock.now())
    number = await parked(stage)
    stage.write(resolve, stage.desk, number, Word.DROP, "rep", stage.clock.now())
    with pytest.raises(TaskError, match="intro"):
        stage.write(undo, stage.desk, task.id, "rep", stage.clock.now())
    await stage.work(WHILE)
    assert len(stage.mails(EVA)) == 1
