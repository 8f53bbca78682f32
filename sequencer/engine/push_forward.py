"""A send at which the engine itself fails: out of the way for a while, and reported.

One bad row must neither end the daemon nor keep other people's mail back.
"""

from datetime import datetime, timedelta

from sequencer.domain.ledger import Entry, Kind
from sequencer.domain.send import SendEvent, SendState
from sequencer.engine.desk import Desk
from sequencer.engine.leases import doubt
from sequencer.engine.reopen import reopen
from sequencer.engine.world import World
from sequencer.store import enrollments, ledger, sends
from sequencer.store.database import Connection

OUT_OF_THE_WAY = timedelta(hours=1)


async def push(world: World, send_id: int, error: Exception) -> None:
    """Push a send forward because of that error."""
    await world.write(push_forward, world.desk, send_id, repr(error), world.clock.now())


def push_forward(connection: Connection, desk: Desk, send_id: int, why: str, now: datetime) -> None:
    """Take a send out of the way for a while; one handed over is in doubt, and settled as such.

    The prospect or the cadence may be what is wrong with it, so neither is read.
    """
    send = sends.get(connection, send_id)
    why = f"internal error: {why}"
    if send.state is SendState.HANDED:
        doubt(connection, desk, [send], why, now)
    elif send.state is SendState.CLAIMED:
        reopen(connection, desk, send, SendEvent.RELEASE, now)
    if sends.postpone(connection, send_id, now + OUT_OF_THE_WAY, why):
        stored = enrollments.get(connection, send.enrollment_id)
        entry = Entry(
            at=now,
            kind=Kind.POSTPONED,
            detail=f"for {OUT_OF_THE_WAY}: {why}",
            prospect_id=stored.prospect_id,
            enrollment_id=stored.id,
            mailbox=send.mailbox,
            step_id=send.step_id,
        )
        ledger.write(connection, entry)
