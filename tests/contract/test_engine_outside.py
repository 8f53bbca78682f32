import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from builders import NOON
from stage import Stage

from sequencer.domain.outside import OutsideError
from sequencer.engine.outside import (
    ANEW_S,
    AT_ONCE,
    CLAIM,
    NAME,
    Looked,
    Outside,
    OutsideWatch,
    begin,
)
from sequencer.engine.outside_list import OutsideHealth, outside_states
from sequencer.engine.world import World
from sequencer.store import outside_looks
from sequencer.store.database import Database
from sequencer.store.outside_looks import OutsideLook

ZOE = "zoe@bank.example"
MINUTE = timedelta(minutes=1)


@dataclass
class Oracle:
    """Something outside that answers as the test wants.

    Attributes:
        error: what it raises.
        problem: what is odd about its answer.
        holds: set as long as it does not answer at all.
    """

    error: Exception | None = None
    problem: str = ""
    answers: asyncio.Event = field(default_factory=asyncio.Event)
    marks: list[str] = field(default_factory=list)
    ends: int = 0

    def __post_init__(self) -> None:
        self.answers.set()

    async def look(self, _world: World, mark: str, _now: datetime) -> Looked:
        self.marks.append(mark)
        try:
            await self.answers.wait()
        finally:
            self.ends += 1
        if self.error is not None:
            raise self.error
        return Looked(f"mark {len(self.marks)}", self.problem)


def outside(oracle: Oracle, name: str = "poll x") -> Outside:
    return Outside(name, "meetings at x", 10 * MINUTE, oracle.look)


@pytest.fixture
def oracle() -> Oracle:
    return Oracle()


@pytest.fixture
def stage(database: Database, oracle: Oracle) -> Stage:
    """An engine that asks the oracle, over each kind of database in turn."""
    stage = Stage(database)
    stage.runner.outside = OutsideWatch([outside(oracle)])
    return stage


def kept(stage: Stage, name: str = "poll x") -> OutsideLook:
    found = stage.read(outside_looks.get, name)
    assert isinstance(found, OutsideLook)
    return found


async def test_each_look_goes_on_where_the_last_one_ended(stage: Stage, oracle: Oracle) -> None:
    """Once in its time, with the mark of the last one that was answered."""
    await stage.work()
    await stage.work(9 * MINUTE)
    assert oracle.marks == [""]
    await stage.work(2 * MINUTE)
    oracle.error = OutsideError("no")
    await stage.work(11 * MINUTE)
    oracle.error = None
    await stage.work(20 * MINUTE)
    assert oracle.marks == ["", "mark 1", "mark 2", "mark 2"]
    assert kept(stage).mark == "mark 4"


async def test_what_nobody_could_foresee(stage: Stage, oracle: Oracle) -> None:
    """It is kept as a failure, and tried again."""
    oracle.error = RuntimeError("a mistake of ours")
    await stage.work()
    assert "a mistake of ours" in kept(stage).problem
    assert kept(stage).failing_since == NOON
    oracle.error = None
    await stage.work(11 * MINUTE)
    assert (kept(stage).problem, kept(stage).failing_since) == ("", None)


async def test_what_does_not_answer_delays_nothing(stage: Stage, oracle: Oracle) -> None:
    """Mails leave meanwhile, and others are asked, up to a number at once."""
    oracle.answers.clear()
    others = [Oracle() for _ in range(AT_ONCE)]
    names = [f"poll {number}" for number in range(AT_ONCE)]
    every = [outside(each, name) for each, name in zip(others, names, strict=True)]
    stage.runner.outside = OutsideWatch([outside(oracle, "calendar slow"), *every])
    stage.begin(ZOE)
    await stage.take_leases()
    await stage.runner.tick()
    await stage.runner.until_done("serve ana")
    assert len(stage.mails(ZOE)) == 1
    assert sum(len(each.marks) for each in others) == AT_ONCE - 1
    for name in names:
        await stage.runner.until_done(NAME + name)
    stage.clock.advance(MINUTE)
    await stage.runner.tick()
    for name in names:
        await stage.runner.until_done(NAME + name)
    assert sum(len(each.marks) for each in others) == AT_ONCE
    assert oracle.marks == [""]
    oracle.answers.set()
    await stage.runner.drain()


async def test_a_daemon_that_ends(stage: Stage, oracle: Oracle) -> None:
    """It waits for no answer, and the next one asks at once."""
    oracle.answers.clear()
    await stage.take_leases()
    await stage.runner.tick()
    while not oracle.marks:
        await asyncio.wait([asyncio.ensure_future(asyncio.to_thread(int))])
    stage.world.ending.set()
    await stage.runner.drain()
    assert oracle.ends == 1
    oracle.answers.set()
    watch = stage.runner.outside
    stage.restart()
    stage.runner.outside = OutsideWatch(watch.outside)
    await stage.work()
    assert oracle.marks == ["", ""]


async def test_a_daemon_that_died(stage: Stage, oracle: Oracle) -> None:
    """What it had begun is taken over after some minutes, and not before."""
    stage.write(begin, stage.runner.outside.outside)
    claimed = stage.write(outside_looks.claim, "poll x", NOON, NOON + CLAIM)
    assert claimed is not None
    assert stage.write(outside_looks.claim, "poll x", NOON, NOON + CLAIM) is None
    await stage.work(CLAIM - MINUTE)
    assert oracle.marks == []
    await stage.work(2 * MINUTE)
    assert oracle.marks == [""]


async def test_settings_that_change(stage: Stage, oracle: Oracle) -> None:
    """What is not asked any more is forgotten; who still asks it finds its way back."""
    await stage.work()
    stage.write(begin, [outside(oracle, "poll y")])
    assert stage.read(outside_looks.get, "poll x") is None
    await stage.work(timedelta(seconds=ANEW_S - 60))
    assert len(oracle.marks) == 1
    await stage.work(2 * MINUTE)
    assert len(oracle.marks) == 2


async def test_how_they_stand(stage: Stage, oracle: Oracle) -> None:
    """New, in order, odd or failing, for people."""

    def health() -> OutsideHealth:
        (state,) = stage.read(outside_states)
        return OutsideHealth(state.health)

    stage.write(begin, stage.runner.outside.outside)
    assert health() is OutsideHealth.NEW
    await stage.work()
    assert health() is OutsideHealth.OK
    oracle.problem = "something is odd"
    await stage.work(11 * MINUTE)
    assert health() is OutsideHealth.ODD
    oracle.error = OutsideError("no")
    await stage.work(11 * MINUTE)
    assert health() is OutsideHealth.FAILING
    assert stage.read(outside_states, ("calendar ",)) == []


def test_a_mark_that_is_too_long(stage: Stage) -> None:
    """It is refused: cut, it would be another one."""
    look = OutsideLook("poll x", mark="x" * 3_000)
    with pytest.raises(ValueError, match="too long"):
        stage.write(outside_looks.succeed, look, NOON, NOON)
