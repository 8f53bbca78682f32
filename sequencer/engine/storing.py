"""See that an outcome gets stored: in a transaction of many, and where that fails, by itself."""

import asyncio
from contextlib import suppress
from dataclasses import replace

import structlog

from sequencer.engine.outcome import Result, record
from sequencer.engine.push_forward import push
from sequencer.engine.world import World
from sequencer.store.database import DatabaseError

log = structlog.get_logger()

ANSWER_IS_KEPT_FOR_S = 60.0
RECORD_AGAIN_S = 2.0  # each try waits for the database by itself as well


class Storing:
    """The storing of one outcome, which begins at once.

    It goes on whoever waits for it. What the first transaction stores, as nearly every outcome,
    needs no task.
    """

    def __init__(self, world: World, result: Result) -> None:
        self._world = world
        self._result = result
        self._again: asyncio.Task[bool] | None = None
        self._asked = world.together(record, result, is_patient=True)
        self._asked.add_done_callback(self._heed)

    async def is_done(self) -> bool:
        """Whether it could be stored, once that is known; else the send was pushed forward.

        Raises:
            DatabaseError: the database cannot be used, or nobody knows what it has stored.
        """
        with suppress(Exception):  # the other task has it, and says what came of it
            await self._asked
            return True
        return await self._other()

    def _heed(self, asked: "asyncio.Future[None]") -> None:
        if not asked.cancelled() and asked.exception() is not None:
            self._other()

    def _other(self) -> "asyncio.Task[bool]":
        """The task that takes over after a failure; there is one."""
        if self._again is None:
            work = _stored(self._world, self._result, self._asked)
            self._again = asyncio.create_task(work, name=f"store {self._result.send_id}")
        return self._again


async def _stored(world: World, result: Result, asked: "asyncio.Future[None]") -> bool:
    """Whether the outcome could be stored. Raises DatabaseError."""
    try:
        await _record(world, result, asked)
    except DatabaseError:
        raise
    except Exception as error:
        log.exception("send_pushed_forward", send=result.send_id)
        await push(world, result.send_id, error)
        return False
    return True


async def _record(world: World, result: Result, asked: "asyncio.Future[None]") -> None:
    """Store the outcome; an answer in hand outlasts a database that is busy for a while."""
    began_s = None
    while True:
        try:
            await asked
        except DatabaseError:
            began_s = world.clock.boot() if began_s is None else began_s
            if world.ending.is_set() or world.clock.boot() - began_s >= ANSWER_IS_KEPT_FOR_S:
                raise  # a send that was handed over is in doubt from here on
            log.warning("outcome_not_stored_yet", mailbox=result.lease.mailbox, send=result.send_id)
            await world.clock.sleep(RECORD_AGAIN_S)
            result = replace(result, again=True)
            asked = world.together(record, result, is_patient=True)
        else:
            return
