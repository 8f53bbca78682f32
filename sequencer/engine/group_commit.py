"""Let many small pieces of work share a transaction: each is on disk when it is told so, as before.

What comes in while a transaction is under way waits for the next one. Where several connections
send, the next one is also put off for a moment, so that it is shared by more of them: a transaction
costs more than a piece of work in it. A piece that fails takes nobody with it: the group is rolled
back, and each piece gets a transaction of its own.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any, Generic, TypeVar

from sequencer.engine.desk import Desk
from sequencer.store.database import Connection, DatabaseError

Item = TypeVar("Item")
R = TypeVar("R")

MOST = 64  # pieces of one transaction, so that none holds its locks for long
PUT_OFF_S = 0.005  # at most, for those who are expected; a mail takes many times as long

Together = Callable[[Connection, Desk, Sequence[Item], datetime], Sequence[R]]


@dataclass(slots=True, eq=False)
class Piece(Generic[Item, R]):
    """One item of a kind of work, and who waits for its result.

    Attributes:
        is_patient: nothing stands still until it is done.
    """

    work: Together[Item, R]
    item: Item
    result: "asyncio.Future[R]"
    is_patient: bool = False


Transact = Callable[[Sequence[Piece[Any, Any]]], Awaitable[list[Any]]]


@dataclass
class GroupCommit:
    """Collects pieces of work, and commits them in groups, one group after another.

    Attributes:
        transact: runs pieces in one transaction, in their order; their results.
    """

    transact: Transact
    _expected: int = 0
    _waiting: list[Piece[Any, Any]] = field(default_factory=list)
    _urgent: int = 0  # of them
    _enough: "asyncio.Future[None] | None" = None
    _worker: "asyncio.Task[None] | None" = None

    def run(
        self, work: Together[Item, R], item: Item, *, is_patient: bool = False
    ) -> "asyncio.Future[R]":
        """Result of the work for that item, there once it is committed.

        Patient work waits for a moment, so that it goes with other work that is to come. If the
        result is a DatabaseError, nobody knows whether it was committed.
        """
        result: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append(Piece(work, item, result, is_patient))
        self._urgent += not is_patient
        self._tell_if_enough()
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work(), name="group commit")
        return result

    @contextmanager
    def expecting(self) -> Iterator[None]:
        """Within it one more has work again and again, and is waited for a moment."""
        self._expected += 1
        try:
            yield
        finally:
            self._expected -= 1
            self._tell_if_enough()

    def _is_enough(self) -> bool:
        return self._urgent >= self._expected or len(self._waiting) >= MOST

    def _tell_if_enough(self) -> None:
        if self._enough is not None and self._is_enough():
            _end(self._enough)

    async def _put_off(self) -> None:
        """Return when all who are expected wait, or the moment has passed."""
        loop = asyncio.get_running_loop()
        self._enough = loop.create_future()
        alarm = loop.call_later(PUT_OFF_S, _end, self._enough)
        try:
            await self._enough
        finally:
            alarm.cancel()
            self._enough = None

    def _next(self) -> list[Piece[Any, Any]]:
        """The pieces of the next transaction, which wait no longer."""
        group, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        self._urgent -= sum(not piece.is_patient for piece in group)
        # Neighbours of one kind are done together: outcomes before the mails that follow them.
        group.sort(key=lambda piece: piece.work.__name__, reverse=True)
        return group

    async def _work(self) -> None:
        while self._waiting:
            if not self._is_enough():
                await self._put_off()
            group = self._next()
            try:
                await self._commit(group)
            except BaseException:
                for piece in group + self._waiting:
                    piece.result.cancel()
                self._waiting.clear()
                self._urgent = 0
                raise

    async def _commit(self, group: Sequence[Piece[Any, Any]]) -> None:
        try:
            results = await self.transact(group)
        except DatabaseError as error:
            _fail(group, error)
        except Exception as error:  # noqa: BLE001 - it belongs to whoever waits for the result
            await self._part(group, error)
        else:
            for piece, result in zip(group, results, strict=True):
                if not piece.result.done():
                    piece.result.set_result(result)

    async def _part(self, group: Sequence[Piece[Any, Any]], error: Exception) -> None:
        """Give each piece a transaction of its own; the error of a single one is its own."""
        if len(group) == 1:
            _fail(group, error)
            return
        for piece in group:
            await self._commit([piece])


def _end(waiting: "asyncio.Future[None]") -> None:
    if not waiting.done():
        waiting.set_result(None)


def _fail(group: Sequence[Piece[Any, Any]], error: Exception) -> None:
    for piece in group:
        if not piece.result.done():
            piece.result.set_exception(error)


def run_pieces(
    connection: Connection, desk: Desk, pieces: Sequence[Piece[Any, Any]], now: datetime
) -> list[Any]:
    """Results of the pieces in their order; neighbours of one kind are worked on together."""
    results: list[Any] = []
    for work, neighbours in groupby(pieces, key=lambda piece: piece.work):
        results.extend(work(connection, desk, [piece.item for piece in neighbours], now))
    return results
