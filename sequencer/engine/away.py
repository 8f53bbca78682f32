"""A rep is away: all that the mailbox runs is paused until the return, with what its waits lack.

Looked at when a daemon begins and when an absence begins, ends or is changed. What begins to run in
between is kept back by the gate, for which the days of an absence are days off.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from sequencer.domain.absence import back_at
from sequencer.domain.enrollment import EnrollmentState, PauseReason
from sequencer.domain.event import Held
from sequencer.engine.desk import Desk
from sequencer.engine.react import open_due_at, react
from sequencer.engine.world import World
from sequencer.store import absences, enrollments
from sequencer.store.database import Connection, DatabaseError

log = structlog.get_logger()

BATCH = 200  # enrollments read at once; each is paused in a transaction of its own


@dataclass
class AbsenceWatch:
    """What one daemon has carried out of the absences of its mailboxes."""

    carried_out: dict[str, datetime | None] = field(default_factory=dict)

    async def look(self, world: World, mailboxes: Iterable[str]) -> None:
        """Pause or release what a change since the last look concerns."""
        now = world.clock.now()
        for mailbox in mailboxes:
            back = returns_at(world.desk, mailbox, now)
            if mailbox not in self.carried_out or self.carried_out[mailbox] != back:
                await _carry_out(world, mailbox, now)
                self.carried_out[mailbox] = back


def returns_at(desk: Desk, mailbox: str, now: datetime) -> datetime | None:
    """When the rep of a mailbox is back (UTC), None while nobody is away."""
    policy = desk.policy.mailboxes.get(mailbox)
    if policy is None or not policy.away:
        return None
    return back_at(policy.away, desk.policy.zone_of(mailbox), now)


def concerned(
    connection: Connection, desk: Desk, mailbox: str, after: int, now: datetime
) -> list[int]:
    """Enrollments above that number that an absence, or its end, has yet to be told to."""
    back = returns_at(desk, mailbox, now)
    if back is None:
        return absences.to_release(connection, mailbox, now, after, BATCH)
    return absences.to_pause(connection, mailbox, back, after, BATCH)


def follow_absence(connection: Connection, desk: Desk, number: int, now: datetime) -> bool:
    """Whether an enrollment was paused until the return, or its pause ends sooner than planned."""
    stored = enrollments.get(connection, number, lock=True)
    enrollment = stored.enrollment
    waits = enrollment.pause_reason is PauseReason.REP_AWAY
    if enrollment.state is not EnrollmentState.ACTIVE and not waits:
        return False
    mailbox = enrollment.mailbox or ""
    back = returns_at(desk, mailbox, now)
    if back is None:
        if waits:
            enrollments.resume_later(connection, number, now)
        return waits
    event = Held(PauseReason.REP_AWAY, back, open_due_at(connection, number))
    who = desk.policy.mailboxes[mailbox].sender_name
    return react(connection, desk, stored, event, f"{who} is away", now)


async def _carry_out(world: World, mailbox: str, now: datetime) -> None:
    after = 0
    while numbers := await world.read(concerned, world.desk, mailbox, after, now):
        for number in numbers:
            try:
                await world.write(follow_absence, world.desk, number, now)
            except DatabaseError:
                raise  # no row's fault: the next tick tries again
            except Exception:
                log.exception("absence_not_followed", enrollment=number)
        after = numbers[-1]
