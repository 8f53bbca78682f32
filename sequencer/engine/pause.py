"""Pause and resume by hand: silence until a person says otherwise, then the rest of the wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sequencer.domain.enrollment import PauseReason
from sequencer.domain.event import Held
from sequencer.domain.send import SendState
from sequencer.engine.desk import Desk
from sequencer.engine.doubts import count_as_sent
from sequencer.engine.react import open_due_at, react
from sequencer.engine.spread import Going, go_on, plan_resume
from sequencer.engine.why import known
from sequencer.store import enrollments, paused, sends
from sequencer.store.database import Connection, Database

BATCH = 200  # people per transaction


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who is to go on: the people named or, where nobody is, all who fit.

    Attributes:
        slug: a cadence, None for all.
        reason: why they were paused, None for every reason.
    """

    addresses: tuple[str, ...] = ()
    slug: str | None = None
    reason: PauseReason | None = None


@dataclass(frozen=True, slots=True)
class ResumePlan:
    """Who would go on and when; `left_out` are those about whose mail a person has to decide."""

    going: tuple[Going, ...]
    left_out: int = 0


def pause(connection: Connection, desk: Desk, address: str, by: str, now: datetime) -> int:
    """How many enrollments of the prospect were paused; what is left of their wait is kept.

    Raises:
        UnknownProspectError: nobody has that address.
    """
    done = 0
    for stored in enrollments.live_of(connection, [known(connection, address).id]):
        event = Held(PauseReason.MANUAL, None, open_due_at(connection, stored.id))
        done += react(connection, desk, stored, event, f"paused by {by}", now)
    return done


def plan(connection: Connection, desk: Desk, wanted: Wanted, now: datetime) -> ResumePlan:
    """Who would go on if it were confirmed now, and when their mails would leave.

    Raises:
        UnknownProspectError: nobody has one of the addresses.
    """
    if wanted.addresses:
        people = [known(connection, address).id for address in wanted.addresses]
        numbers = paused.of_people(connection, people)
        return ResumePlan(tuple(plan_resume(connection, desk, numbers, now)))
    numbers = paused.find(connection, wanted.slug, wanted.reason)
    # Who names a person has looked at them; who names a cadence has not.
    doubtful = paused.in_doubt(connection)
    sure = [number for number in numbers if number not in doubtful]
    going = plan_resume(connection, desk, sure, now)
    return ResumePlan(tuple(going), len(numbers) - len(sure))


def resume(connection: Connection, desk: Desk, address: str, by: str, now: datetime) -> int:
    """How many paused enrollments of the prospect go on, whatever had paused them.

    A mail that may have been sent is not sent again: who lets the person go on has looked at it,
    and it counts as sent.

    Raises:
        UnknownProspectError: nobody has that address.
    """
    person = known(connection, address)
    for stored in enrollments.live_of(connection, [person.id]):
        for send in sends.of_enrollment(connection, stored.id):
            if send.state is SendState.PARKED:
                count_as_sent(connection, desk, send, by, now)
    numbers = paused.of_people(connection, [person.id])
    return _all_go_on(connection, desk, plan_resume(connection, desk, numbers, now), by, now)


def resume_many(database: Database, desk: Desk, wanted: Wanted, by: str, now: datetime) -> int:
    """How many enrollments go on, planned as they stand now.

    Raises:
        UnknownProspectError: nobody has one of the addresses.
    """
    if wanted.addresses:
        with database.write() as connection:
            return sum(resume(connection, desk, each, by, now) for each in wanted.addresses)
    with database.read() as connection:
        going = plan(connection, desk, wanted, now).going
    done = 0
    for start in range(0, len(going), BATCH):
        with database.write() as connection:
            done += _all_go_on(connection, desk, going[start : start + BATCH], by, now)
    return done


def _all_go_on(
    connection: Connection, desk: Desk, going: Sequence[Going], by: str, now: datetime
) -> int:
    return sum(go_on(connection, desk, each, f"resumed by {by}", now) for each in going)
