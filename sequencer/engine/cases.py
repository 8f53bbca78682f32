"""Sends with everything that belongs to them, for many at once."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from sequencer.engine.desk import Case, Desk
from sequencer.store import pairs
from sequencer.store.database import Connection
from sequencer.store.sends import StoredSend

Pair = tuple[StoredSend, Case]


def read_locked(connection: Connection, desk: Desk, send_id: int) -> Pair:
    """A send and its enrollment as they are once the enrollment is kept from everybody else."""
    return read_all_locked(connection, desk, [send_id])[send_id]


def read_all_locked(
    connection: Connection, desk: Desk, send_ids: Collection[int]
) -> dict[int, Pair]:
    """The same for many sends, by their numbers."""
    found = pairs.locked(connection, send_ids)
    cases = desk.cases(connection, (stored for _, stored in found.values()))
    return {number: (send, cases[stored.id]) for number, (send, stored) in found.items()}


def read_again_locked(connection: Connection, known: Mapping[int, Case]) -> dict[int, Pair]:
    """Sends whose cases were read a moment ago, and their enrollments as they are now.

    What is known of the person is that of the moment ago.
    """
    found = {}
    before = {number: case.stored for number, case in known.items()}
    for number, (send, stored) in pairs.locked_again(connection, before).items():
        case = known[number]
        found[number] = send, case if case.stored is stored else replace(case, stored=stored)
    return found
