"""Let a cadence run dry: nobody new comes in, those under way run to the end, then it is archived.

Who was enrolled and has not begun waits: it may be taken back. When nobody is under way any more
they end, so that other cadences may have them.
"""

from dataclasses import dataclass
from datetime import datetime

from sequencer.domain.enrollment import EnrollmentState, FinishReason
from sequencer.domain.event import Stopped
from sequencer.engine.desk import Desk
from sequencer.engine.enroll import UnknownCadenceError
from sequencer.engine.react import react
from sequencer.store import cadences, draining, enrollments, wake
from sequencer.store.database import Connection

AT_ONCE = 100  # people who waited and end, in one transaction


@dataclass(frozen=True, slots=True)
class Drained:
    """What a command did to a cadence.

    Attributes:
        changed: whether it was otherwise before.
        under_way: people who run to the end.
        waiting: people who wait, and do not begin while it drains.
    """

    slug: str
    changed: bool
    under_way: int
    waiting: int


def begin_draining(connection: Connection, slug: str, by: str, now: datetime) -> Drained:
    """Take nobody in any more; those who are under way run to the end.

    Raises:
        UnknownCadenceError: the cadence has not been applied.
    """
    _lock(connection, slug)
    changed = draining.begin(connection, slug, by, now)
    wake.call(connection, [wake.CHORES])  # where nobody is left, it is archived at once
    return Drained(slug, changed, *draining.people_in(connection, slug))


def stop_draining(connection: Connection, slug: str) -> Drained:
    """Take people in again, and let those who wait begin.

    Raises:
        UnknownCadenceError: the cadence has not been applied.
    """
    _lock(connection, slug)
    changed = draining.stop(connection, slug)
    if changed:
        wake.call(connection, [wake.CHORES])
    return Drained(slug, changed, *draining.people_in(connection, slug))


def archive_dry(connection: Connection, desk: Desk, slug: str, now: datetime) -> bool:
    """Whether a cadence that had run dry was archived; those who waited in it end before."""
    _lock(connection, slug)
    if slug not in draining.run_dry(connection):
        return False  # taken back, or reopened for somebody, since it was looked at
    waiting = draining.waiting_in(connection, slug, AT_ONCE)
    for number in waiting:
        stored = enrollments.get(connection, number, lock=True)
        if stored.enrollment.state is EnrollmentState.PENDING:
            why = f"{slug} takes nobody in any more"
            react(connection, desk, stored, Stopped(FinishReason.REMOVED), why, now)
    return len(waiting) < AT_ONCE and draining.archive(connection, slug, now)


def _lock(connection: Connection, slug: str) -> None:
    """Keep whoever enrols in it or applies it waiting until the end."""
    if cadences.current_hash(connection, slug, lock=True) is None:
        raise UnknownCadenceError(slug)
