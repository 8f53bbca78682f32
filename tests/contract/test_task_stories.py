"""Whatever reps do with tasks, in whatever order: nothing is doubled, nothing is stuck."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar

import pytest
from stage import Stage, a_loaded

from sequencer.domain.disposition import Action, Disposition, by_name
from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.event import Resumed
from sequencer.domain.send import OPEN_STATES
from sequencer.domain.task import TaskState
from sequencer.engine.calls import Call, log_call
from sequencer.engine.pause import pause
from sequencer.engine.react import react
from sequencer.engine.reopen_enrollment import NotReopenedError, Request, reopen_enrollment
from sequencer.engine.stop import stop
from sequencer.engine.task_send import Release, send
from sequencer.engine.task_undo import undo
from sequencer.engine.tasks import Ending, TaskError, done, skip, snooze
from sequencer.store import tasks
from sequencer.store.tasks import StoredTask

PEOPLE = ("zoe@bank.example", "ada@fund.example", "max@loan.example")
STEPS = (
    {"id": "intro", "email": "intro.md"},
    {"id": "first-call", "wait": "1 day", "call": "call.md", "skip_after": "2 days"},
    {
        "id": "note",
        "wait": "1 day",
        "manual_email": "note.md",
        "when": "not first-call.later",
        "skip_after": "1 day",
    },
    {"id": "bump", "wait": "1 day", "email": "bump.md", "when": "not call.connected"},
    {"id": "second", "wait": "1 day", "call": "call.md"},
    {"id": "last-mail", "wait": "1 day", "email": "last-mail.md"},
)
GUIDES = {"call.md": "Ask {{ company }}.\n", "note.md": "---\nsubject: Hello\n---\nDear you,\n"}
DISPOSITIONS = by_name(
    [
        Disposition("busy", "not_connected"),
        Disposition("interested", "connected"),
        Disposition("later", "connected", Action.GOTO, "last-mail"),
        Disposition("no", "connected", Action.FINISH),
    ]
)
HOURS = (1, 6, 12, 24)
ROUNDS = 30


T = TypeVar("T")


@dataclass
class Dice:
    """Chance that is the same for the same seed."""

    seed: int
    thrown: int = 0

    def choice(self, options: Sequence[T]) -> T:
        """One of these."""
        self.thrown += 1
        digest = hashlib.sha256(f"{self.seed} {self.thrown}".encode()).digest()
        return options[int.from_bytes(digest) % len(options)]


@dataclass
class Rep:
    """Somebody who does anything at all, with any task of a person."""

    stage: Stage
    dice: Dice

    def act(self, address: str) -> None:
        """One thing, which may well be refused."""
        often = (self.end, self.undo, self.reopen)
        seldom = (self.release, self.skip, self.stop, self.pause, self.resume, self.ring)
        work = self.dice.choice((*often, *often, *seldom, self.snooze))
        try:
            work(address)
        except (TaskError, NotReopenedError):
            return

    def write(self, work: Callable[..., object], *args: object) -> None:
        self.stage.write(work, self.stage.desk, *args, self.stage.clock.now())

    def task(self, address: str) -> int:
        """Any task that the person ever had."""
        found = tasks_of(self.stage, address)
        if not found:
            raise TaskError(address)
        return self.dice.choice(found).id

    def ending(self) -> Ending:
        return Ending("Eva", self.dice.choice(list(DISPOSITIONS)))

    def end(self, address: str) -> None:
        self.write(done, self.task(address), self.ending())

    def undo(self, address: str) -> None:
        self.write(undo, self.task(address), "Eva")

    def release(self, address: str) -> None:
        self.write(send, self.task(address), Release("Eva"))

    def skip(self, address: str) -> None:
        self.write(skip, self.task(address), "Eva", "")

    def snooze(self, address: str) -> None:
        now = self.stage.clock.now()
        until = now + timedelta(days=1)
        self.stage.write(snooze, self.task(address), until, "Eva", now)

    def stop(self, address: str) -> None:
        self.write(stop, address, "Eva")

    def reopen(self, address: str) -> None:
        self.write(reopen_enrollment, Request(address, "Eva", "a mistake"))

    def pause(self, address: str) -> None:
        self.write(pause, address, "Eva")

    def resume(self, address: str) -> None:
        self.write(react, self.stage.stored(address), Resumed(), "by hand")

    def ring(self, address: str) -> None:
        self.write(log_call, Call(address, inbound=True, ending=self.ending()))


def tasks_of(stage: Stage, address: str) -> list[StoredTask]:
    found: list[StoredTask] = stage.read(tasks.of_enrollment, stage.stored(address).id)
    return found


def waiting(stage: Stage, address: str) -> list[str | None]:
    """Steps of a person that wait for the daemon or for a rep."""
    queued = [each.step_id for each in stage.sends(address) if each.state in OPEN_STATES]
    asked = [each.step_id for each in tasks_of(stage, address) if each.state is TaskState.OPEN]
    return [*queued, *asked]


@pytest.mark.parametrize("seed", range(8))
async def test_whatever_reps_do(stage: Stage, seed: int) -> None:
    """Who runs waits for exactly the step they stand at; who ended for none; no mail goes twice."""
    stage.policy = replace(stage.policy, dispositions=DISPOSITIONS)
    stage.restart()
    stage.apply(a_loaded(GUIDES, steps=list(STEPS)))
    stage.bring_in(*PEOPLE)
    stage.enroll(*PEOPLE)
    dice = Dice(seed)
    rep = Rep(stage, dice)
    for _ in range(ROUNDS):
        await stage.work(timedelta(hours=dice.choice(HOURS)))
        rep.act(dice.choice(PEOPLE))
        for address in PEOPLE:
            enrollment = stage.enrollment(address)
            ended = enrollment.state is EnrollmentState.FINISHED
            assert waiting(stage, address) == ([] if ended else [enrollment.step])
        found = stage.verify()
        assert found.clean, found.details
    for address in PEOPLE:
        sent = [mail["Message-ID"] for mail in stage.mails(address)]
        assert len(set(sent)) == len(sent)
