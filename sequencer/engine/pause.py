"""Pause and resume by hand: silence until a person says otherwise, then the rest of the wait."""

from datetime import datetime

from sequencer.domain.enrollment import PauseReason
from sequencer.domain.event import Held, Resumed
from sequencer.engine.desk import Desk
from sequencer.engine.react import open_due_at, react
from sequencer.engine.why import known
from sequencer.store import enrollments
from sequencer.store.database import Connection


def pause(connection: Connection, desk: Desk, address: str, by: str, now: datetime) -> int:
    """How many enrollments of the prospect were paused; what is left of their wait is kept.

    Raises:
        UnknownProspectError: nobody has that address.
    """
    paused = 0
    for stored in enrollments.live_of(connection, [known(connection, address).id]):
        event = Held(PauseReason.MANUAL, None, open_due_at(connection, stored.id))
        paused += react(connection, desk, stored, event, f"paused by {by}", now)
    return paused


def resume(connection: Connection, desk: Desk, address: str, by: str, now: datetime) -> int:
    """How many paused enrollments of the prospect go on, whatever had paused them.

    Raises:
        UnknownProspectError: nobody has that address.
    """
    live = enrollments.live_of(connection, [known(connection, address).id])
    cause = f"resumed by {by}"
    return sum(react(connection, desk, stored, Resumed(), cause, now) for stored in live)
