"""A daemon that may end at any of its effects, and a world whose transactions are effects."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Concatenate, ParamSpec, TypeVar

from sequencer.engine.world import World
from sequencer.store.database import Connection

P = ParamSpec("P")
T = TypeVar("T")


@dataclass
class Life:
    """Counts what a daemon does. After the step `dies_at` nothing of it happens any more."""

    dies_at: int | None = None
    steps: int = 0

    @property
    def is_over(self) -> bool:
        """Whether the daemon is dead."""
        return self.dies_at is not None and self.steps >= self.dies_at

    async def step(self, where: str = "") -> None:
        """Go one step on; where that is the last, or was, whoever goes on is cancelled."""
        del where
        if not self.is_over:
            self.steps += 1
        if self.is_over:
            raise asyncio.CancelledError


@dataclass(frozen=True)
class MortalWorld(World):
    """A world in which each transaction may be the last thing that a daemon does.

    No threads: what is done is done in the same order each time.
    """

    life: Life = field(default_factory=Life)

    async def write(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """As in any world, with a step before and one after the commit."""
        await self.life.step("write")
        result = self.database.transact(lambda connection: work(connection, *args, **kwargs))
        await self.life.step("written")
        return result

    async def read(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """As in any world."""
        with self.database.read() as connection:
            return work(connection, *args, **kwargs)
