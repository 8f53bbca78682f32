"""How many connections the process may have open."""

import resource
from collections.abc import Iterator

import pytest

from sequencer.adapters.open_files import ENOUGH, raise_limit


@pytest.fixture
def hard() -> Iterator[int]:
    """The most that is allowed; what holds is lowered for a moment."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, before[1]))
    yield before[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_limit_is_raised(hard: int) -> None:
    """It is raised to what is allowed, and once is enough."""
    raised = raise_limit()
    assert raised == (ENOUGH if hard == resource.RLIM_INFINITY else min(hard, ENOUGH))
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (raised, hard)
    assert raise_limit() == raised
