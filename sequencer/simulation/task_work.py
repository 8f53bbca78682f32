"""Reps work their tasks: some at once, some late, some never, each with what came of it."""

from dataclasses import dataclass

from sequencer.domain.task import TaskKind
from sequencer.engine.task_send import send
from sequencer.engine.tasks import Ending, TaskError, done, skip
from sequencer.simulation.play import DAY_S, Play
from sequencer.simulation.record import Stop
from sequencer.store import prospects, tasks
from sequencer.store.tasks import StoredTask

BY = "a rep"
VISIT_S = 2.3 * DAY_S  # between two looks at the list of tasks
NEGLECTED = 0.3  # of the tasks at each look, for which there is always something better to do
ENDINGS = ("interested", "no-answer", "no-answer", "no-answer", "not-interested", "never-again")


@dataclass
class TaskWork:
    """The list of tasks and whoever works it."""

    play: Play

    def begin(self) -> None:
        """Look at the list now and then, for ever."""
        self.play.later(VISIT_S, self._visit)

    def are_open(self) -> bool:
        """Whether a step still waits for somebody."""
        return any(task.enrollment_id is not None for task in self._listed())

    def _listed(self) -> list[StoredTask]:
        return self.play.read(tasks.listed)

    def _visit(self) -> None:
        self.begin()
        for task in self._listed():
            if task.due_at <= self.play.now and not self.play.happens(NEGLECTED):
                self._work(task)

    def _work(self, task: StoredTask) -> None:
        play = self.play
        try:
            if task.enrollment_id is None:
                play.commit(done, play.desk, task.id, Ending(BY), play.now)
                play.tally.sometimes(f"matter of a rep: {task.kind}")
            elif task.kind is TaskKind.MANUAL_EMAIL:
                play.commit(send, play.desk, task.id, None, BY, play.now)
                play.tally.sometimes("manual mail released")
            elif play.happens(0.1):
                play.commit(skip, play.desk, task.id, BY, "no time", play.now)
                play.tally.sometimes("task skipped by hand")
            else:
                self._call(task)
        except TaskError as error:
            play.record.tell(f"task {task.id}: {error}")
        play.wake()

    def _call(self, task: StoredTask) -> None:
        play = self.play
        name = play.chance.choice(ENDINGS)
        person = play.person(play.read(prospects.get, task.prospect_id).prospect.email)
        committed = play.commit(done, play.desk, task.id, Ending(BY, name), play.now)
        if committed is None:
            return
        play.tally.sometimes(f"call: {name}")
        play.record.tell(f"call of {person.address}: {name}")
        if name == "never-again":
            play.stopped(person, "a call", number=committed[0], for_ever=True)
        elif name == "not-interested":
            upto = task.enrollment_id or 0
            person.stops.append(Stop(committed[0], "a call", upto, for_ever=False, only=True))
