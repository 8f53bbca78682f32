import asyncio
from collections.abc import Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sequencer.simulation.clock import MachineClock, TrueTime
from sequencer.simulation.loop import NothingLeftError, VirtualLoop

BEGIN = datetime(2026, 3, 9, tzinfo=UTC)


@pytest.fixture
def loop() -> Iterator[VirtualLoop]:
    loop = VirtualLoop()
    yield loop
    loop.close()


def outcome(loop: VirtualLoop, work: Coroutine[Any, Any, Any]) -> Any:
    return loop.run_until_complete(work)


def test_a_year_passes_at_once(loop: VirtualLoop) -> None:
    """Sleeping moves the time and takes none, exactly to the second."""
    outcome(loop, asyncio.sleep(31_536_000))
    assert loop.seconds == 31_536_000


def test_the_earlier_timer_is_first(loop: VirtualLoop) -> None:
    """Who sleeps shorter wakes up first, whoever began first."""
    woken: list[str] = []

    async def sleeper(name: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        woken.append(name)

    async def both() -> None:
        await asyncio.gather(sleeper("late", 16_718_812.7), sleeper("early", 16_718_812.6))

    outcome(loop, both())
    assert woken == ["early", "late"]


def test_time_outs_work(loop: VirtualLoop) -> None:
    """What takes too long is cancelled at the very moment."""

    async def wait() -> None:
        async with asyncio.timeout(600):
            await asyncio.sleep(601)

    with pytest.raises(TimeoutError):
        outcome(loop, wait())
    assert loop.seconds == 600


def test_threads_are_done_without(loop: VirtualLoop) -> None:
    """What is given to a thread is done at once, and its error comes back."""
    assert outcome(loop, asyncio.to_thread(max, 1, 2)) == 2
    with pytest.raises(ValueError, match="no number"):
        outcome(loop, asyncio.to_thread(_fail))


def _fail() -> None:
    raise ValueError("no number")


def test_a_deadlock_is_an_error(loop: VirtualLoop) -> None:
    """Where everybody waits for somebody, nothing hangs."""
    pending = outcome(loop, _nobody())
    with pytest.raises(NothingLeftError):
        loop.run_until_complete(pending)


async def _nobody() -> asyncio.Future[None]:
    return asyncio.get_running_loop().create_future()


def test_a_wall_clock_may_be_wrong(loop: VirtualLoop) -> None:
    """A step moves the wall clock alone, and what it showed is known afterwards."""
    clock = MachineClock(TrueTime(loop, BEGIN))
    before = clock.now()
    outcome(loop, clock.sleep(60))
    clock.step(-60)
    assert (clock.now(), clock.boot(), clock.stepped_s) == (before, 60, 60)
    assert clock.read_at[before] == (0, 60)
    assert clock.true.now == BEGIN + timedelta(minutes=1)
