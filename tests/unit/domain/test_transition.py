from enum import StrEnum

import pytest

from sequencer.domain.transition import IllegalTransitionError, after, table


class Door(StrEnum):
    OPEN = "open"
    SHUT = "shut"


class Push(StrEnum):
    PULL = "pull"
    PUSH = "push"


DOORS = table(Door, Push, {Door.OPEN: {Push.PUSH: Door.SHUT}, Door.SHUT: {}})


def test_total() -> None:
    """Every pair has an entry; those that were not named hold None."""
    assert {state: dict(row) for state, row in DOORS.items()} == {
        Door.OPEN: {Push.PULL: None, Push.PUSH: Door.SHUT},
        Door.SHUT: {Push.PULL: None, Push.PUSH: None},
    }


def test_after() -> None:
    """An allowed pair leads on; a refused one raises and names both."""
    assert after(DOORS, Door.OPEN, Push.PUSH) is Door.SHUT
    with pytest.raises(IllegalTransitionError, match="pull is not possible in state shut"):
        after(DOORS, Door.SHUT, Push.PULL)


def test_forgotten_state() -> None:
    """A state without a row is a mistake of whoever wrote the table."""
    with pytest.raises(ValueError, match="no row for shut"):
        table(Door, Push, {Door.OPEN: {}})


def test_read_only() -> None:
    """Nobody changes the rules while the program runs."""
    with pytest.raises(TypeError):
        DOORS[Door.OPEN][Push.PULL] = Door.OPEN  # type: ignore[index]  # the mistake under test
