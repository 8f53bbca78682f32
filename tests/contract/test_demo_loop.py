"""How a demonstration moves its clock, with a world outside that does as the test says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from builders import NOON

from sequencer.adapters.clock import SteppedClock
from sequencer.engine.demo import HORIZON, LIMIT_S, Demo, Tempo
from sequencer.engine.demo_frame import Frame
from sequencer.engine.demo_people import seeded_keys
from sequencer.engine.demo_summary import Summary
from sequencer.engine.desk import Desk
from sequencer.engine.policy import Policy
from sequencer.engine.runner import Runner
from sequencer.engine.verify import Recorded
from sequencer.engine.world import World
from sequencer.store.database import Database

HOUR = timedelta(hours=1)
POLICY = Policy(mailboxes={}, keys=(b"key",), public_url="https://go.reps.example")


class Watch(SteppedClock):
    """A virtual clock; each look at the real one finds it so many seconds later."""

    tick_s = 0.0
    real_s = 0.0

    def boot(self) -> float:
        self.real_s += self.tick_s
        return self.real_s


@dataclass
class Outside:
    """Somebody acts at each of these instants; `again` gives the next one for ever."""

    planned: list[datetime] = field(default_factory=list)
    again: Callable[[datetime], datetime] | None = None
    acted: list[datetime] = field(default_factory=list)

    def accepted(self) -> Sequence[Recorded]:
        return []

    def next_reaction_at(self) -> datetime | None:
        return self.planned[0] if self.planned else None

    async def react(self, now: datetime) -> int:
        due = [at for at in self.planned if at <= now]
        self.planned = self.planned[len(due) :]
        self.acted += [now for _ in due]
        if due and self.again:
            self.planned.append(self.again(now))
        return len(due)


@dataclass
class Run:
    """A demonstration that was run: its summary, its frames, and the seconds it paused."""

    summary: Summary
    frames: list[Frame]
    paused_s: float


async def run(
    database: Database, outside: Outside, hours_per_s: float = 0, tick_s: float = 0
) -> Run:
    clock = Watch(NOON)
    clock.tick_s = tick_s
    frames: list[Frame] = []
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        clock.real_s += seconds

    runner = Runner(World(database, clock, Desk(POLICY), {}), "demo")
    demo = Demo(runner, clock, outside, Tempo(hours_per_s, pause, clock.boot))
    return Run(await demo.run(frames.append), frames, sum(pauses))


async def test_nothing_happens(sqlite_database: Database) -> None:
    """Where nothing can happen, the run is over at once, and its summary is empty."""
    done = await run(sqlite_database, Outside())
    assert (done.summary.enrolled, done.summary.sent, done.summary.virtual_days) == (0, 0, 1)
    assert done.summary.clean


async def test_people_act_at_their_moment(sqlite_database: Database) -> None:
    """The clock stops exactly where somebody acts, however long nothing happened before."""
    moments = [NOON + timedelta(seconds=5), NOON + 30 * HOUR]
    outside = Outside(list(moments))
    done = await run(sqlite_database, outside)
    assert outside.acted == moments
    shown = [frame.now for frame in done.frames]
    assert shown == sorted(shown)
    # What was done outside is looked for once more, as the poll would.
    assert shown[-1] == moments[-1] + POLICY.poll


async def test_horizon(sqlite_database: Database) -> None:
    """A world that never comes to rest is left at the horizon."""
    outside = Outside([NOON + HOUR], again=lambda now: now + timedelta(days=2))
    await run(sqlite_database, outside)
    assert NOON + HORIZON - timedelta(days=3) < outside.acted[-1] < NOON + HORIZON


async def test_time_limit(sqlite_database: Database) -> None:
    """On a machine that is far too slow the run ends all the same."""
    outside = Outside([NOON + HOUR], again=lambda now: now + HOUR)
    done = await run(sqlite_database, outside, tick_s=5)
    assert LIMIT_S <= done.summary.seconds < LIMIT_S + 60
    assert outside.acted[-1] < NOON + HORIZON / 2


async def test_tempo(sqlite_database: Database) -> None:
    """Time is seen to pass as fast as was asked; without waiting nothing pauses."""
    for hours_per_s, expected_s in ((2.0, 1.0), (1.0, 2.0), (0.0, 0.0)):
        done = await run(sqlite_database, Outside([NOON + 2 * HOUR]), hours_per_s)
        # The poll after it takes a moment of its own.
        assert expected_s <= done.paused_s <= 1.5 * expected_s
        assert len(done.frames) >= expected_s * 10


def test_seeded_keys() -> None:
    """A seed has keys of its own, all different, and the same ones each time."""
    one, same, other = (seeded_keys(seed) for seed in (1, 1, 2))
    keys = [one() for _ in range(5)]
    assert keys == [same() for _ in range(5)]
    assert len({*keys, other()}) == 6
    assert {len(bytes.fromhex(key)) for key in keys} == {16}
