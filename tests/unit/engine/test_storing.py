"""An outcome is stored whoever waits for that, and again where the database failed."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from sequencer.engine.leases import Lease
from sequencer.engine.outcome import Result
from sequencer.engine.storing import RECORD_AGAIN_S, Storing
from sequencer.store.database import DatabaseError

BUSY = DatabaseError[0]("COMMIT", {}, Exception("database is locked"))


@dataclass
class Busy:
    """A world whose database fails so many times, and its clock."""

    failures: int
    boot_s: float = 0.0
    ending: asyncio.Event = field(default_factory=asyncio.Event)
    again: list[bool] = field(default_factory=list)

    @property
    def clock(self) -> "Busy":
        """Itself."""
        return self

    def boot(self) -> float:
        """Seconds that were slept."""
        return self.boot_s

    async def sleep(self, seconds: float) -> None:
        """Let the loop turn, and no more."""
        self.boot_s += seconds
        await asyncio.to_thread(int)

    def together(
        self, _work: object, result: Result, *, is_patient: bool
    ) -> "asyncio.Future[None]":
        """Fail now, or succeed once the loop turns."""
        assert is_patient
        self.again.append(result.again)
        loop = asyncio.get_running_loop()
        asked: asyncio.Future[None] = loop.create_future()
        fails = len(self.again) <= self.failures
        if fails:
            asked.set_exception(BUSY)
        else:
            loop.call_soon(asked.set_result, None)
        return asked


def storing(world: Busy) -> Storing:
    nothing: Any = None
    lease = Lease("ana", 1)
    return Storing(cast("Any", world), Result(7, lease, nothing, nothing, nothing))


async def test_at_once() -> None:
    """What the first transaction stores takes no second one, and no task."""
    world = Busy(0)
    under_way = storing(world)
    assert await under_way.is_done()
    assert await under_way.is_done()
    assert world.again == [False]
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_again() -> None:
    """After a failure it is asked whether that commit went through, until one is known to."""
    world = Busy(3)
    under_way = storing(world)
    assert await under_way.is_done()
    assert await under_way.is_done()
    assert world.again == [False, True, True, True]
    assert world.boot_s == 3 * RECORD_AGAIN_S


async def test_while_nobody_waits() -> None:
    """It is tried again although whoever sent the mail does something else."""
    world = Busy(2)
    under_way = storing(world)
    while len(world.again) < 3:
        await asyncio.to_thread(int)
    assert await under_way.is_done()
    assert world.again == [False, True, True]


async def test_at_the_end() -> None:
    """A daemon that ends does not wait for the database, and hears of it each time it asks."""
    world = Busy(99)
    world.ending.set()
    under_way = storing(world)
    for _ in range(2):
        with pytest.raises(DatabaseError):
            await under_way.is_done()
    assert world.again == [False]


async def test_a_failure_that_is_there_already() -> None:
    """Whoever asks before the failure was noticed is not told that it worked."""
    world = Busy(1)
    under_way = storing(world)
    assert await under_way.is_done()  # the loop has not turned yet
    assert world.again == [False, True]
