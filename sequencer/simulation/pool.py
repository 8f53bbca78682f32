"""Run many seeds: here, or in several processes that share nothing."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context, parent_process
from threading import Thread

from sequencer.simulation.rare_collections import rare_collections
from sequencer.simulation.simulate import Lived, Simulation

SEEDS_OF_A_COLLECTION = 20  # what one world leaves behind is little, and to look for it takes long

Make = Callable[[], Simulation]


def live_all(make: Make, seeds: Sequence[int], days: float, workers: int) -> Iterator[Lived]:
    """Results in the order of their seeds; `make` is called once in each process."""
    if workers == 1:
        simulation = make()
        with rare_collections(SEEDS_OF_A_COLLECTION) as lived:
            for seed in seeds:
                yield simulation.live(seed, days)
                lived()
        return
    # A copy of this process would share its threads and its database, so each begins anew.
    with ProcessPoolExecutor(workers, get_context("spawn"), _begin, (make,)) as pool:
        yield from pool.map(_live_there, seeds, repeat(days))


class _Here:
    """The simulation of a worker process."""

    simulation: Simulation
    collect: Callable[[], None]


def _begin(make: Make) -> None:
    Thread(target=_end_with_parent, daemon=True).start()
    _Here.simulation = make()
    _Here.collect = rare_collections(SEEDS_OF_A_COLLECTION).__enter__()


def _end_with_parent() -> None:
    """End this process when the first one is gone: nobody would ever tell it to.

    It waits for work on a pipe that its siblings hold open too, so the end of that is no sign.
    """
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)  # the main thread may be anywhere, and nothing here is worth an orderly end


def _live_there(seed: int, days: float) -> Lived:
    lived = _Here.simulation.live(seed, days)
    _Here.collect()
    return lived
