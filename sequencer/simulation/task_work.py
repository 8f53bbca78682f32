"""Reps work their tasks: some at once, some late, some never, each with what came of it."""

from dataclasses import dataclass

from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.task import TaskKind
from sequencer.engine.doubts import DoubtError, Word, number_in, resolve
from sequencer.engine.task_send import Edited, Release, send
from sequencer.engine.task_undo import undo
from sequencer.engine.tasks import Ending, TaskError, done, skip
from sequencer.simulation.extras import NOTHING
from sequencer.simulation.play import DAY_S, Play
from sequencer.simulation.record import Reached, Stop
from sequencer.simulation.scripts import MARK
from sequencer.simulation.second_thoughts import SecondThoughts
from sequencer.store import enrollments, prospects, sends, tasks
from sequencer.store.tasks import StoredTask

BY = "a rep"
VISIT_S = 2.3 * DAY_S  # between two looks at the list of tasks
NEGLECTED = 0.3  # of the tasks at each look, for which there is always something better to do
MORE_ENDINGS = ("send-the-rest", "interested", "no-answer", "not-interested", "never-again")
ENDINGS = ("interested", "no-answer", "no-answer", "no-answer", "not-interested", "never-again")


@dataclass
class TaskWork:
    """The list of tasks and whoever works it."""

    play: Play
    thoughts: SecondThoughts

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
            if task.enrollment_id is None and (number := number_in(task.title)):
                self._resolve(number)
            elif task.enrollment_id is None:
                play.commit(done, play.desk, task.id, Ending(BY), play.now)
                play.tally.sometimes(f"matter of a rep: {task.kind}")
            elif task.kind is TaskKind.MANUAL_EMAIL:
                play.commit(send, play.desk, task.id, Release(BY, self._edited(task)), play.now)
                play.tally.sometimes("manual mail released")
            elif play.happens(0.1):
                play.commit(skip, play.desk, task.id, BY, "no time", play.now)
                play.tally.sometimes("task skipped by hand")
            else:
                self._call(task)
        except (TaskError, DoubtError) as error:
            play.record.tell(f"task {task.id}: {error}")
        else:
            if play.extras.undo and play.happens(play.extras.undo):
                after_s = play.chance.choice((5.0, 60.0, 3_000.0, 30_000.0, 2 * DAY_S))
                times = play.record.restores
                play.later(after_s, lambda: self._undo(task, times))
        play.wake()

    def _resolve(self, number: int) -> None:
        """Say what became of a mail in doubt, after a look into the server's own record."""
        play, send = self.play, self.play.read(sends.get, number)
        mark = f"Message-ID: {send.message_id}\r\n".encode()
        left = any(dot.accepted and mark in dot.envelope.data for dot in play.record.dots)
        word = Word.SENT if left else play.chance.choice((Word.AGAIN, Word.DROP))
        if play.commit(resolve, play.desk, number, word, BY, play.now) is not None:
            play.tally.sometimes(f"doubt resolved: {word}")
            play.record.tell(f"mail {number} by word of a rep: {word}")

    def _edited(self, task: StoredTask) -> Edited | None:
        """What the rep makes of a mail, in some worlds; the mark stays, the judge reads it."""
        play = self.play
        if play.extras is NOTHING or not play.happens(0.5):
            return None
        stored = play.read(enrollments.get, task.enrollment_id or 0)
        play.tally.sometimes("manual mail edited")
        return Edited(
            "In my own words", f"I have read about you.\n\n{MARK}{stored.slug}.{task.step_id}."
        )

    def _undo(self, task: StoredTask, restores: int) -> None:
        """Take the end of a task back, if it can be; its number may be another one's by now."""
        play = self.play
        if play.calm or play.record.restores != restores:
            return
        person = play.person(play.read(prospects.get, task.prospect_id).prospect.email)
        before = play.read(enrollments.get, task.enrollment_id) if task.enrollment_id else None
        try:
            done = play.commit(undo, play.desk, task.id, BY, play.now)
        except TaskError as error:
            play.tally.sometimes("task not taken back")
            play.record.tell(f"task {task.id} is not taken back: {error}")
            return
        if done is None:
            return
        play.tally.sometimes(f"taken back: {task.kind}")
        play.record.tell(f"task {task.id} of {person.address} is taken back")
        person.reached.pop(task.id, None)
        if before is not None and before.enrollment.state is EnrollmentState.FINISHED:
            play.tally.sometimes("re-opened by a task taken back")
            self.thoughts.note_reopened(person, before, done[0])
        play.wake()

    def _call(self, task: StoredTask) -> None:
        play = self.play
        name = play.chance.choice(ENDINGS if play.extras is NOTHING else MORE_ENDINGS)
        person = play.person(play.read(prospects.get, task.prospect_id).prospect.email)
        committed = play.commit(done, play.desk, task.id, Ending(BY, name), play.now)
        if committed is None:
            return
        play.tally.sometimes(f"{task.kind}: {name}")
        if name == "interested" and task.kind is TaskKind.CALL:
            reached = Reached(play.true.seconds, task.enrollment_id or 0, only=True)
            person.reached[task.id] = reached
        play.record.tell(f"call of {person.address}: {name}")
        if name == "never-again":
            play.stopped(person, "a call", number=committed[0], for_ever=True)
        elif name == "not-interested":
            upto = task.enrollment_id or 0
            person.stops.append(Stop(committed[0], "a call", upto, for_ever=False, only=True))
