"""Whatever people decide and take back, in any order: no undo leaves a trace but in the ledger."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from foreign_mails import a_mail
from stage import EVERYBODY, Stage, a_loaded

from sequencer.domain.enrollment import EnrollmentState, PauseReason
from sequencer.domain.send import OPEN_STATES
from sequencer.domain.suppression import SuppressionReason
from sequencer.domain.task import TaskKind
from sequencer.domain.triage import Decision
from sequencer.engine.pause import pause, resume
from sequencer.engine.suppress import suppress_address
from sequencer.engine.tasks import TaskError
from sequencer.engine.triage import decide
from sequencer.engine.triage_mail import Ruling
from sequencer.engine.triage_undo import undo
from sequencer.store import kept_mail, suppressions, tasks, triage
from sequencer.store.kept_mail import Wanted
from sequencer.store.stand import stand_of
from sequencer.store.tasks import StoredTask

PEOPLE = ("zoe@bank.example", "ada@bank.example", "max@loan.example")
RECEIPT = 'Content-Type: multipart/report; report-type=disposition-notification; boundary="b"'
AWAY = "Auto-Submitted: auto-replied"
MINUTES = (1, 1, 60, 24 * 60, 3 * 24 * 60)
ROUNDS = 25
RULES = ("finish", "ignore", "pause 14 days")

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
class World:
    """People who write doubtful things, and a rep who decides about them."""

    stage: Stage
    dice: Dice
    mails: int = 0

    async def happen(self) -> None:
        """One thing; what is refused changes nothing."""
        often = (self.doubt, self.doubt, self.decide, self.decide, self.take_back)
        seldom = (self.absence, self.pause, self.resume, self.press_link)
        work = self.dice.choice((*often, *often, *seldom))
        before = look(self.stage)
        try:
            await work(self.dice.choice(PEOPLE))
        except TaskError:
            assert look(self.stage) == before

    async def receive(self, address: str, *headers: str, text: str) -> None:
        sent = self.stage.mails(address)
        if not sent:
            return
        self.mails += 1
        date = f"Date: {self.stage.clock.now():%a, %d %b %Y %H:%M:%S} +0000"
        own = f"Message-ID: <{self.mails}@bank.example>"
        answers = f"In-Reply-To: {sent[0]['Message-ID']}"
        mail = a_mail(f"From: {address}", own, answers, date, *headers, text=text)
        self.stage.inboxes["ana"].deliver(mail)
        await self.stage.work(timedelta(minutes=1))

    async def doubt(self, address: str) -> None:
        await self.receive(address, RECEIPT, text="--b\n\nRead.\n--b--")

    async def absence(self, address: str) -> None:
        await self.receive(address, AWAY, text="I am out of the office.")

    async def decide(self, address: str) -> None:
        """Something; now and then it was a slip, and is taken back at once."""
        waiting = to_do(self.stage, address)
        if not waiting:
            return
        task, before = self.dice.choice(waiting), look(self.stage)
        ruling = Ruling(self.dice.choice(list(Decision)), "Eva")
        self.write(decide, task.id, ruling, None)
        if self.dice.choice((True, True, False)):
            self.write(undo, task.id, "Eva")
            assert look(self.stage) == before, ruling.decision

    async def take_back(self, address: str) -> None:
        """A decision of some time ago, which may well be refused."""
        done = [
            task
            for number in range(1, 200)
            if (task := self.stage.read(tasks.find, number)) is not None
            and self.stage.read(triage.deed_of, number) is not None
        ]
        if done:
            self.write(undo, self.dice.choice(done).id, "Eva")
        del address

    async def pause(self, address: str) -> None:
        self.write(pause, address, "Eva")

    async def resume(self, address: str) -> None:
        self.write(resume, address, "Eva")

    async def press_link(self, address: str) -> None:
        if self.dice.choice((False, False, True)):
            self.write(suppress_address, address, SuppressionReason.OPTED_OUT, "the link")

    def write(self, work: Callable[..., object], *args: object) -> None:
        self.stage.write(work, self.stage.desk, *args, self.stage.clock.now())


def to_do(stage: Stage, address: str) -> list[StoredTask]:
    found: list[StoredTask] = stage.read(tasks.open_matters, stage.person(address), TaskKind.TRIAGE)
    return found


def look(stage: Stage) -> list[Any]:
    """Everything that counts: who stands where, what waits, the list, what mails are."""
    found: list[Any] = []
    for address in PEOPLE:
        stored = stage.stored(address)
        mails = [
            (send.step_id, "waits" if send.state in OPEN_STATES else send.state)
            for send in stage.sends(address)
        ]
        found += [stand_of(stored), stored.enrollment.step, mails]
        for kind in (TaskKind.TRIAGE, TaskKind.REPLY, TaskKind.REFERRAL):
            matters = stage.read(tasks.open_matters, stage.person(address), kind)
            found.append([task.id for task in matters])
    found.append([(each.suppression, each.source) for each in stage.read(suppressions.listed)])
    kept = stage.read(kept_mail.portion, 0, Wanted(), 1_000)
    found.append([(mail.id, mail.kind, mail.judged_at) for mail in kept])
    return found


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_people_decide(stage: Stage, seed: int) -> None:
    """A refusal changes nothing, an undo at once everything, and no promise is ever broken."""
    dice = Dice(seed)
    stop = {"colleague_reply": RULES[seed % len(RULES)]}
    stage.apply(a_loaded(stop_on=stop, audience=EVERYBODY))
    stage.bring_in(*PEOPLE)
    stage.enroll(*PEOPLE)
    await stage.work()
    world = World(stage, dice)
    for _ in range(ROUNDS):
        await stage.work(timedelta(minutes=dice.choice(MINUTES)))
        await world.happen()
        found = stage.verify()
        assert found.clean, [proof.details for proof in found.proofs]
    for address in PEOPLE:
        sent = [mail["Message-ID"] for mail in stage.mails(address)]
        assert len(set(sent)) == len(sent)


@pytest.mark.parametrize("seed", range(6))
async def test_nobody_is_mailed_in_doubt(stage: Stage, seed: int) -> None:
    """Who has an undecided mail is silent, and goes on once all of them are found to be nothing."""
    dice, zoe = Dice(seed), PEOPLE[0]
    stage.begin(*PEOPLE)
    await stage.work()
    world, mails = World(stage, dice), len(stage.mails(zoe))
    await world.doubt(zoe)
    for _ in range(ROUNDS):
        world_is_open = to_do(stage, zoe)
        if len(world_is_open) < 2 or dice.choice((True, False)):
            await world.doubt(zoe)
        else:
            task = dice.choice(world_is_open)
            decision = dice.choice((Decision.NOTHING, Decision.ABSENCE))
            world.write(decide, task.id, Ruling(decision, "Eva"), None)
            if dice.choice((True, False)):
                world.write(undo, task.id, "Eva")
        await stage.work(timedelta(days=1))
        assert len(stage.mails(zoe)) == mails
        assert stage.enrollment(zoe).pause_reason is PauseReason.REVIEW
    for task in to_do(stage, zoe):
        world.write(decide, task.id, Ruling(Decision.NOTHING, "Eva"), None)
    await stage.work(timedelta(days=40))
    assert stage.enrollment(zoe).state is EnrollmentState.ACTIVE
    assert len(stage.mails(zoe)) == mails + 1
    assert stage.verify().clean
