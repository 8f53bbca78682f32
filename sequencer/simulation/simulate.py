"""Live through one seed, and say what came of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sequencer.engine.hooks import Source
from sequencer.simulation.bites import count_bites
from sequencer.simulation.journal import Journal
from sequencer.simulation.setting import Earth
from sequencer.simulation.verdict import digest_of_ledger, final_verdict
from sequencer.simulation.world import Plan, SimulatedWorld
from sequencer.store import schema
from sequencer.store.memory import MemoryDatabase

DAYS = 60.0
TWICE = 20  # one seed of so many is lived through twice, and has to tell the same


@dataclass(frozen=True, slots=True)
class Lived:
    """What came of one seed.

    Attributes:
        broken: one sentence for each promise that was not kept.
        counts: how often each rare thing happened.
    """

    seed: int
    sends: int
    enrollments: int
    broken: tuple[str, ...]
    counts: dict[str, int]


@dataclass
class Simulation:
    """Everything that one process needs to run any number of seeds."""

    earth: Earth
    journal: Journal = field(default_factory=Journal)

    def live(
        self, seed: int, days: float = DAYS, tell: Callable[[str], None] | None = None
    ) -> Lived:
        """One world from its first to its last day; `tell` gets its story line by line."""
        world = self.world(seed, Plan(days), tell)
        if seed % TWICE == 0 and world.digest != self.world(seed, Plan(days)).digest:
            world.play.record.violated("I8: the same seed tells two stories")
        return Lived(
            seed=seed,
            sends=sum(dot.accepted for dot in world.play.record.dots),
            enrollments=world.play.tally.counts["enrolled"],
            broken=tuple(world.play.record.broken),
            counts=dict(world.play.tally.counts),
        )

    def world(
        self, seed: int, plan: Plan, tell: Callable[[str], None] | None = None
    ) -> SimulatedWorld:
        """A world that has ended, with its record and its verdict."""
        self.journal.configure()
        self.journal.clear()
        world = SimulatedWorld(self.earth, seed, plan)
        if tell is not None:
            true = world.play.true
            world.play.record.tell = lambda line: tell(f"{true.now:%a %d %b %X}  {line}")
        world.run()
        for error in self.journal.errors:
            world.play.record.violated(f"I6: {error}")
        for why in () if world.play.record.restores else self.journal.holds:
            world.play.record.violated(f"I14: nothing leaves, and nothing was lost: {why}")
        final_verdict(world.play)
        count_bites(world.play)
        world.digest = digest_of_ledger(world.play)
        return world


def new_simulation(sources: Mapping[str, Source]) -> Simulation:
    """A simulation of this process: a migrated template, and the database that worlds live in."""
    template = MemoryDatabase()
    schema.upgrade(template)
    return Simulation(Earth(template, MemoryDatabase(), sources))
