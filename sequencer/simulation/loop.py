"""An event loop whose time is virtual: it leaps to the next timer as soon as nobody is ready.

So `asyncio.sleep` and `asyncio.timeout` work as always and cost nothing, and what runs when is the
same each time. There are no sockets, no signals and no threads: what is given to a thread is done
at once.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any, TypeVar, TypeVarTuple, Unpack

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class NothingLeftError(RuntimeError):
    """Everybody waits for somebody, and no timer will end it."""


class _Leap:
    """Stands where the loop expects its selector: instead of waiting, time moves on."""

    def __init__(self, loop: "VirtualLoop") -> None:
        self._loop = loop

    def select(self, timeout: float | None) -> list[Any]:
        """No event ever; `timeout` is None where no timer is set."""
        if timeout is None:
            raise NothingLeftError("nothing is due any more")
        self._loop.seconds += timeout
        return []


class VirtualLoop(asyncio.BaseEventLoop):
    """The loop; `time` is in seconds since the world began."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds = 0.0
        self._selector = _Leap(self)
        # A machine's is finer than what a float of so many seconds can tell apart.
        self._clock_resolution = 1e-6

    def time(self) -> float:
        """Seconds since the world began."""
        return self.seconds

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Ts]], T], *args: *Ts
    ) -> asyncio.Future[T]:
        """The result of the call, which is made by the loop itself."""
        del executor

        async def call() -> T:
            return func(*args)

        return self.create_task(call())

    def _process_events(self, events: list[Any]) -> None:
        """Nothing: no event ever comes."""

    def _write_to_self(self) -> None:
        """Nothing: there is no other thread to be woken from."""
