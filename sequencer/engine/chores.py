"""What belongs to no mailbox: pauses that end, webhooks, tasks, what follows meetings, begins.

Every daemon may do all of it at any time. So that twenty daemons do not ask the same questions each
second and wait for each other's rows, the eldest does it, and the others look now and then.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from sequencer.engine.activate import activate_waiting, waiting
from sequencer.engine.desk import Desk
from sequencer.engine.draining import archive_dry
from sequencer.engine.follow_up_deed import do_follow_up
from sequencer.engine.handover_watch import attend
from sequencer.engine.hooks import Source, apply_delivery, fail_delivery
from sequencer.engine.leases import LEASE
from sequencer.engine.meeting_asks import AFTER, TOO_LATE, ask_how, to_ask_how
from sequencer.engine.notices import drop_stray
from sequencer.engine.push_forward import OUT_OF_THE_WAY, push_forward
from sequencer.engine.rehome import find_home, homeless
from sequencer.engine.spread import Going, go_on, plan_resume
from sequencer.engine.task_watch import look_at, skip_overdue
from sequencer.engine.task_watch import push_forward as push_task_forward
from sequencer.engine.world import World
from sequencer.store import (
    at_once,
    census,
    daemons,
    draining,
    enrollments,
    follow_ups,
    handovers,
    hooks,
    meetings,
    notices,
    pending,
    tasks,
)
from sequencer.store.database import Connection, DatabaseError, database_now

log = structlog.get_logger()

UNASKED_S = 30.0  # after so long any daemon looks: the eldest may be alive, and yet of no use


@dataclass(frozen=True, slots=True)
class Chores:
    """Numbers, or names, of what is to be done, by its kind."""

    to_resume: Sequence[int] = ()
    deliveries: Sequence[int] = ()
    to_look_at: Sequence[int] = ()
    to_skip: Sequence[int] = ()
    homeless: Sequence[int] = ()
    waiting: Sequence[int] = ()
    follow_ups: Sequence[int] = ()
    handovers: Sequence[int] = ()
    over: Sequence[int] = ()
    stray: Sequence[int] = ()
    dry: Sequence[str] = ()

    def __bool__(self) -> bool:
        kinds = (self.to_resume, self.deliveries, self.to_look_at, self.to_skip)
        of_meetings = (self.follow_ups, self.handovers, self.over, self.stray)
        return any((*kinds, self.homeless, self.waiting, *of_meetings, self.dry))


def is_eldest(connection: Connection, holder: str) -> bool:
    """Whether no living daemon is older; one that nobody knows of has to be taken for it."""
    living = daemons.living(connection, database_now(connection) - LEASE)
    return not living or living[0].name == holder


def chores(connection: Connection, desk: Desk, now: datetime) -> Chores:
    """What there is to do now."""
    known = desk.policy.mailboxes
    if not at_once.is_anything_due(connection, known, now, now - AFTER, now - TOO_LATE):
        return Chores()  # as in nearly every tick
    return Chores(
        homeless=homeless(connection, desk, now),
        waiting=waiting(connection, desk, now),
        stray=notices.stray(connection, known),
        dry=draining.run_dry(connection),
        to_resume=enrollments.to_resume(connection, now),
        deliveries=hooks.waiting(connection),
        to_look_at=tasks.to_look_at(connection, now),
        to_skip=tasks.to_skip(connection, now),
        follow_ups=follow_ups.due(connection, now),
        handovers=handovers.due(connection, now),
        over=to_ask_how(connection, now),
    )


async def do_chores(world: World, sources: Mapping[str, Source], found: Chores) -> None:
    """Do all of it, each in a transaction of its own."""
    await _resume(world, found.to_resume)
    await _work_through(world, sources, found.deliveries)
    await _each_task(world, look_at, found.to_look_at)
    await _each_task(world, skip_overdue, found.to_skip)
    await _find_homes(world, found.homeless)
    await _let_begin(world, found.waiting)
    await _follow_up(world, found.follow_ups)
    await _attend(world, found.handovers)
    await _ask_how(world, found.over)
    for number in found.stray:
        await world.write(drop_stray, number, world.clock.now())
    await _archive(world, found.dry)


async def _resume(world: World, numbers: Sequence[int]) -> None:
    now = world.clock.now()
    plan = await world.read(plan_resume, world.desk, numbers, now) if numbers else ()
    due = {going.enrollment_id: going for going in plan}

    async def work(number: int) -> None:
        await world.write(resume, world.desk, due[number], now)

    async def push(number: int, _error: Exception) -> None:
        await world.write(enrollments.resume_later, number, now + OUT_OF_THE_WAY)

    await _each("resume_pushed_forward", "enrollment", due, work, push)


async def _each_task(
    world: World, look: Callable[[Connection, Desk, int, datetime], object], numbers: Sequence[int]
) -> None:
    now = world.clock.now()

    async def work(number: int) -> None:
        await world.write(look, world.desk, number, now)

    async def push(number: int, _error: Exception) -> None:
        await world.write(push_task_forward, number, now + OUT_OF_THE_WAY)

    await _each("task_pushed_forward", "task", numbers, work, push)


async def _let_begin(world: World, numbers: Sequence[int]) -> None:
    """Activate those who wait, as far as there is room; the gate is asked for each."""
    now = world.clock.now()
    # Counted once, for every count looks at all that are enrolled.
    carried = await world.read(census.live_by_mailbox) if numbers else {}

    async def work(number: int) -> None:
        await world.write(activate_waiting, world.desk, number, now, carried)

    async def push(number: int, _error: Exception) -> None:
        await world.write(pending.start_later, number, now + OUT_OF_THE_WAY)

    await _each("activation_pushed_forward", "enrollment", numbers, work, push)


async def _follow_up(world: World, numbers: Sequence[int]) -> None:
    """Do what follows from meetings."""
    now = world.clock.now()

    async def work(number: int) -> None:
        await world.write(do_follow_up, world.desk, number, now)

    async def push(number: int, error: Exception) -> None:
        later, why = now + OUT_OF_THE_WAY, f"internal error: {error!r}"
        await world.write(follow_ups.postpone, number, later, why)

    await _each("follow_up_pushed_forward", "follow_up", numbers, work, push)


async def _attend(world: World, numbers: Sequence[int]) -> None:
    """Ask the next rep where nobody answers, and remind whoever has a meeting."""
    now = world.clock.now()

    async def work(number: int) -> None:
        await world.write(attend, world.desk, number, now)

    async def push(number: int, _error: Exception) -> None:
        await world.write(handovers.postpone, number, now + OUT_OF_THE_WAY)

    await _each("handover_pushed_forward", "handover", numbers, work, push)


async def _ask_how(world: World, numbers: Sequence[int]) -> None:
    """Ask how meetings went that are over."""
    now = world.clock.now()

    async def work(number: int) -> None:
        await world.write(ask_how, world.desk, number, now)

    async def push(number: int, _error: Exception) -> None:
        await world.write(meetings.asked, number, now)

    await _each("question_left_out", "meeting", numbers, work, push)


async def _archive(world: World, slugs: Sequence[str]) -> None:
    """Archive cadences that have run dry; where that fails, the next tick tries again."""
    for slug in slugs:
        try:
            await world.write(archive_dry, world.desk, slug, world.clock.now())
        except DatabaseError:
            raise
        except Exception:
            log.exception("not_archived", cadence=slug)


async def _find_homes(world: World, numbers: Sequence[int]) -> None:
    """Care for mails that are due in a mailbox that is gone."""
    now = world.clock.now()

    async def work(number: int) -> None:
        await world.write(find_home, world.desk, number, now)

    async def push(number: int, error: Exception) -> None:
        await world.write(push_forward, world.desk, number, repr(error), now)

    await _each("send_pushed_forward", "send", numbers, work, push)


async def _work_through(
    world: World, sources: Mapping[str, Source], numbers: Sequence[int]
) -> None:
    now = world.clock.now()

    async def work(number: int) -> None:
        await world.write(apply_delivery, world.desk, sources, number, now)

    async def push(number: int, error: Exception) -> None:
        why = f"internal error: {error!r}"
        await world.write(fail_delivery, world.desk, number, why, now)

    await _each("hook_failed", "delivery", numbers, work, push)


async def _each(
    event: str,
    kind: str,
    numbers: Iterable[int],
    work: Callable[[int], Awaitable[None]],
    push: Callable[[int, Exception], Awaitable[None]],
) -> None:
    """Work on one after another; one that nobody could foresee is put out of the way.

    It is logged as `event`, with its number under the name of its kind.
    """
    for number in numbers:
        try:
            await work(number)
        except DatabaseError:
            raise  # no row's fault: the next tick tries again
        except Exception as error:
            log.exception(event, **{kind: number})
            await push(number, error)


def resume(connection: Connection, desk: Desk, going: Going, now: datetime) -> bool:
    """Whether a pause whose date has come was ended; somebody may have moved the date since."""
    stored = enrollments.get(connection, going.enrollment_id, lock=True)
    resume_at = stored.enrollment.resume_at
    if resume_at is None or resume_at > now:
        return False
    return go_on(connection, desk, going, "the date has come", now)
