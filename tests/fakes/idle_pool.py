"""A program with two workers of the simulation that have nothing to do, until its input ends."""

import sys
from typing import cast

from sequencer.simulation.pool import live_all
from sequencer.simulation.simulate import Lived, Simulation


class Nothing:
    """A simulation in which nothing happens."""

    def live(self, seed: int, _days: float) -> Lived:
        """A world without anybody."""
        return Lived(seed, 0, 0, (), {})


def nothing() -> Simulation:
    """What each worker begins with."""
    return cast("Simulation", Nothing())


if __name__ == "__main__":
    worlds = live_all(nothing, range(100), 1, 2)
    next(worlds)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.read()
