"""What we ask outside by ourselves, each in its own time: calendars of reps, booking tools.

One daemon asks at a time: it claims the look in the database first. Whatever does not answer is
left alone for longer and longer, and keeps nothing else waiting.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from sequencer.domain.outside import OutsideError
from sequencer.engine.world import World
from sequencer.store import busy, outside_looks
from sequencer.store.database import Connection, DatabaseError
from sequencer.store.outside_looks import OutsideLook

log = structlog.get_logger()

LOOK_EVERY_S: Final = 5.0  # between two questions of a daemon to the database what is due
AT_ONCE: Final = 8  # of one daemon: a server that is slow takes its turn from few others
CLAIM: Final = timedelta(minutes=10)  # longer than any look: then its daemon is taken for dead
LONGEST_PAUSE: Final = timedelta(hours=1)  # between two tries where it goes on failing
LONG: Final = timedelta(days=1)  # after which a failing look wants a person
ANEW_S: Final = 600.0
NAME: Final = "look "  # of the tasks, with the name of the look after it


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of a look.

    Attributes:
        mark: how far it was read.
        problem: what was odd, for people; empty where nothing was.
    """

    mark: str
    problem: str = ""


Look = Callable[[World, str, datetime], Awaitable[Looked]]


@dataclass(frozen=True, slots=True)
class Outside:
    """Something outside that is asked now and then.

    Attributes:
        name: under which its looks are kept.
        title: what people call it.
        look: asks it, from a mark on, and does what follows; OutsideError where it does not answer.
        has_times: whether it tells when somebody has no time.
    """

    name: str
    title: str
    every: timedelta
    look: Look
    has_times: bool = False


@dataclass
class OutsideWatch:
    """What a daemon asks, and when it next sees what is due, in seconds of the boot clock."""

    outside: Sequence[Outside] = ()
    next_s: float = 0.0
    begun_s: float | None = None

    async def look(
        self,
        world: World,
        under_way: Collection[str],
        start: Callable[[str, Coroutine[None, None, None]], None],
    ) -> None:
        """Start a task for each look that is due, as far as there is room for more."""
        now_s = world.clock.boot()
        known = {each.name: each for each in self.outside}
        if now_s < self.next_s or world.ending.is_set():
            return
        self.next_s = now_s + LOOK_EVERY_S
        await self._begin(world, now_s)
        if not known:
            return
        room = AT_ONCE - sum(name.startswith(NAME) for name in under_way)
        due = await world.read(outside_looks.due, list(known), world.clock.now())
        for name in [each for each in due if NAME + each not in under_way][: max(room, 0)]:
            start(NAME + name, make_look(world, known[name]))

    async def _begin(self, world: World, now_s: float) -> None:
        """Let the looks be known; again now and then, for others may have other settings."""
        if self.begun_s is None:
            await world.write(begin, self.outside)
        elif self.outside and now_s - self.begun_s >= ANEW_S:
            names = [each.name for each in self.outside]
            await world.write(outside_looks.add_missing, names)
        else:
            return
        self.begun_s = now_s


def begin(connection: Connection, outside: Sequence[Outside]) -> None:
    """Let what is in the settings be known, and forget what is not any more, with its times."""
    names = [each.name for each in outside]
    outside_looks.keep_only(connection, names)
    outside_looks.add_missing(connection, names)
    busy.keep_only(connection, [each.name for each in outside if each.has_times])


async def make_look(world: World, outside: Outside) -> None:
    """Make one look, if no other daemon makes it; how it ended is kept."""
    now = world.clock.now()
    claimed = await world.write(outside_looks.claim, outside.name, now, now + CLAIM)
    if claimed is None:
        return
    try:
        looked = await _unless_ending(world, outside.look(world, claimed.mark, now))
    except DatabaseError:
        raise
    except OutsideError as error:
        await _fail(world, outside, claimed, str(error), error.wait)
    except Exception as error:
        log.exception("look_failed", look=outside.name)
        await _fail(world, outside, claimed, f"internal error: {error!r}", None)
    else:
        await _keep(world, outside, claimed, looked)


async def _keep(
    world: World, outside: Outside, claimed: OutsideLook, looked: Looked | None
) -> None:
    now = world.clock.now()
    if looked is None:
        await world.write(outside_looks.give_back, claimed.name, now)
        return
    done = replace(claimed, mark=looked.mark, problem=looked.problem)
    await world.write(outside_looks.succeed, done, now, now + outside.every)
    if claimed.failing_since is not None:
        log.info("look_answers_again", look=outside.name)
    if looked.problem and looked.problem != claimed.problem:
        log.warning("look_is_odd", look=outside.name, problem=looked.problem)


async def _unless_ending(world: World, look: Awaitable[Looked]) -> Looked | None:
    """What came of the look; None where the daemon ends before it does."""
    asking = asyncio.ensure_future(look)
    ending = asyncio.create_task(world.ending.wait())
    try:
        await asyncio.wait({asking, ending}, return_when=asyncio.FIRST_COMPLETED)
        if not asking.done():
            return None
        return asking.result()
    finally:
        ending.cancel()
        if not asking.done():
            asking.cancel()
            await asyncio.wait({asking})


async def _fail(
    world: World, outside: Outside, claimed: OutsideLook, why: str, wait: timedelta | None
) -> None:
    now = world.clock.now()
    since = claimed.failing_since or now
    pause = min(max(outside.every, now - since), max(LONGEST_PAUSE, outside.every))
    again_at = now + max(pause, wait or timedelta(0))
    await world.write(outside_looks.fail, claimed, now, again_at, why)
    tell = log.error if now - since >= LONG else log.warning
    tell("look_not_answered", look=outside.name, problem=why)
