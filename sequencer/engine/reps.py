"""Who takes meetings, how much they have to do, and who would get a meeting with somebody."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sequencer.domain.absence import back_at
from sequencer.domain.assignment import Asked, Decision, decide
from sequencer.domain.availability import WEEK, Load, slot_of
from sequencer.domain.rep import Rep
from sequencer.domain.territory import in_words
from sequencer.domain.visibility import OURSELVES, whose
from sequencer.engine.assignment import colleague_owners, hosts_of, loads_of
from sequencer.engine.desk import Desk
from sequencer.engine.policy import Policy
from sequencer.engine.why import known
from sequencer.store import enrollments, outside_looks
from sequencer.store.database import Connection

_MOMENT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class CalendarState:
    """How a rep's calendar is doing.

    Attributes:
        name: of the calendar: `rep ana`, or `mailbox ana`.
        read_at: when it was last read; None where it never was.
        failing_since: since when it cannot be read; None where it can.
        problem: why, or what is odd about it.
    """

    name: str
    read_at: datetime | None
    failing_since: datetime | None
    problem: str


@dataclass(frozen=True, slots=True)
class RepLine:
    """A rep with what they take and what they have.

    Attributes:
        territory: in words, empty for everywhere.
        handed: meetings handed over to them in the last 28 days that have not fallen through.
        ahead: their meetings of the next seven days.
        last_at: when they were offered one last.
        off: why they get none today: an absence, or a public holiday.
        back_at: when they are back who are away.
        calendars: those that tell when they have no time.
    """

    name: str
    person: str
    address: str
    timezone: str
    takes_meetings: bool
    client: str
    territory: str
    weight: int
    most_per_week: int | None
    handed: int
    ahead: int
    last_at: datetime | None
    off: str
    back_at: datetime | None
    booking_url: str
    calendars: tuple[CalendarState, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """A meeting that might be, to learn who would get it.

    Attributes:
        host: address of the host that its booking names, empty for none.
        minutes: how long it is.
    """

    prospect: str
    at: datetime | None = None
    minutes: int = 30
    host: str = ""


def rep_lines(connection: Connection, desk: Desk, now: datetime) -> list[RepLine]:
    """All reps of the settings, by name."""
    policy = desk.policy
    loads = loads_of(connection, policy, None, now)
    return [
        _line(policy.reps[name], loads[name], _calendars(connection, policy, name), now)
        for name in sorted(policy.reps)
    ]


def try_assignment(connection: Connection, desk: Desk, trial: Trial, now: datetime) -> Decision:
    """Who would get a meeting with a prospect, and why each other rep would not.

    Raises:
        UnknownProspectError: nobody has that address.
    """
    person, policy = known(connection, trial.prospect), desk.policy
    every = enrollments.of_prospect(connection, person.id)
    clients = [desk.versions.get(connection, each.version_hash).cadence.client for each in every]
    until = trial.at + timedelta(minutes=trial.minutes) if trial.at else None
    slot = slot_of(trial.at, until, now)
    asked = Asked(
        prospect=person.prospect,
        now=now,
        slot=slot,
        client=whose(None, clients) or OURSELVES,
        hosts=hosts_of(policy, [trial.host]),
        colleague_owners=colleague_owners(connection, person),
    )
    loads = loads_of(connection, policy, slot, now)
    return decide(policy.handover.to, policy.reps, loads, asked)


def _line(rep: Rep, load: Load, calendars: tuple[CalendarState, ...], now: datetime) -> RepLine:
    return RepLine(
        name=rep.name,
        person=rep.person,
        address=rep.address,
        timezone=rep.tz.key,
        takes_meetings=rep.takes_meetings,
        client=rep.client,
        territory=in_words(rep.territory),
        weight=rep.weight,
        most_per_week=rep.most_per_week,
        handed=load.handed,
        ahead=sum(now <= each < now + WEEK for each in load.meetings),
        last_at=load.last_at,
        off=next((each.words for days in load.off for each in days.within(now, now + _MOMENT)), ""),
        back_at=back_at(rep.away, rep.tz, now),
        booking_url=rep.booking_url,
        calendars=calendars,
    )


def _calendars(connection: Connection, policy: Policy, rep: str) -> tuple[CalendarState, ...]:
    """The calendars of a rep: their own, and those of their mailboxes."""
    boxes = [each.name for each in policy.mailboxes.values() if each.belongs_to.casefold() == rep]
    names = [f"rep {rep}", *(f"mailbox {name}" for name in boxes)]
    return tuple(
        CalendarState(each.name, each.read_at, each.failing_since, each.problem)
        for each in outside_looks.listed(connection, names)
    )
