"""How often a daemon looks for garbage."""

import gc
from collections.abc import Iterator

import pytest

from sequencer.engine.garbage import collect_rarely


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.set_threshold(*thresholds)
    gc.unfreeze()


def test_what_is_here_is_left_alone() -> None:
    """What was there before is not searched any more, and what comes later is."""
    here = [object()]
    collect_rarely()
    later: list[object] = [here]
    searched = {id(each) for each in gc.get_objects()}
    assert id(later) in searched
    assert id(here) not in searched


def test_rings_are_still_found() -> None:
    """Objects that hold each other are freed, if later."""
    collect_rarely()
    ring: list[object] = []
    ring.append(ring)
    del ring
    assert gc.collect() >= 1


def test_young_ones_are_searched_seldom() -> None:
    """A mail's thousand objects are no reason to search."""
    before = gc.get_threshold()[0]
    collect_rarely()
    assert gc.get_threshold()[0] > 10 * before
