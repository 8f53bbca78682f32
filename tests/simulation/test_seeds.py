"""Weeks of virtual time: every promise holds, a seed tells everything, found seeds stay found."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from sequencer.bootstrap import open_simulation
from sequencer.simulation.pool import live_all
from sequencer.simulation.simulate import Simulation
from sequencer.simulation.world import Plan

SEEDS = range(14)  # as many as fit into a run of all tests; `make sim` takes more
REGRESSIONS = sorted((Path(__file__).parent / "regressions").glob("*.txt"))
GENTLE = Plan(days=20, gentle=True)


@pytest.fixture(autouse=True)
def no_logs_are_left() -> Iterator[None]:
    """A simulation takes all log lines; whatever follows gets its own again."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="module")
def simulation() -> Simulation:
    return open_simulation()


def test_promises_hold() -> None:
    """Nothing is broken in any world, and the worlds are not empty."""
    seen: Counter[str] = Counter()
    broken = []
    for lived in live_all(open_simulation, SEEDS, days=60, workers=1):
        seen.update(lived.counts)
        broken += [f"seed {lived.seed}: {sentence}" for sentence in lived.broken]
    assert broken == []
    assert seen["killed while handed"]
    assert seen["withheld"]
    assert seen["stopped by meeting"]
    assert seen["restored"]
    assert seen["reconciled"]


@pytest.mark.parametrize("path", REGRESSIONS, ids=lambda path: path.stem)
def test_found_seeds(path: Path, simulation: Simulation) -> None:
    """A seed that has found a bug finds none any more; its file says which bug that was."""
    seed, days, *_why = path.read_text("utf-8").split()
    assert simulation.live(int(seed), float(days)).broken == ()


def test_a_seed_tells_everything(simulation: Simulation) -> None:
    """The same seed gives the same ledger, to the word, and another seed another one."""
    one, other = (simulation.world(3, Plan(60)) for _ in range(2))
    assert one.digest == other.digest != simulation.world(4, Plan(60)).digest


def test_a_restart_changes_nothing(simulation: Simulation) -> None:
    """Where nothing goes wrong, the ledger is the same with a restart of the daemon between."""
    for seed in range(4):
        plain = simulation.world(seed, GENTLE)
        restarted = simulation.world(seed, Plan(20, gentle=True, restart_on=3.5))
        assert len(plain.play.record.dots) > 3
        assert plain.digest == restarted.digest
