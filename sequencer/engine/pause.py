"""Pause and resume by hand: silence until a person says otherwise, then the rest of the wait."""

from datetime import datetime

from sequencer.domain.enrollment import PauseReason
from sequencer.domain.event import Held, Resumed
from sequencer.domain.send import SendState
from sequencer.engine.desk import Desk
from sequencer.engine.outcome import accept
from sequencer.engine.react import open_due_at, react
from sequencer.engine.why import known
from sequencer.store import enrollments, sends
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

    A mail that may have been sent is not sent again: who lets the person go on has looked at it,
    and it counts as sent.

    Raises:
        UnknownProspectError: nobody has that address.
    """
    person, cause = known(connection, address), f"resumed by {by}"
    for stored in enrollments.live_of(connection, [person.id]):
        for send in sends.of_enrollment(connection, stored.id):
            if send.state is SendState.PARKED:
                accept(connection, desk, send, f"counted as sent by {by}", now)
    live = enrollments.live_of(connection, [person.id])
    return sum(react(connection, desk, stored, Resumed(), cause, now) for stored in live)
