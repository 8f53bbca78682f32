"""How many threads may one server hold up? A share of the pool, so that others go on."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from threading import Lock
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Share(Executor):
    """At most so many threads of a pool at a time; what is more waits, first come first served.

    A server that takes connections and never answers holds each thread until its time is over. If
    it could hold all of them, no mailbox of any other server would be read meanwhile.
    """

    def __init__(self, pool: Executor, most: int) -> None:
        self._pool = pool
        self._free = most
        self._waiting: deque[Callable[[], bool]] = deque()
        self._lock = Lock()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """As any executor does it."""
        future: Future[T] = Future()
        work = partial(fn, *args, **kwargs)

        def begin() -> bool:
            if not future.set_running_or_notify_cancel():
                return False
            self._pool.submit(work).add_done_callback(partial(self._done, future))
            return True

        with self._lock:
            self._waiting.append(begin)
        self._go_on()
        return future

    def _go_on(self) -> None:
        """Begin what waits, as far as threads are free."""
        while begin := self._next():
            if not begin():
                self._free_one()

    def _next(self) -> Callable[[], bool] | None:
        with self._lock:
            if not self._free or not self._waiting:
                return None
            self._free -= 1
            return self._waiting.popleft()

    def _free_one(self) -> None:
        with self._lock:
            self._free += 1

    def _done(self, future: Future[T], inner: Future[T]) -> None:
        self._free_one()
        error = inner.exception()
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(inner.result())
        self._go_on()


class Shares:
    """The share of each server in a pool, made when it is asked for.

    Args:
        pool: the threads.
        most: how many of them one server may hold.
    """

    def __init__(self, pool: Executor, most: int = 8) -> None:
        self._pool = pool
        self._most = most
        self._shares: dict[str, Share] = {}

    def of(self, host: str) -> Share:
        """The one of that server."""
        return self._shares.setdefault(host, Share(self._pool, self._most))
