"""Two daemons that count for the same company do so one after the other, on every database."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from builders import NOON
from stage import Stage, a_loaded, a_policy

from sequencer.domain.pacing import Limits
from sequencer.engine.hand import Handing, hand_over
from sequencer.engine.look import look
from sequencer.store import mailboxes
from sequencer.store.database import Database
from sequencer.store.turn_lock import wait_for_turn

PAIRS = 12
LIMITS = [
    Limits(per_domain=1),
    Limits(per_person_day=1),
]


@pytest.mark.parametrize("limits", LIMITS)
async def test_room_for_one(each_stage: Stage, limits: Limits) -> None:
    """Of two mails of two mailboxes for which there is room for one, one is handed over."""
    stage = Stage(each_stage.database, replace(a_policy(), limits=limits))
    people = [f"p@bank{number}.example" for number in range(PAIRS)]
    stage.bring_in(*people)
    for slug, box in (("one", "ana"), ("two", "luis")):
        stage.apply(a_loaded(cadence=slug, mailboxes=[box]))
        assert all(answer.enrolled for answer in stage.enroll(*people, slug=slug))
    await stage.take_leases()
    claimed = []
    for number in range(1, 2 * PAIRS + 1):
        lease = stage.runner.leases["ana" if number <= PAIRS else "luis"]
        stage.write(mailboxes.mark_synced, lease.mailbox, NOON)
        [mail] = stage.write(look, stage.desk, lease, NOON, [number]).claimed
        claimed.append(Handing(number, lease, mail.case))
    both = [each for pair in zip(claimed[:PAIRS], claimed[PAIRS:], strict=True) for each in pair]
    with ThreadPoolExecutor(4) as pool:
        handed = [
            pool.submit(stage.write, hand_over, stage.desk, [handing], NOON) for handing in both
        ]
        granted = [each.result() == [True] for each in handed]
    pairs = list(zip(granted[::2], granted[1::2], strict=True))
    assert all(sorted(pair) == [False, True] for pair in pairs), pairs


def test_keys_are_held_to_the_end(database: Database) -> None:
    """A key is free again when its transaction has ended, and others are free all the time."""
    with database.write() as connection:
        wait_for_turn(connection, ["one", "two", "one"])
    with database.write() as connection:
        wait_for_turn(connection, ["two"])
        wait_for_turn(connection, [])
