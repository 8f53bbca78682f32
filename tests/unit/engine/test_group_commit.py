"""Work of many in one transaction: each has its own result, and its own failure."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from sequencer.engine.group_commit import MOST, GroupCommit, Piece, run_pieces
from sequencer.store.database import DatabaseError


class Writer:
    """A database that writes down what it was given in which transaction."""

    def __init__(self) -> None:
        self.groups: list[list[object]] = []
        self.fails: BaseException | None = None
        self.begun = asyncio.Event()

    async def transact(self, pieces: Sequence[Piece[Any, Any]]) -> list[Any]:
        """Results of the pieces, once the loop has turned."""
        self.groups.append([piece.item for piece in pieces])
        self.begun.set()
        await asyncio.to_thread(int)  # the loop turns, as it does for a real one
        if self.fails is not None:
            raise self.fails
        nothing: Any = None  # nobody reads the connection, the desk and the instant
        return run_pieces(nothing, nothing, pieces, nothing)


def doubled(_connection: object, _desk: object, items: Sequence[int], _now: object) -> list[int]:
    if 13 in items:
        raise ValueError("thirteen")
    return [2 * item for item in items]


def told(_connection: object, _desk: object, items: Sequence[int], _now: object) -> list[str]:
    return [f"{item} of {len(items)}" for item in items]


async def test_what_waits_shares_a_transaction() -> None:
    """The first goes alone; what comes in meanwhile goes together, and each gets its own result."""
    writer = Writer()
    group = GroupCommit(writer.transact)
    work = [group.run(doubled, number) for number in range(5)]
    assert await asyncio.gather(*work) == [0, 2, 4, 6, 8]
    assert sum(map(len, writer.groups)) == 5
    assert len(writer.groups) < 5


async def test_neighbours_of_one_kind_are_worked_on_together() -> None:
    """Two kinds of work in one transaction are each done once, whatever order they came in."""
    writer = Writer()
    group = GroupCommit(writer.transact)
    first = group.run(told, 0)
    await writer.begun.wait()
    mixed = (group.run(told, 1), group.run(doubled, 2), group.run(told, 3))
    found = list[object](await asyncio.gather(first, *mixed))
    assert found == ["0 of 1", "1 of 2", 4, "3 of 2"]


async def test_one_that_fails_takes_nobody_with_it() -> None:
    """The group is done again one by one, and only whoever is at fault hears of it."""
    writer = Writer()
    group = GroupCommit(writer.transact)
    work = [group.run(doubled, number) for number in (1, 13, 3)]
    one, failed, three = await asyncio.gather(*work, return_exceptions=True)
    assert (one, three) == (2, 6)
    assert isinstance(failed, ValueError)


async def test_a_broken_database_is_everybodys_trouble() -> None:
    """Nobody knows what was committed, so nothing is done again here; later work goes on."""
    writer = Writer()
    group = GroupCommit(writer.transact)
    writer.fails = DatabaseError[0]("COMMIT", {}, Exception("gone"))
    found = await asyncio.gather(
        group.run(doubled, 1), group.run(doubled, 2), return_exceptions=True
    )
    assert all(isinstance(each, DatabaseError) for each in found)
    assert sum(map(len, writer.groups)) == 2
    writer.fails = None
    assert await group.run(doubled, 5) == 10


async def test_a_death_cancels_whoever_waits() -> None:
    """Where the transaction itself is cancelled, nobody waits for ever."""
    writer = Writer()
    group = GroupCommit(writer.transact)
    writer.fails = asyncio.CancelledError()  # a daemon that is killed
    work = group.run(doubled, 1)
    with pytest.raises(asyncio.CancelledError):
        await work


async def test_patient_work_waits_for_more() -> None:
    """Work for which nothing stands still goes with that of others who are expected."""
    writer = Writer()
    group = GroupCommit(writer.transact)
    with group.expecting(), group.expecting():
        patient = group.run(doubled, 1, is_patient=True)
        urgent = [group.run(doubled, 2)]
        await asyncio.to_thread(int)
        assert writer.groups == []
        urgent.append(group.run(doubled, 3))
        assert await asyncio.gather(patient, *urgent) == [2, 4, 6]
    assert writer.groups == [[1, 2, 3]]


async def test_nobody_is_waited_for_in_vain() -> None:
    """Whoever is expected and does not come delays the others for a moment only."""
    writer = Writer()
    group = GroupCommit(writer.transact)
    with group.expecting():
        assert await group.run(doubled, 1, is_patient=True) == 2
        assert await group.run(doubled, 2) == 4


async def test_who_leaves_is_waited_for_no_more() -> None:
    """The last one who is expected lets those go who waited for it, again and again."""
    writer = Writer()
    group = GroupCommit(writer.transact)
    for number in (1, 2):
        with group.expecting():
            work = group.run(doubled, number, is_patient=True)
            await asyncio.to_thread(int)
        assert await work == 2 * number
    assert writer.groups == [[1], [2]]


async def test_so_many_and_no_more() -> None:
    """However many wait, a transaction takes no more than it may hold."""
    writer = Writer()
    group = GroupCommit(writer.transact)
    with group.expecting():
        work = [group.run(doubled, number, is_patient=True) for number in range(100, 101 + MOST)]
        assert await asyncio.gather(*work) == [2 * number for number in range(100, 101 + MOST)]
    assert [len(each) for each in writer.groups] == [MOST, 1]
