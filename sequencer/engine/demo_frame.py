"""What a demonstration shows at one moment: where everybody stands, and what has just happened."""

from dataclasses import dataclass, replace
from datetime import datetime

from sequencer.domain.enrollment import Enrollment, EnrollmentState, FinishReason
from sequencer.domain.ledger import Entry
from sequencer.domain.prospect import Prospect
from sequencer.engine.desk import Desk
from sequencer.store import enrollments, ledger, prospects
from sequencer.store.database import Connection
from sequencer.store.enrollments import StoredEnrollment

NEWS_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Standing:
    """One person in the cadence.

    Attributes:
        done: how many of the `steps` have ended.
        reason: why it is paused or finished, empty while it runs.
    """

    name: str
    address: str
    company: str
    tz: str
    done: int
    steps: int
    state: EnrollmentState
    reason: str
    resume_at: datetime | None


@dataclass(frozen=True, slots=True)
class News:
    """An entry of the ledger, with the name of the person it is about."""

    entry: Entry
    name: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The state at `now`; `news` is what was written since the frame before.

    Attributes:
        last_id: number of the last entry of the ledger that was read.
    """

    now: datetime
    people: tuple[Standing, ...] = ()
    news: tuple[News, ...] = ()
    last_id: int = 0


def read_frame(connection: Connection, desk: Desk, now: datetime, last: Frame) -> Frame:
    """The frame of this moment, with the news since the last one."""
    written = ledger.latest(connection, NEWS_AT_ONCE, last.last_id)
    if not written:
        return replace(last, now=now, news=())
    people = {each.id: each for each in prospects.everybody(connection)}
    standing = [
        _standing(connection, desk, stored)
        for number in people
        for stored in enrollments.of_prospect(connection, number)[:1]
    ]
    return Frame(
        now=now,
        people=tuple(standing),
        news=tuple(
            News(entry, _name(people[entry.prospect_id].prospect) if entry.prospect_id else "")
            for _number, entry in written
        ),
        last_id=written[-1][0],
    )


def _standing(connection: Connection, desk: Desk, stored: StoredEnrollment) -> Standing:
    case = desk.case(connection, stored)
    person, enrollment = case.person.prospect, stored.enrollment
    steps = [step.id for step in case.version.cadence.steps]
    return Standing(
        name=_name(person),
        address=person.email,
        company=person.company,
        tz=case.timing.tz.key,
        done=_done(enrollment, steps),
        steps=len(steps),
        state=enrollment.state,
        reason=str(enrollment.finish_reason or enrollment.pause_reason or ""),
        resume_at=enrollment.resume_at,
    )


def _done(enrollment: Enrollment, steps: list[str]) -> int:
    """How many steps are behind the person."""
    if enrollment.step is not None:
        return steps.index(enrollment.step)
    return len(steps) if enrollment.finish_reason is FinishReason.COMPLETED else 0


def _name(person: Prospect) -> str:
    return f"{person.first_name} {person.last_name}".strip() or person.email
