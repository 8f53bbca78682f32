"""Whoever hears from a mailbox that could not be compared waits for a person."""

from collections.abc import Collection
from datetime import datetime

from sequencer.domain.enrollment import PauseReason
from sequencer.domain.event import Held
from sequencer.engine.desk import Desk
from sequencer.engine.react import open_due_at, react
from sequencer.engine.world import World
from sequencer.store import enrollments, forgotten
from sequencer.store.database import Connection

AT_ONCE = 200


async def hold_unread(world: World, skipped: Collection[str]) -> int:
    """How many live enrollments were paused: of skipped mailboxes, and of those that are gone.

    Nobody knows which mail they have had. One that has not begun may hear from such a mailbox if
    its cadence has it.
    """
    after, held = 0, 0
    while portion := await world.read(forgotten.live_enrollments, after, AT_ONCE):
        after = portion[-1][0]
        now = world.clock.now()
        held += await world.write(_hold, world.desk, portion, frozenset(skipped), now)
    return held


def _hold(
    connection: Connection,
    desk: Desk,
    portion: list[tuple[int, str, str | None]],
    skipped: frozenset[str],
    now: datetime,
) -> int:
    held = 0
    for number, version_hash, mailbox in portion:
        if mailbox is None:
            cadence = desk.versions.get(connection, version_hash).cadence
            names = skipped & set(desk.policy.mailboxes_of(cadence))
        else:
            is_read = mailbox in desk.policy.mailboxes and mailbox not in skipped
            names = frozenset() if is_read else frozenset({mailbox})
        if names:
            why = f"after a restore, Sent of {min(names)} was not compared with the ledger"
            stored = enrollments.get(connection, number, lock=True)
            event = Held(PauseReason.REVIEW, due_at=open_due_at(connection, number))
            held += react(connection, desk, stored, event, why, now)
    return held
