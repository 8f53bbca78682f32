"""Collect garbage rarely: virtual worlds leave little behind, and to look for it takes long."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count


@contextmanager
def rare_collections(every: int) -> Iterator[Callable[[], None]]:
    """No garbage collection but at each `every`-th call of the function that is given."""
    calls = count(1)

    def collect() -> None:
        if next(calls) % every == 0:
            gc.collect()

    was_enabled = gc.isenabled()
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield collect
    finally:
        if was_enabled:
            gc.enable()
        gc.unfreeze()
