"""Sends with everything that belongs to them, for many at once."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from sequencer.engine.desk import Case, Desk
from sequencer.store import enrollments, sends
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
    cases = desk.cases(connection, enrollments.of_sends(connection, send_ids).values())
    found = sends.get_many(connection, send_ids)
    return {number: (send, cases[send.enrollment_id]) for number, send in found.items()}


def read_again_locked(connection: Connection, known: Mapping[int, Case]) -> dict[int, Pair]:
    """Sends, without their bytes, whose cases were read a moment ago, and their enrollments.

    What is known of the person is that of the moment ago.
    """
    cases = {case.stored.id: case for case in known.values()}
    for number, stored in enrollments.of_sends(connection, known).items():
        if cases[number].stored != stored:
            cases[number] = replace(cases[number], stored=stored)
    found = sends.get_many(connection, known, whole=False)
    return {number: (send, cases[send.enrollment_id]) for number, send in found.items()}
