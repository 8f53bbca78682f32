"""Which connection takes the next mail? A kept one, a new one, or none before another is free."""

import asyncio
from collections.abc import Awaitable, Callable

from sequencer.adapters.smtp.account import SmtpLimits
from sequencer.adapters.smtp.connection import Connection
from sequencer.mail.status_code import wants_less
from sequencer.mail.transaction import Outcome


class Pool:
    """The connections of one mailbox.

    Args:
        open_one: makes a connection, or says why there is none.
        boot: seconds on a clock that never goes back.
        limits: how many there may be, and for how long each is kept.
    """

    def __init__(
        self,
        open_one: Callable[[], Awaitable[Connection | Outcome]],
        boot: Callable[[], float],
        limits: SmtpLimits,
    ) -> None:
        self._open_one = open_one
        self._boot = boot
        self._limits = limits
        self._idle: list[Connection] = []
        self._busy = 0
        self._waiting: set[asyncio.Future[None]] = set()
        self._one_only_until = 0.0

    async def begin(self) -> None:
        """Return as soon as one more connection may be used; `end` has to follow."""
        while self._busy >= self._most():
            await self._change()
        self._busy += 1

    def end(self) -> None:
        """Let another one be used."""
        self._busy -= 1
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)

    async def ready(self) -> Connection | Outcome:
        """The connection that was used last if it may serve again, else a new one."""
        while unfit := self._sort_out():
            await asyncio.gather(*(each.quit() for each in unfit))
        if not self._idle:
            return await self._open_one()
        chosen = self._idle.pop()
        chosen.used_at = self._boot()
        return chosen

    def keep(self, connection: Connection) -> None:
        """Keep a connection whose transaction has ended, if it is sound."""
        if connection.line.is_open and not connection.line.unread:
            connection.was_kept = True
            self._idle.append(connection)

    def heed(self, outcome: Outcome) -> None:
        """Leave one connection only for a while if the server asks for less."""
        if wants_less(outcome.code, outcome.enhanced, outcome.text):
            self._one_only_until = self._boot() + self._limits.one_only_s

    async def close(self) -> None:
        """Say QUIT on all connections, once the transactions under way have ended."""
        while self._busy:
            await self._change()
        idle, self._idle = self._idle, []
        await asyncio.gather(*(each.quit() for each in idle))

    def _sort_out(self) -> list[Connection]:
        """Connections that wait for mail and will get none any more."""
        boot = self._boot()
        fit = [each for each in self._idle if each.may_serve(boot)][-self._most() :]
        if len(fit) == len(self._idle):
            return []
        unfit = [each for each in self._idle if each not in fit]
        self._idle = fit
        return unfit

    def _most(self) -> int:
        strict = self._one_only_until and self._boot() < self._one_only_until
        return 1 if strict else self._limits.connections

    async def _change(self) -> None:
        """Return once somebody has given a connection back."""
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(waiting)
        try:
            await waiting
        finally:
            self._waiting.discard(waiting)
