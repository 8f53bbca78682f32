"""Recurring jobs."""

import asyncio
from datetime import timedelta

from structlog.testing import capture_logs

from sequencer.adapters.clock import SystemClock
from sequencer.adapters.ticker import Ticker

OFTEN_S = 0.01
NOW = SystemClock().now


class Bell:
    """A job that rings, and tells when it has rung often enough."""

    def __init__(self, times: int = 1) -> None:
        self.rung = 0
        self.enough = asyncio.Event()
        self._times = times

    async def ring(self) -> None:
        self.rung += 1
        if self.rung >= self._times:
            self.enough.set()


async def within(event: asyncio.Event) -> None:
    async with asyncio.timeout(5):
        await event.wait()


async def test_called_again_and_again() -> None:
    """Each job is called at its interval, until the ticker stops."""
    one, other = Bell(3), Bell(2)
    ticker = Ticker({"one": (one.ring, OFTEN_S), "other": (other.ring, OFTEN_S)}, NOW)
    ticker.start()
    await within(one.enough)
    await within(other.enough)
    ticker.stop()
    ticker.stop()


async def test_failing_job() -> None:
    """A job that fails is written down, called again, and keeps nobody else from being called."""
    failing, other = Bell(2), Bell(2)

    async def fail() -> None:
        await failing.ring()
        raise RuntimeError("broken")

    ticker = Ticker({"failing": (fail, OFTEN_S), "other": (other.ring, OFTEN_S)}, NOW)
    with capture_logs() as logs:
        ticker.start()
        await within(failing.enough)
        await within(other.enough)
        ticker.stop()
    failed = [entry for entry in logs if entry["event"] == "job_failed"]
    assert failed
    assert {entry["job"] for entry in failed} == {"failing"}
    assert {entry["log_level"] for entry in failed} == {"error"}


async def test_late_job_runs_once() -> None:
    """A job whose turns have all passed runs now, and once for all of them."""
    bell = Bell()
    ticker = Ticker({"late": (bell.ring, 3600.0)}, NOW)
    ticker.start(SystemClock().now() - timedelta(days=2))
    await within(bell.enough)
    ticker.stop()
    assert bell.rung == 1


async def test_never_twice_at_once() -> None:
    """A job that is still running is not called a second time; others are."""
    slow_started, release = asyncio.Event(), asyncio.Event()
    calls: list[int] = []
    other = Bell(5)

    async def slow() -> None:
        calls.append(1)
        slow_started.set()
        await release.wait()

    ticker = Ticker({"slow": (slow, OFTEN_S), "other": (other.ring, OFTEN_S)}, NOW)
    ticker.start(SystemClock().now())
    await within(slow_started)
    await within(other.enough)
    assert calls == [1]
    ticker.stop()


async def test_a_clock_that_is_set_back() -> None:
    """After a step of the clock each job is called at once, and not before, however long it is."""
    bell, shift = Bell(), [timedelta(0)]
    ticker = Ticker({"late": (bell.ring, 3600.0)}, lambda: NOW() + shift[0])
    with capture_logs() as logs:
        ticker.start()
        ticker._look_at_clock()
        assert logs == []
        shift[0] = -timedelta(hours=1)
        ticker._look_at_clock()
        await within(bell.enough)
        ticker.stop()
    assert [(entry["event"], entry["seconds"]) for entry in logs] == [("clock_was_set", -3600)]
